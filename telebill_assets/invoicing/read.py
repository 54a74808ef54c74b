"""Reading final invoices back from the database, as they are frozen."""

from collections.abc import Sequence
from datetime import date

from psycopg.rows import dict_row

from telebill_assets.database.server import connect
from telebill_assets.invoicing.model import Invoice


def final_invoice_ids(url: str, month: date) -> list[str]:
    """Ids of a month's final invoices, by number."""
    with connect(url) as connection:
        rows = connection.execute(
            "SELECT invoice_id FROM invoice WHERE billing_month = %s AND status = 'final' ORDER BY invoice_number",
            [month],
        ).fetchall()
    return [str(invoice_id) for (invoice_id,) in rows]


def closed_months(url: str) -> set[date]:
    """Billing months that have final invoices; nothing of them changes any more."""
    with connect(url) as connection:
        rows = connection.execute("SELECT DISTINCT billing_month FROM invoice WHERE status = 'final'").fetchall()
    return {date.fromisoformat(str(month)) for (month,) in rows}


def read_invoices(url: str, invoice_ids: Sequence[str]) -> list[Invoice]:
    """Final invoices with their lines and taxes, by number."""
    wanted = [list(invoice_ids)]
    with connect(url) as connection, connection.cursor(row_factory=dict_row) as cursor:
        heads = cursor.execute(
            "SELECT * FROM invoice WHERE invoice_id = ANY(%s) AND status = 'final' ORDER BY invoice_number", wanted
        ).fetchall()
        lines = cursor.execute(
            "SELECT * FROM invoice_line WHERE invoice_id = ANY(%s) ORDER BY invoice_id, number", wanted
        ).fetchall()
        taxes = cursor.execute(
            "SELECT * FROM invoice_tax WHERE invoice_id = ANY(%s) ORDER BY invoice_id, number", wanted
        ).fetchall()
    return [
        Invoice.model_validate(
            head
            | {
                "lines": [line for line in lines if line["invoice_id"] == head["invoice_id"]],
                "taxes": [tax for tax in taxes if tax["invoice_id"] == head["invoice_id"]],
            }
        )
        for head in heads
    ]
