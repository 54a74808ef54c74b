"""The document archive: PDFs by invoice number, whose hash is recorded once and must never change."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from telebill_assets.audit.tally import SAMPLES, Tally
from telebill_assets.database.server import connect
from telebill_assets.invoicing.documents.call_detail import CallDetail
from telebill_assets.invoicing.documents.detail_check import COMPARED, DIFFERING, detail_difference
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


def render_documents(
    invoice_ids: Sequence[str], calls: pl.DataFrame, charge_lines: pl.DataFrame, url: str, folder: str
) -> tuple[Tally, Tally]:
    """Render final invoices and keep those that are unchanged as <folder>/<invoice number>.pdf.

    An invoice whose calls are not those of its lines is not rendered: its document would be recorded for good.

    Args:
        invoice_ids: a hundred or so; their documents are in memory together.
        calls: account_id and CALL_COLUMNS: calls of the accounts that want call detail.
        charge_lines: CHARGE_COLUMNS of the same accounts' usage lines.
        url: DSN of the billing database.
        folder: where the PDFs go.

    Returns:
        How many documents, their bytes, and how many have a problem, with the first of the problems; and
        how many invoices with call detail were compared with their calls, and how many differ.
    """
    invoices = {invoice.invoice_number: invoice for invoice in read_invoices(url, invoice_ids)}
    calls_of = _calls_of(invoices.values(), calls)
    itemised = [invoice for invoice in invoices.values() if invoice.call_detail != "none"]
    found = {each.invoice_number: detail_difference(each, calls_of[each.account_id], charge_lines) for each in itemised}
    differing = {number: difference for number, difference in found.items() if difference}
    agreeing = [invoice for number, invoice in invoices.items() if number not in differing]
    documents, problems = _rendered(agreeing, calls_of)
    recorded = _recorded_hashes(url, documents)
    changed = {number for number, pdf in documents.items() if recorded[number] != _hash(pdf)}
    problems |= dict.fromkeys(changed, "differs from the document recorded first")
    _write({file_name(invoices[number]): pdf for number, pdf in documents.items() if number not in changed}, folder)
    size = sum(map(len, documents.values()))
    done = {DOCUMENTS: len(agreeing), BYTES: size, PROBLEMS: len(problems)}
    return Tally(done, _said(problems)), Tally({COMPARED: len(found), DIFFERING: len(differing)}, _said(differing))


def _said(problems: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(sorted(f"{number}: {problem}" for number, problem in problems.items())[:SAMPLES])


def _calls_of(invoices: Iterable[Invoice], calls: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The calls of every invoice's account, in order."""
    in_order = calls.sort("account_id", *CALL_COLUMNS)
    of_account = in_order.partition_by("account_id", as_dict=True, include_key=False, maintain_order=True)
    none = calls.clear()
    return {invoice.account_id: of_account.get((invoice.account_id,), none) for invoice in invoices}


def _rendered(invoices: Sequence[Invoice], calls_of: Mapping[str, pl.DataFrame]) -> tuple[Documents, dict[str, str]]:
    """The documents, and what is wrong with invoices that have none."""
    documents, problems = {}, {}
    for invoice in invoices:
        try:
            documents[invoice.invoice_number] = render(invoice, _calls(calls_of[invoice.account_id]))
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
