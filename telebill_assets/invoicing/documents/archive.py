"""The document archive: PDFs by invoice number, whose hash is recorded once and must never change."""

import hashlib
from collections.abc import Mapping, Sequence

import polars as pl

from telebill_assets.audit.tally import SAMPLES, Tally
from telebill_assets.database.server import connect
from telebill_assets.invoicing.documents.call_detail import CallDetail
from telebill_assets.invoicing.documents.file_name import file_name
from telebill_assets.invoicing.documents.render import RenderError, render
from telebill_assets.invoicing.model import Invoice
from telebill_assets.invoicing.read import read_invoices
from telebill_assets.storage import filesystem

CALL_COLUMNS = ("local_start", "callee", "destination", "jurisdiction", "billed_s", "charge", "service_id")
"""Columns of a frame of calls, the fields of CallDetail."""
DOCUMENTS, BYTES, PROBLEMS = "documents", "bytes", "problems"
Documents = Mapping[str, bytes]
"""PDFs by invoice number."""


def render_documents(invoice_ids: Sequence[str], calls: pl.DataFrame, url: str, folder: str) -> Tally:
    """Render final invoices and keep those that are unchanged as <folder>/<invoice number>.pdf.

    Args:
        invoice_ids: a hundred or so; their documents are in memory together.
        calls: account_id and CALL_COLUMNS: calls of the accounts that want call detail.
        url: DSN of the billing database.
        folder: where the PDFs go.

    Returns:
        How many documents, their bytes, and how many have a problem, with the first of the problems.
    """
    invoices = {invoice.invoice_number: invoice for invoice in read_invoices(url, invoice_ids)}
    documents, problems = _rendered(list(invoices.values()), calls)
    recorded = _recorded_hashes(url, documents)
    changed = {number for number, pdf in documents.items() if recorded[number] != _hash(pdf)}
    problems |= dict.fromkeys(changed, "differs from the document recorded first")
    _write({file_name(invoices[number]): pdf for number, pdf in documents.items() if number not in changed}, folder)
    size = sum(map(len, documents.values()))
    said = sorted(f"{number}: {problem}" for number, problem in problems.items())
    return Tally({DOCUMENTS: len(invoices), BYTES: size, PROBLEMS: len(problems)}, tuple(said[:SAMPLES]))


def _rendered(invoices: Sequence[Invoice], calls: pl.DataFrame) -> tuple[Documents, dict[str, str]]:
    """The documents, and what is wrong with invoices that have none."""
    in_order = calls.sort("account_id", *CALL_COLUMNS)
    of_account = in_order.partition_by("account_id", as_dict=True, include_key=False, maintain_order=True)
    documents, problems = {}, {}
    for invoice in invoices:
        own = of_account.get((invoice.account_id,), calls.clear())
        try:
            documents[invoice.invoice_number] = render(invoice, _calls(own))
        except RenderError as error:
            problems[invoice.invoice_number] = str(error)
    return documents, problems


def _calls(frame: pl.DataFrame) -> list[CallDetail]:
    return [CallDetail(**call) for call in frame.select(CALL_COLUMNS).iter_rows(named=True)]


def _recorded_hashes(url: str, documents: Documents) -> dict[str, str]:
    """The hash of the first document of each invoice, which may be this one."""
    rows = [(number, _hash(pdf), len(pdf)) for number, pdf in documents.items()]
    with connect(url) as connection, connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO invoice_document (invoice_number, sha256, bytes) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            rows,
        )
        found = cursor.execute(
            "SELECT invoice_number, sha256 FROM invoice_document WHERE invoice_number = ANY(%s)", [list(documents)]
        ).fetchall()
    return {str(number): str(recorded) for number, recorded in found}


def _write(documents: Documents, folder: str) -> None:
    """Write documents by the names of their files."""
    files, root = filesystem(folder)
    files.create_dir(root)
    for name, pdf in documents.items():
        with files.open_output_stream(f"{root}/{name}") as stream:
            stream.write(pdf)


def _hash(pdf: bytes) -> str:
    return hashlib.sha256(pdf).hexdigest()
