"""Taxing a month over HTTP with the exchange log in a real database."""

from datetime import date
from decimal import Decimal

import pytest
from pydantic import SecretStr

from telebill_assets.database.server import connect
from telebill_assets.tables.rated_usage import RatedUsage
from telebill_assets.tables.reference.accounts import Accounts
from telebill_assets.tables.reference.products import Products
from telebill_assets.tables.table import from_rows
from telebill_assets.taxation.client import SureTaxUnreachableError
from telebill_assets.taxation.sandbox.server import running_sandbox
from telebill_assets.taxation.tax_charges import SureTax, tax_charges, tax_lines, taxed_charges
from telebill_assets_tests.unit.taxation.test_engine import KEY

ADDRESS = {"city": "Town", "postal_code": "78701", "sales_type": "B", "exemptions": "00"}
ACCOUNTS = [
    {"account_id": "DE1", "country": "DE", **ADDRESS},
    {"account_id": "TX1", "country": "US", "state": "TX", **ADDRESS},
    {"account_id": "NY1", "country": "US", "state": "NY", **ADDRESS},
    {"account_id": "XX1", "country": "XX", **ADDRESS},
]
PRODUCTS = [
    {"product": "service", "trans_type": "990101", "regulatory": "99", "line_fees": False},
    {"product": "voip_line", "trans_type": "050101", "regulatory": "03", "line_fees": True},
    {"product": "usage_interstate", "trans_type": "050158", "regulatory": "03", "line_fees": False},
]


def engine(url: str, batch_lines: int = 2) -> SureTax:
    return SureTax(url, "000000000", SecretStr(KEY), "", batch_lines)


def charge(account: str, number: int, amount: str, product="service", kind="one_off") -> dict:
    return {
        "account_id": account,
        "line_id": f"{account}-{number}",
        "line_kind": kind,
        "product": product,
        "amount": Decimal(amount),
        "quantity": Decimal(1),
        "currency": "USD",
        "service_to": date(2020, 4, 30),
    }


def tax(url, server, month, *charges: dict):
    lines = from_rows(charges, RatedUsage)
    answered = tax_charges(
        lines,
        from_rows(ACCOUNTS, Accounts),
        from_rows(PRODUCTS, Products),
        month=month,
        engine=engine(server),
        database_url=url,
    )
    charged = {row["line_id"]: row for row in taxed_charges(answered, lines, month).to_dicts()}
    return charged, tax_lines(answered, month).sort("line_id", "tax_seq").to_dicts()


def exchanges(url, month) -> list[tuple]:
    with connect(url) as connection:
        return connection.execute(
            "SELECT stan, lines, answer IS NOT NULL, sent_at, answered_at FROM suretax_exchange "
            "WHERE billing_month = %s ORDER BY stan",
            [month],
        ).fetchall()


LINES = [
    charge("DE1", 1, "275.63"),
    charge("DE1", 2, "16.80", kind="pass_through"),
    charge("TX1", 1, "1.20", "usage_interstate", "usage"),
]


def test_lines_are_taxed_and_pass_through_items_are_not(url):
    month = date(2020, 4, 1)
    with running_sandbox() as server:
        charged, taxes = tax(url, server, month, *LINES)
    assert {line: (row["status"], row["tax_amount"]) for line, row in charged.items()} == {
        "DE1-1": ("taxed", Decimal("52.369700")),  # 19 % of 275.63
        "DE1-2": ("exempt", Decimal("0.000000")),
        "TX1-1": ("taxed", Decimal("0.411600")),  # universal service fund, 34.3 %
    }
    assert [(row["line_id"], row["tax_type"], row["tax_level"]) for row in taxes] == [
        ("DE1-1", "051", "federal"),
        ("TX1-1", "035", "federal"),
    ]


def test_fees_per_line_are_due_on_the_line_and_not_on_its_discount_or_credit(url):
    lines = [
        charge("NY1", 1, "18.50", "voip_line", "recurring"),
        charge("NY1", 2, "-1.85", "voip_line", "discount"),
        charge("NY1", 3, "-6.20", "voip_line", "recurring"),
    ]
    with running_sandbox() as server:
        _, taxes = tax(url, server, date(2020, 8, 1), *lines)
    assert {row["line_id"] for row in taxes} == {"NY1-1", "NY1-2", "NY1-3"}
    assert [(row["line_id"], row["tax_amount"]) for row in taxes if row["fee_rate"]] == [("NY1-1", Decimal("0.30"))]


def test_what_was_answered_is_not_asked_again(url):
    """The second run has no server at all: every answer comes from the exchange log."""
    month = date(2020, 5, 1)
    with running_sandbox() as server:
        first = tax(url, server, month, *LINES)
    logged = exchanges(url, month)
    assert tax(url, server, month, *LINES) == first
    assert exchanges(url, month) == logged


def test_a_request_without_answer_stays_in_the_log(url):
    month = date(2020, 6, 1)
    with running_sandbox() as server:
        pass
    with pytest.raises(SureTaxUnreachableError):
        tax(url, server, month, *LINES)
    assert [answered for _, _, answered, *_ in exchanges(url, month)] == [False]


def test_a_refused_line_holds_its_invoice_and_no_other(url):
    month = date(2020, 7, 1)
    with running_sandbox() as server:
        charged, taxes = tax(url, server, month, charge("XX1", 1, "1.00"), *LINES)
    assert {line: row["status"] for line, row in charged.items()} == {
        "DE1-1": "taxed",
        "DE1-2": "exempt",
        "TX1-1": "taxed",
        "XX1-1": "held",
    }
    assert charged["XX1-1"]["hold_reason"].startswith("9399")
    assert "XX1-1" not in {row["line_id"] for row in taxes}
