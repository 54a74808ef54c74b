"""What changed most against the month before, from the final invoices."""

from datetime import date, timedelta

from telebill_assets.close_report.figures import Change
from telebill_assets.database.server import connect

SHOWN = 10

BY_ACCOUNT = """
    SELECT account_id, currency, payable AS amount, billing_month FROM invoice
    WHERE status = 'final' AND billing_month IN (%(before)s, %(now)s)
"""
BY_DESTINATION = """
    SELECT destination, currency, amount, billing_month FROM invoice JOIN invoice_line USING (invoice_id)
    WHERE status = 'final' AND billing_month IN (%(before)s, %(now)s) AND destination IS NOT NULL
"""


def previous(month: date) -> date:
    """First day of the month before."""
    return (month - timedelta(days=1)).replace(day=1)


def was_invoiced(url: str, month: date) -> bool:
    """Whether a month has final invoices."""
    with connect(url) as connection:
        found = connection.execute(
            "SELECT EXISTS (SELECT FROM invoice WHERE billing_month = %s AND status = 'final')", [month]
        ).fetchone()
    return bool(found and found[0])


def account_changes(url: str, month: date) -> list[Change]:
    """The accounts whose amount payable changed most."""
    return _changes(url, BY_ACCOUNT, month)


def destination_changes(url: str, month: date) -> list[Change]:
    """The destinations whose charges changed most, included calls taken off."""
    return _changes(url, BY_DESTINATION, month)


def _changes(url: str, amounts: str, month: date) -> list[Change]:
    sql = f"""
        SELECT subject, currency, coalesce(sum(amount) FILTER (WHERE billing_month = %(before)s), 0),
            coalesce(sum(amount) FILTER (WHERE billing_month = %(now)s), 0)
        FROM ({amounts}) AS counted (subject, currency, amount, billing_month) GROUP BY 1, 2
        ORDER BY abs(coalesce(sum(amount) FILTER (WHERE billing_month = %(now)s), 0)
            - coalesce(sum(amount) FILTER (WHERE billing_month = %(before)s), 0)) DESC, 1, 2
        LIMIT %(shown)s
    """  # noqa: S608
    with connect(url) as connection:
        rows = connection.execute(sql, {"before": previous(month), "now": month, "shown": SHOWN}).fetchall()
    names = ("subject", "currency", "before", "now")
    return [Change.model_validate(dict(zip(names, row, strict=True))) for row in rows]
