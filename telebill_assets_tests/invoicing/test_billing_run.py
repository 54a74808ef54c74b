"""The billing run: gapless numbers, nothing billed twice, nothing final ever changed."""

from datetime import date
from decimal import Decimal

import psycopg
import pytest

from telebill_assets.database.server import connect
from telebill_assets.invoicing.assembly import assemble
from telebill_assets.invoicing.billing_run import FinalInvoiceError, bill
from telebill_assets.invoicing.footing import footing_check
from telebill_assets.tables.rated_usage import RatedUsage
from telebill_assets.tables.reference.accounts import Accounts
from telebill_assets.tables.reference.sellers import Sellers
from telebill_assets.tables.taxed_charges import TaxedCharges, TaxLines
from telebill_assets_tests.frames import frame

MONTHS = [date(2020, month, 1) for month in range(1, 7)]
SELLERS = [
    {"seller_id": "NLT", "invoice_layout": "telecom", "invoice_date": "month_end", "payment_days": 14},
    {"seller_id": "STU", "invoice_layout": "sample", "invoice_date": "last_charge", "payment_days": 0},
]
SELLER_OF = {"A1": "NLT", "A2": "NLT", "B1": "STU"}


@pytest.fixture
def month(url):
    """Each test bills a month of its own: final invoices cannot be removed."""
    with connect(url) as connection:
        taken = {row[0] for row in connection.execute("SELECT DISTINCT billing_month FROM invoice_counter")}
    return next(month for month in MONTHS if month not in taken)


def line(account: str, number: int, amount: str, kind: str = "usage", *, tax: str = "0", held: str | None = None):
    return {"account_id": account, "line_id": f"{account}-{number}", "amount": Decimal(amount)} | {
        "line_kind": kind,
        "tax": Decimal(tax),
        "held": held,
    }


def assembly(spark, month, *lines: dict):
    both = {"currency": "USD", "billing_month": month}
    rated = [
        {
            **both,
            **row,
            "product": "p",
            "description": "Calls",
            "quantity": Decimal(1),
            "unit": "min",
            "service_from": month,
            "service_to": month.replace(day=24),
        }
        for row in lines
    ]
    taxed = [{**both, **row, "status": "held" if row["held"] else "taxed", "hold_reason": row["held"]} for row in lines]
    taxes = [
        {
            **row,
            "billing_month": month,
            "tax_type": "051",
            "tax_level": "federal",
            "description": "VAT",
            "tax_rate": Decimal("0.19"),
            "fee_rate": Decimal(0),
            "revenue_base": row["amount"],
            "tax_amount": row["tax"],
        }
        for row in lines
        if row["tax"]
    ]
    known = {"locale": "en_US", "language": "en", "call_detail": "none", "country": "US"}
    accounts = [{**known, "account_id": account, "seller_id": seller} for account, seller in SELLER_OF.items()]
    return assemble(
        frame(spark, RatedUsage, *(without(row, "tax", "held") for row in rated)),
        frame(spark, TaxedCharges, *(without(row, "tax", "held", "line_kind") for row in taxed)),
        frame(spark, TaxLines, *(without(row, "amount", "line_kind", "tax", "held") for row in taxes)),
        frame(spark, Accounts, *accounts),
        frame(spark, Sellers, *SELLERS),
        month=month,
    )


def without(row: dict, *names: str) -> dict:
    return {name: value for name, value in row.items() if name not in names}


def final(url, month) -> list[tuple]:
    with connect(url) as connection:
        return connection.execute(
            "SELECT invoice_number, account_id, payable FROM invoice WHERE billing_month = %s AND status = 'final' "
            "ORDER BY invoice_number",
            [month],
        ).fetchall()


def test_numbers_are_gapless_per_seller_in_order_of_the_accounts(spark, url, month):
    made = assembly(spark, month, line("B1", 1, "5.00"), line("A2", 1, "2.00"), line("A1", 1, "1.00", tax="0.19"))
    assert bill(made, url, month, "run-1", "1.0") == 3
    assert final(url, month) == [
        (f"NLT-{month:%Y-%m}-000001", "A1", Decimal("1.19")),
        (f"NLT-{month:%Y-%m}-000002", "A2", Decimal("2.00")),
        (f"STU-{month:%Y-%m}-000001", "B1", Decimal("5.00")),
    ]


