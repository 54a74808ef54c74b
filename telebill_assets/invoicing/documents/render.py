"""Rendering: an invoice as PDF/A-3b, the same bytes every time and in every process.

typst keeps threads of its own: a process that has rendered must not be forked, and one compiler serves one thread.
"""

import json
import os
import threading
from collections.abc import Sequence
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Final, cast

import typst

from telebill_assets.invoicing.documents.call_detail import CallDetail
from telebill_assets.invoicing.documents.fonts import fonts
from telebill_assets.invoicing.documents.view import view
from telebill_assets.invoicing.model import Invoice

TEMPLATES = Path(__file__).with_name("templates")
STANDARD: Final = "a-3b"


class RenderError(Exception):
    """An invoice cannot be rendered. The message holds its number and no text of the customer."""


class _Engine(threading.local):
    """The compiler of one thread, made when it is first used."""

    compiler: typst.Compiler | None = None


_engine = _Engine()
_rendering_process: int | None = None


def render(invoice: Invoice, calls: Sequence[CallDetail]) -> bytes:
    """The PDF/A-3b of a final invoice; its date is midnight UTC of the invoice date.

    Raises:
        RenderError: typst refuses, for example because no font has a character of an address.
        ValueError: an amount is not rounded.
    """
    inputs = {"invoice": json.dumps(view(invoice, calls), ensure_ascii=False)}
    _refuse_after_fork(invoice)
    try:
        pdf = _compiler().compile(
            TEMPLATES / f"{invoice.layout}.typ",
            format="pdf",
            sys_inputs=inputs,
            pdf_standards=STANDARD,
            pdf_tags=False,  # tags make a bill with call detail six times as large and as slow
            timestamp=datetime.combine(invoice.invoice_date, time.min, UTC),
        )
    except RuntimeError as error:
        raise RenderError(f"invoice {invoice.invoice_number} cannot be rendered: {_reason(error)}") from None
    return cast("bytes", pdf)


def _compiler() -> typst.Compiler:
    if _engine.compiler is None:
        os.environ["RAYON_NUM_THREADS"] = "1"
        _engine.compiler = typst.Compiler(root=TEMPLATES, font_paths=fonts(), ignore_system_fonts=True)
    return _engine.compiler


def _refuse_after_fork(invoice: Invoice) -> None:
    """Typst hangs for ever in a child of a process that has used it."""
    global _rendering_process  # noqa: PLW0603
    _rendering_process = _rendering_process or os.getpid()
    if _rendering_process != os.getpid():
        raise RenderError(
            f"invoice {invoice.invoice_number} cannot be rendered in a process forked after rendering; "
            "render in spawned processes"
        )


def _reason(error: RuntimeError) -> str:
    """What went wrong, without the document's text, which typst's own message may quote."""
    if "could not be displayed" in str(error):
        return "no font has a glyph for one of its characters"
    return "its template failed"
