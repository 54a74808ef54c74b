"""The document archive: PDFs by invoice number, whose hash is recorded once and must never change."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pyarrow as pa
import pyarrow.fs as pafs
from pyspark.sql import DataFrame

from telebill_assets.database.server import connect
from telebill_assets.invoicing.documents.call_detail import CallDetail
from telebill_assets.invoicing.documents.file_name import file_name
from telebill_assets.invoicing.documents.render import RenderError, render
from telebill_assets.invoicing.model import Invoice
from telebill_assets.invoicing.read import read_invoices
from telebill_assets.storage import filesystem

INVOICES_AT_ONCE = 100
RENDERED_DDL = "invoice_number string, bytes long, problem string"
RENDERED = pa.schema([("invoice_number", pa.string()), ("bytes", pa.int64()), ("problem", pa.string())])


def render_documents(invoices: DataFrame, url: str, folder: str) -> DataFrame:
    """Render final invoices inside Spark tasks.

    Args:
        invoices: invoice_id, and `calls`: an array of structs with the fields of CallDetail, or null.
        url: DSN of the billing database.
        folder: where the PDFs go, as <folder>/<invoice number>.pdf.

    Returns:
        invoice_number, bytes and problem (null if the document is written and unchanged). Evaluate it once.
    """
    return invoices.mapInArrow(_rendering(url, folder), RENDERED_DDL)


def _rendering(url: str, folder: str) -> Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    def run(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        files, root = filesystem(folder)
        files.create_dir(root)
        for batch in batches:
            for start in range(0, batch.num_rows, INVOICES_AT_ONCE):
                rows = batch.slice(start, INVOICES_AT_ONCE).to_pylist()
                calls = {row["invoice_id"]: row["calls"] or [] for row in rows}
                done = [
                    _document(invoice, calls[_id_of(invoice)], url, files, root)
                    for invoice in read_invoices(url, list(calls))
                ]
                yield pa.RecordBatch.from_pylist(done, RENDERED)

    return run


def _id_of(invoice: Invoice) -> str:
    return f"{invoice.billing_month:%Y-%m}-{invoice.account_id}"


def _document(
    invoice: Invoice, calls: list[dict[str, Any]], url: str, files: pafs.FileSystem, root: str
) -> dict[str, Any]:
    number = invoice.invoice_number
    try:
        pdf = render(invoice, [CallDetail(**call) for call in calls])
    except RenderError as error:
        return {"invoice_number": number, "bytes": 0, "problem": str(error)}
    if _recorded_hash(url, number, pdf) != hashlib.sha256(pdf).hexdigest():
        return {"invoice_number": number, "bytes": len(pdf), "problem": "differs from the document recorded first"}
    with files.open_output_stream(f"{root}/{file_name(invoice)}") as stream:
        stream.write(pdf)
    return {"invoice_number": number, "bytes": len(pdf), "problem": None}


def _recorded_hash(url: str, number: str, pdf: bytes) -> str:
    """The hash of the first document of this invoice, which may be this one."""
    with connect(url) as connection:
        connection.execute(
            "INSERT INTO invoice_document (invoice_number, sha256, bytes) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            [number, hashlib.sha256(pdf).hexdigest(), len(pdf)],
        )
        row = connection.execute("SELECT sha256 FROM invoice_document WHERE invoice_number = %s", [number]).fetchone()
    return str(row[0]) if row else ""