def test_taxes_are_summed_over_the_invoice_and_rounded_once(spark, month):
    """Two lines of 0.335 tax make 0.67, not 0.34 twice."""
    made = assembly(spark, month, line("A1", 1, "1.00", tax="0.335"), line("A1", 2, "1.00", tax="0.335"))
    (invoice,) = made.invoices.collect()
    assert (invoice["net"], invoice["tax"], invoice["payable"]) == (Decimal("2.00"), Decimal("0.67"), Decimal("2.67"))
    assert footing_check(made).passed


def test_invoice_and_due_dates_follow_the_seller(spark, month):
    made = assembly(spark, month, line("A1", 1, "1.00"), line("B1", 1, "1.00"))
    dates = {row["account_id"]: (row["invoice_date"], row["due_date"]) for row in made.invoices.collect()}
    after = month.replace(month=month.month + 1)
    assert dates == {"A1": (after, after.replace(day=15)), "B1": (month.replace(day=24),) * 2}


def test_the_same_month_again_changes_nothing(spark, url, month):
    made = assembly(spark, month, line("A1", 1, "1.00", tax="0.19"))
    bill(made, url, month, "run-1", "1.0")
    before = final(url, month)
    assert bill(made, url, month, "run-2", "2.0") == 0
    assert final(url, month) == before


def test_a_late_account_gets_the_next_number(spark, url, month):
    bill(assembly(spark, month, line("A2", 1, "2.00")), url, month, "run-1", "1.0")
    later = assembly(spark, month, line("A1", 1, "1.00"), line("A2", 1, "2.00"))
    assert bill(later, url, month, "run-2", "1.0") == 1
    assert [(number[-6:], account) for number, account, _ in final(url, month)] == [("000001", "A2"), ("000002", "A1")]


def test_a_final_invoice_is_never_changed(spark, url, month):
    bill(assembly(spark, month, line("A1", 1, "1.00")), url, month, "run-1", "1.0")
    before = final(url, month)
    with pytest.raises(FinalInvoiceError, match=f"NLT-{month:%Y-%m}-000001"):
        bill(assembly(spark, month, line("A1", 1, "1.01")), url, month, "run-2", "1.0")
    assert final(url, month) == before
    numbered = "invoice_id = (SELECT invoice_id FROM invoice WHERE invoice_number = %s)"
    for attempt in (
        f"UPDATE invoice SET payable = payable + 1, net = net + 1 WHERE {numbered}",
        f"DELETE FROM invoice WHERE {numbered}",
        f"UPDATE invoice_line SET amount = 0 WHERE {numbered}",
    ):
        with pytest.raises(psycopg.errors.RaiseException, match="is final and cannot be changed"), connect(url) as db:
            db.execute(attempt, [before[0][0]])
    with pytest.raises(psycopg.errors.RaiseException, match="final invoices stay"), connect(url) as db:
        db.execute("TRUNCATE invoice CASCADE")
    assert final(url, month) == before


def test_an_account_with_a_refused_line_is_held_with_its_reason(spark, month):
    made = assembly(
        spark, month, line("A1", 1, "1.00", held="9220 Bad zip"), line("A1", 2, "1.00"), line("A2", 1, "1.00")
    )
    assert [row["account_id"] for row in made.invoices.collect()] == ["A2"]
    assert [(row["account_id"], row["reason"]) for row in made.holds.collect()] == [("A1", "9220 Bad zip")]


def test_an_invoice_that_does_not_foot_is_found(spark, month):
    made = assembly(spark, month, line("A1", 1, "1.00"), line("A2", 1, "2.00"))
    broken = type(made)(made.invoices, made.lines.where("invoice_id NOT LIKE '%A1'"), made.taxes, made.holds)
    check = footing_check(broken)
    assert (check.passed, check.samples) == (False, ["A1"])
