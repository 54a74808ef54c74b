"""Charge lines as items of a request, and answers as rows."""

from datetime import date
from decimal import Decimal

import pytest
from pydantic import SecretStr

from telebill_assets.tables.rated_usage import RatedUsage
from telebill_assets.tables.reference.accounts import Accounts
from telebill_assets.tables.reference.products import Products
from telebill_assets.tables.table import from_rows
from telebill_assets.taxation.mapping import answers, items, request
from telebill_assets.taxation.wire import Group, ItemMessage, Response, Tax, logged_text

MONTH = date(2020, 4, 1)
ADDRESS = {"city": "Town", "postal_code": "78701", "sales_type": "B"}
ACCOUNTS = [
    {"account_id": "DE-1", "country": "DE", "exemptions": "00", **ADDRESS},
    {"account_id": "TX1", "country": "US", "state": "TX", "exemptions": "02 14", **ADDRESS},
]
PRODUCTS = [
    {"product": "usage", "trans_type": "050158", "regulatory": "03", "line_fees": False},
    {"product": "line", "trans_type": "050101", "regulatory": "03", "line_fees": True},
]


def charge(
    account: str, number: int, amount: str = "1.20", kind: str = "usage", product: str = "usage", **more
) -> dict:
    return {
        "account_id": account,
        "line_id": f"{account}-{number}",
        "line_kind": kind,
        "product": product,
        "amount": Decimal(amount),
        "quantity": Decimal(1),
        "currency": "USD",
        "service_to": date(2020, 4, 30),
    } | more


def asked(*charges: dict):
    lines = from_rows(charges, RatedUsage)
    return items(lines, from_rows(ACCOUNTS, Accounts), from_rows(PRODUCTS, Products), MONTH)


def sent(*charges: dict):
    key = SecretStr("key")
    return request(asked(*charges), MONTH, client_number="1", business_unit="", validation_key=key)


def test_lines_travel_in_order_with_the_total_of_their_amounts():
    made = sent(charge("TX1", 2, "16.80"), charge("TX1", 1, "0"), charge("DE-1", 1, "-1.20"))
    assert [(item.LineNumber, item.CustomerNumber, str(item.Revenue)) for item in made.ItemList] == [
        ("1", "DE1", "-1.20"),
        ("2", "TX1", "0.00"),
        ("3", "TX1", "16.80"),
    ]
    assert made.TotalRevenue == Decimal("15.60")
    assert '"TotalRevenue":"15.60"' in logged_text(made)
    assert made.ItemList[0].InvoiceNumber == "DE1202004"


def test_north_america_is_taxed_by_postal_code_and_the_rest_by_country():
    german, texan = sent(charge("DE-1", 1), charge("TX1", 1)).ItemList
    assert (german.TaxSitusRule, german.Address.State, german.Address.Country) == ("15", "", "DE")
    assert (texan.TaxSitusRule, texan.Address.State, texan.TaxExemptionCodeList) == ("04", "TX", ["02", "14"])


@pytest.mark.parametrize(
    ("kind", "amount", "product", "units"),
    [
        ("recurring", "18.50", "line", 3),
        ("one_off", "0", "line", 3),
        ("recurring", "-6.20", "line", 0),
        ("discount", "-1.85", "line", 0),
        ("recurring", "18.50", "usage", 0),
    ],
)
def test_only_lines_that_are_charged_have_units(kind, amount, product, units):
    (item,) = sent(charge("TX1", 1, amount, kind, product, quantity=Decimal("3.9"))).ItemList
    assert item.Units == units


@pytest.mark.parametrize(("billed_s", "seconds"), [(None, 1), (0, 1), (60, 60), (123_456, 99_999)])
def test_seconds_fit_the_wire(billed_s, seconds):
    (item,) = sent(charge("TX1", 1, billed_s=billed_s)).ItemList
    assert item.Seconds == seconds


def tax(amount: str, tax_type: str = "127", **more) -> Tax:
    fields = {"TaxTypeCode": tax_type, "TaxTypeDesc": "TAX", "TaxAmount": amount, "Revenue": "1", "RevenueBase": "1"}
    return Tax.model_validate(fields | {"TaxRate": "0.07", "FeeRate": "0"} | more)


def answer(*groups: Group, messages: tuple[ItemMessage, ...] = ()) -> Response:
    return Response(
        Successful="Y",
        ResponseCode="9999",
        HeaderMessage="Success",
        GroupList=list(groups),
        ItemMessages=list(messages),
    )


def test_a_line_has_a_row_for_every_tax_or_one_without_taxes_or_one_with_its_error():
    batch = asked(charge("TX1", 1), charge("TX1", 2), charge("TX1", 3))
    error = ItemMessage(LineNumber="3", ResponseCode="9220", Message="Bad zip")
    groups = [
        Group(LineNumber="1", StateCode="TX", TaxList=[tax("0.084"), tax("0.01", "035")]),
        Group(LineNumber="2", TaxList=[]),
    ]
    rows = answers(batch, answer(*groups, messages=(error,)), "STAN1")
    shown = rows.select("line_id", "tax_seq", "tax_level", "tax_amount", "error").rows()
    assert shown == [
        ("TX1-1", 0, "state", Decimal("0.084000"), None),
        ("TX1-1", 1, "federal", Decimal("0.010000"), None),
        ("TX1-2", None, None, None, None),
        ("TX1-3", None, None, None, "9220 Bad zip"),
    ]
    assert rows["tax_batch"].unique().to_list() == ["STAN1"]


def test_a_figure_finer_than_the_tables_is_refused_and_not_rounded():
    batch = asked(charge("TX1", 1))
    with pytest.raises(ValueError, match="more decimals"):
        answers(batch, answer(Group(LineNumber="1", TaxList=[tax("0.1234567")])), "STAN1")
