"""Control totals of the final invoices of a month, as the database has them."""

from datetime import date
from decimal import Decimal

from telebill_assets.database.server import connect
from telebill_assets.finance.final_rows import POSTED

FINGERPRINT = """
    SELECT count(*), coalesce(sum(payable), 0), coalesce(sum(
        ('x' || substr(md5(account_id || '|' || currency || '|' || payable::text), 1, 8))::bit(32)::bigint), 0)
    FROM invoice WHERE billing_month = %s AND status = 'final'
"""
TOTALS = f"""
    WITH final AS (SELECT * FROM invoice WHERE billing_month = %(month)s AND status = 'final')
    SELECT currency || ' net', sum(net) FROM final GROUP BY currency
    UNION ALL SELECT currency || ' pass-through', sum(pass_through) FROM final GROUP BY currency
    UNION ALL SELECT currency || ' tax', sum(tax) FROM final GROUP BY currency
    UNION ALL SELECT currency || ' payable', sum(payable) FROM final GROUP BY currency
    UNION ALL SELECT currency || ' product ' || product, sum(amount)
        FROM final JOIN invoice_line USING (invoice_id) GROUP BY currency, product
    UNION ALL SELECT currency || ' tax ' || level || ' ' || tax_type, sum(amount)
        FROM final JOIN invoice_tax USING (invoice_id) GROUP BY currency, level, tax_type
    UNION ALL SELECT currency || ' journal', sum(amount) FROM ({POSTED}) AS journal GROUP BY currency
"""  # noqa: S608


def final_fingerprint(url: str, month: date) -> tuple[int, Decimal, int]:
    """Number of final invoices, sum payable, and the checksum of account, currency and payable."""
    with connect(url) as connection:
        row = connection.execute(FINGERPRINT, [month]).fetchone()
    count, payable, checksum = map(str, row or (0, 0, 0))
    return int(count), Decimal(payable), int(checksum)


def final_totals(url: str, month: date) -> dict[str, Decimal]:
    """Amounts of the month's final invoices by currency and what they are: totals, products, taxes, journal credits."""
    with connect(url) as connection:
        rows = connection.execute(TOTALS, {"month": month}).fetchall()
    return {str(name): Decimal(str(amount)) for name, amount in rows}
