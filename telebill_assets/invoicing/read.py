"""Reading final invoices back from the database, as they are frozen."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from psycopg.rows import dict_row

from telebill_assets.database.server import connect
from telebill_assets.invoicing.model import Invoice

FINAL = "billing_month = %(month)s AND status = 'final'"
IN_ORDER = 'account_id COLLATE "C"'
"""Account ids in the order of their bytes, which is that of frames."""


def final_invoice_count(url: str, month: date) -> int:
    """How many final invoices a month has."""
    with connect(url) as connection:
        row = connection.execute(f"SELECT count(*) FROM invoice WHERE {FINAL}", {"month": month}).fetchone()  # noqa: S608
    return int(str(row[0])) if row else 0


def group_ends(url: str, month: date, invoices: int) -> list[str]:
    """Cut the accounts of a month's final invoices into groups of so many; the last account of each group, in order."""
    in_groups = f"(row_number() OVER (ORDER BY {IN_ORDER}) - 1) / %(invoices)s AS number"
    with connect(url) as connection:
        rows = connection.execute(
            f"SELECT max({IN_ORDER}) FROM (SELECT account_id, {in_groups} FROM invoice WHERE {FINAL}) AS numbered "  # noqa: S608
            "GROUP BY number ORDER BY number",
            {"month": month, "invoices": invoices},
        ).fetchall()
    return [str(account_id) for (account_id,) in rows]


def final_invoice_ids(url: str, month: date, after: str | None, to: str | None) -> list[str]:
    """Ids of the final invoices of a range of accounts, by number.

    Args:
        url: DSN of the billing database.
        month: first day of the billing month.
        after: accounts after this one; null: from the first.
        to: up to and including this one; null: to the last.
    """
    limits = f"(%(after)s::text IS NULL OR {IN_ORDER} > %(after)s) AND (%(to)s::text IS NULL OR {IN_ORDER} <= %(to)s)"
    with connect(url) as connection:
        rows = connection.execute(
            f"SELECT invoice_id FROM invoice WHERE {FINAL} AND {limits} ORDER BY invoice_number",  # noqa: S608
            {"month": month, "after": after, "to": to},
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
    lines_of, taxes_of = _by_invoice(lines), _by_invoice(taxes)
    return [
        Invoice.model_validate(head | {"lines": lines_of[head["invoice_id"]], "taxes": taxes_of[head["invoice_id"]]})
        for head in heads
    ]


def _by_invoice(rows: Iterable[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row["invoice_id"]].append(row)
    return found
