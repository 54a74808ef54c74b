"""Rows of a month's final invoices for the export, streamed from the database in a fixed order."""

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import groupby
from typing import Any

import psycopg
from psycopg.rows import dict_row

from telebill_assets.finance.gl_accounts import Posting
from telebill_assets.finance.journal import InvoiceToPost

OF_MONTH = "WHERE invoice.billing_month = %(month)s AND invoice.status = 'final'"
IN_MONTH = "invoice_id IN (SELECT invoice_id FROM invoice WHERE billing_month = %(month)s)"
HEAD = "invoice.invoice_number, invoice.billing_month, invoice.seller_id, invoice.account_id, invoice.currency"

QUERIES: Mapping[str, str] = {
    "invoices": f"""
        SELECT {HEAD}, invoice_date, due_date, service_from, service_to, net, tax, pass_through, payable, content_hash,
            seller->>'name' AS seller_name, seller->>'tax_number' AS seller_tax_number,
            customer->>'name' AS customer_name, customer->>'country' AS customer_country,
            customer->>'tax_number' AS customer_tax_number
        FROM invoice {OF_MONTH} ORDER BY invoice_number COLLATE "C"
    """,  # noqa: S608
    "charges": f"""
        SELECT {HEAD}, line.number AS line_number, line_id, line_kind, product, description, article_nr, destination,
            jurisdiction, calls, talk_s, billed_s, quantity, unit, unit_price, amount,
            line.service_from, line.service_to
        FROM invoice JOIN invoice_line AS line USING (invoice_id) {OF_MONTH}
        ORDER BY invoice_number COLLATE "C", line.number
    """,  # noqa: S608
    "taxes": f"""
        SELECT {HEAD}, each.number AS tax_number, level, tax_type, description, authority, region, rate, fee_rate, base,
            amount
        FROM invoice JOIN invoice_tax AS each USING (invoice_id) {OF_MONTH}
        ORDER BY invoice_number COLLATE "C", each.number
    """,  # noqa: S608
}
POSTED = f"""
    SELECT {HEAD}, invoice_date, payable, posting, line_kind, product, tax_type, amount
    FROM invoice JOIN (
        SELECT invoice_id, 'charge' AS posting, line_kind, product, '' AS tax_type, sum(amount) AS amount
        FROM invoice_line WHERE {IN_MONTH} GROUP BY invoice_id, line_kind, product
        UNION ALL
        SELECT invoice_id, 'tax', '', '', tax_type, sum(amount) FROM invoice_tax WHERE {IN_MONTH}
        GROUP BY invoice_id, tax_type
    ) AS posted USING (invoice_id) {OF_MONTH}
    ORDER BY invoice_number COLLATE "C", posting, line_kind COLLATE "C", product COLLATE "C", tax_type COLLATE "C"
"""  # noqa: S608

Connection = psycopg.Connection[tuple[object, ...]]


def rows(connection: Connection, name: str, month: date) -> Iterator[dict[str, Any]]:
    """Rows of invoices, charges or taxes."""
    return _stream(connection, QUERIES[name], month)


def invoices_to_post(connection: Connection, month: date) -> Iterator[InvoiceToPost]:
    """Invoices with their amounts summed per line kind and product, and per tax type."""
    for _, group in groupby(_stream(connection, POSTED, month), key=lambda row: row["invoice_number"]):
        posted = list(group)
        head = posted[0]
        fields = ("invoice_number", "invoice_date", "billing_month", "seller_id", "account_id", "currency", "payable")
        yield InvoiceToPost(
            **{field: head[field] for field in fields},
            credits=[
                (
                    Posting(row["posting"], row["seller_id"], row["line_kind"], row["product"], row["tax_type"]),
                    row["amount"],
                )
                for row in posted
            ],
        )


def _stream(connection: Connection, sql: str, month: date) -> Iterator[dict[str, Any]]:
    with connection.cursor(name="export", row_factory=dict_row) as cursor:
        cursor.itersize = 10_000
        yield from cursor.execute(sql, {"month": month})
