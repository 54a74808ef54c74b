"""The sandbox's taxes, against amounts worked out by hand."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telebill_assets.taxation.sandbox.engine import calculate, header_error
from telebill_assets.taxation.wire import Address, Item, Request

KEY = "11111111-2222-3333-4444-555555555555"


def item(number=1, revenue="100.00", code="050158", country="US", state="TX", exempt=("00",), **changes) -> Item:
    return Item(
        LineNumber=str(number),
        InvoiceNumber="INV1",
        TransDate="2020-04-30T00:00:00",
        Revenue=Decimal(revenue),
        TaxSitusRule="04",
        TransTypeCode=code,
        SalesTypeCode="B",
        RegulatoryCode="03",
        TaxExemptionCodeList=list(exempt),
        Address=Address(City="Town", State=state, PostalCode="78701", Country=country),
        **changes,
    )


def request(*items: Item, **changes) -> Request:
    fields = {
        "ClientNumber": "000000000",
        "ValidationKey": KEY,
        "DataYear": "2020",
        "DataMonth": "04",
        "CmplDataYear": "2020",
        "CmplDataMonth": "04",
        "TotalRevenue": sum((each.Revenue for each in items), Decimal(0)),
        "ItemList": list(items),
    }
    return Request(**fields | changes)


def taxes(*items: Item) -> dict[tuple[str, str], Decimal]:
    answer = calculate(request(*items), 1)
    return {(group.LineNumber, tax.TaxTypeCode): tax.TaxAmount for group in answer.GroupList for tax in group.TaxList}


def test_vat_is_carried_to_six_decimals():
    assert taxes(item(revenue="275.63", code="990101", country="DE", state="")) == {("1", "051"): Decimal("52.369700")}


def test_interstate_calls_bear_the_universal_service_fund_and_no_state_tax():
    assert taxes(item(revenue="1.20")) == {("1", "035"): Decimal("0.411600")}


def test_line_fees_are_units_times_fee():
    found = taxes(item(revenue="40.00", code="050101", Units=3))
    assert found["1", "106"] == Decimal("1.500000")
    assert found["1", "035"] == Decimal("8.904280")  # 40 x 0.649 x 0.343
    assert found["1", "101"] == Decimal("2.500000")


def test_canadian_provinces_have_their_own_taxes():
    assert taxes(item(country="CA", state="ON")) == {("1", "041"): Decimal("13.000000")}
    assert taxes(item(country="CA", state="QC")) == {
        ("1", "040"): Decimal("5.000000"),
        ("1", "142"): Decimal("9.975000"),
    }


@pytest.mark.parametrize(("code", "left"), [("24", set()), ("99", set()), ("02", {("1", "035")})])
def test_exemptions(code, left):
    assert set(taxes(item(exempt=(code,)))) == left


def test_an_item_error_leaves_the_others_taxed():
    answer = calculate(request(item(1), item(2, UnitType="03"), item(3, country="XX")), 1)
    assert answer.ResponseCode == "9001"
    assert [(each.LineNumber, each.ResponseCode) for each in answer.ItemMessages] == [("2", "9220"), ("3", "9399")]
    assert [group.LineNumber for group in answer.GroupList] == ["1"]


def test_an_empty_request_is_declined():
    assert header_error(request()) == ("1220", "Item List Required")


def test_the_validation_key_is_never_shown():
    assert KEY not in repr(request(item()))
    assert KEY not in str(request(item()).model_dump_json())


@given(st.lists(st.decimals(min_value="-999999.99", max_value="999999.99", places=2), min_size=1, max_size=8))
def test_the_total_is_the_sum_of_the_taxes_and_every_line_is_answered(revenues):
    answer = calculate(request(*(item(i, str(revenue)) for i, revenue in enumerate(revenues))), 1)
    assert answer.TotalTax == sum((tax.TaxAmount for group in answer.GroupList for tax in group.TaxList), Decimal(0))
    assert {group.LineNumber for group in answer.GroupList} == {str(i) for i in range(len(revenues))}
