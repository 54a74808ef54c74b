"""Suspense as a file to work on. It holds original texts, and so personal data: only its owner may read it."""

import csv
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from telebill_assets.errors import InvalidInputError, OperatorError
from telebill_assets.finance.cells import no_formula
from telebill_assets.lake.lake import Lake
from telebill_assets.suspense.query import Kind, rows
from telebill_assets.suspense.selection import Selection

RECORD = (
    *("landing_day", "stage", "reason", "rule", "field", "detail", "path", "line", "file_id", "record_key"),
    *("source", "start_at", "talk_s", "account_id", "raw"),
)
FILE = ("landing_day", "reason", "detail", "path", "file_id", "source")
COLUMNS = ("kind", "age_days", *RECORD)
OWNER_ONLY = 0o600


def export(lake: Lake, chosen: Selection, path: Path) -> int:
    """Write the chosen suspense to a .csv or .jsonl file of mode 0600, and return the number of rows.

    The file appears whole. In CSV, texts that a spreadsheet would take for a formula begin with an apostrophe.

    Raises:
        InvalidInputError: the name has another ending, or its folder does not exist.
        OperatorError: the file cannot be written.
    """
    writers = {".csv": _write_csv, ".jsonl": _write_jsonl}
    if path.suffix not in writers:
        raise InvalidInputError(f"{path} must end in .csv or .jsonl")
    if not path.parent.is_dir():
        raise InvalidInputError(f"{path}: there is no folder {path.parent}")
    try:
        with _private(path) as file:
            return writers[path.suffix](file, _found(lake, chosen))
    except OSError as error:
        raise OperatorError(f"{path} cannot be written: {error.strerror or error}") from None


def _found(lake: Lake, chosen: Selection) -> Iterator[dict[str, Any]]:
    columns: dict[Kind, tuple[str, ...]] = {"record": RECORD, "file": FILE}
    for kind, names in columns.items():
        for landed in rows(lake, chosen, kind, names):
            for row in landed.collect().iter_rows(named=True):
                yield {"kind": kind, "age_days": (chosen.today - row["landing_day"]).days, **row}


@contextmanager
def _private(path: Path) -> Iterator[TextIO]:
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            yield file
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _write_csv(file: TextIO, found: Iterator[dict[str, Any]]) -> int:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    count = 0
    for count, row in enumerate(found, start=1):  # noqa: B007
        cells = (_text(row.get(column)) for column in COLUMNS)
        writer.writerow([no_formula(cell) if isinstance(cell, str) else cell for cell in cells])
    return count


def _write_jsonl(file: TextIO, found: Iterator[dict[str, Any]]) -> int:
    count = 0
    for count, row in enumerate(found, start=1):  # noqa: B007
        file.write(json.dumps({column: _text(row.get(column)) for column in COLUMNS}, ensure_ascii=False) + "\n")
    return count


def _text(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
