"""Assembly: which invoices there are, their taxes, dates and sums."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from telebill_assets.invoicing.assembly import Assembly, assemble
from telebill_assets.invoicing.footing import footing_check, not_footing
from telebill_assets.tables.rated_usage import RatedUsage
from telebill_assets.tables.reference.accounts import Accounts
from telebill_assets.tables.reference.sellers import Sellers
from telebill_assets.tables.table import from_rows
from telebill_assets.tables.taxed_charges import TaxedCharges, TaxLines
from telebill_assets_tests.support.assembled import assembly, line

MONTH = date(2020, 4, 1)


@pytest.fixture
def month():
    return MONTH


def test_taxes_are_summed_over_the_invoice_and_rounded_once(month):
    """Two lines of 0.335 tax make 0.67, not 0.34 twice."""
    made = assembly(month, line("A1", 1, "1.00", tax="0.335"), line("A1", 2, "1.00", tax="0.335"))
    (invoice,) = made.invoices.to_dicts()
    assert (invoice["net"], invoice["tax"], invoice["payable"]) == (Decimal("2.00"), Decimal("0.67"), Decimal("2.67"))
    assert footing_check(not_footing(made)).passed


def test_a_payable_that_is_a_cent_too_high_does_not_foot(month):
    made = assembly(month, line("A1", 1, "273.11"), line("A1", 2, "2.52"), line("A2", 1, "1.00"))
    too_high = pl.when(pl.col("account_id") == "A1").then(pl.col("payable") + Decimal("0.01")).otherwise("payable")
    verdict = footing_check(not_footing(replace(made, invoices=made.invoices.with_columns(payable=too_high))))
    assert (verdict.passed, verdict.failures, verdict.samples) == (False, {"footing": 1}, ["A1"])


def test_invoice_and_due_dates_follow_the_seller(month):
    made = assembly(month, line("A1", 1, "1.00"), line("B1", 1, "1.00"))
    dates = {row["account_id"]: (row["invoice_date"], row["due_date"]) for row in made.invoices.to_dicts()}
    after = month.replace(month=month.month + 1)
    assert dates == {"A1": (after, after.replace(day=15)), "B1": (month.replace(day=24),) * 2}


def test_an_account_with_a_refused_line_is_held_with_its_reason(month):
    made = assembly(month, line("A1", 1, "1.00", held="9220 Bad zip"), line("A1", 2, "1.00"), line("A2", 1, "1.00"))
    assert [row["account_id"] for row in made.invoices.to_dicts()] == ["A2"]
    assert [(row["account_id"], row["reason"]) for row in made.holds.to_dicts()] == [("A1", "9220 Bad zip")]


def test_an_invoice_that_does_not_foot_is_found(month):
    made = assembly(month, line("A1", 1, "1.00"), line("A2", 1, "2.00"))
    broken = type(made)(
        made.invoices, made.lines.filter(~pl.col("invoice_id").str.ends_with("A1")), made.taxes, made.holds
    )
    check = footing_check(not_footing(broken))
    assert (check.passed, check.samples) == (False, ["A1"])


def test_the_content_hash_is_the_one_that_earlier_versions_made():
    """A month that was finalised before is recognised. Both hashes were made by Spark's to_json and sha2."""
    made = assembly(MONTH, line("A1", 1, "1.00", tax="0.19"))
    hashes = [made.invoices["content_hash"].item(), unusual_invoice().invoices["content_hash"].item()]
    assert hashes == [
        "55781cfb749df89957c62a4b355332609f943f12acc0c99f84995763c29cf6d5",
        "da88193aa6dab1b305125ec82096a788df8c442a27a4ac4d1cce2238cc070921",
    ]


def unusual_invoice() -> Assembly:
    """Texts that need escapes, numbers with exponents, values that are missing."""
    both = {"billing_month": MONTH, "currency": "EUR", "account_id": "A1"}
    usual = {
        **both,
        "line_kind": "usage",
        "article_nr": "",
        "calls": 0,
        "talk_s": 12345678901,
        "quantity": Decimal("0.000001"),
        "unit": "min",
        "exact_amount": Decimal(0),
        "amount": Decimal(0),
        "service_from": MONTH,
        "service_to": MONTH,
    }
    said = 'Calls, "local"\t\r\n\\N \x01\x1f\x7f und Grüße / \u2028 \U0001f600'
    of_line = [
        {"product": "p", "description": said, "unit_price": Decimal("0.00000150")},
        {"product": "p", "description": "b", "unit_price": Decimal(0), "quantity": 0, "amount": Decimal("-1234.50")},
        {"product": "p", "description": "c", "unit_price": Decimal("-0.00000001"), "line_kind": "pass_through"},
        {"product": "q", "description": "c", "unit_price": Decimal("0.00000100")},
        {"product": "r", "description": "c", "unit_price": Decimal("12.5")},
        {"product": "s", "description": "c", "unit_price": Decimal("0.00000099")},
    ]
    rated = [{**usual, "line_id": str(number), **each} for number, each in enumerate(of_line, start=1)]
    taxed = [{**both, "line_id": row["line_id"], "status": "taxed"} for row in rated]
    tax = {
        "account_id": "A1",
        "tax_type": "051",
        "tax_level": "federal",
        "description": "VAT",
        "tax_rate": Decimal("0.00000012"),
        "fee_rate": Decimal(0),
        "revenue_base": Decimal("1.005"),
        "tax_amount": Decimal("-0.005"),
    }
    account = {
        "account_id": "A1",
        "seller_id": "S",
        "name": 'A "B" \\ C\n',
        "street": "Straße",
        "city": "X",
        "postal_code": "1",
        "country": "DE",
        "locale": "de_DE",
        "language": "de",
        "call_detail": "none",
        "vat_id": "DE1",
    }
    seller = {
        "seller_id": "S",
        "invoice_layout": "telecom",
        "invoice_date": "month_end",
        "payment_days": 14,
        "name": "N",
        "street": "",
        "city": "c",
        "postal_code": "p",
        "country": "DE",
        "phone": "1",
        "email": "a@b",
    }
    return assemble(
        from_rows(rated, RatedUsage),
        from_rows(taxed, TaxedCharges),
        from_rows([tax], TaxLines),
        from_rows([account], Accounts),
        from_rows([seller], Sellers),
        month=MONTH,
    )
