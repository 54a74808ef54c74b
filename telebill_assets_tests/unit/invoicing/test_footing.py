"""Footing: the sample invoice as printed does not add up; as billed it does."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from telebill_assets.invoicing.footing import footing_errors

LINES = [Decimal("273.11"), Decimal("2.52")]
VAT = Decimal("0.19")
PASSED_THROUGH = [Decimal("16.80")]


def test_the_sample_invoice_foots():
    total, vat, payable = Decimal("275.63"), Decimal("52.37"), Decimal("344.80")
    assert footing_errors(LINES, VAT, PASSED_THROUGH, total=total, vat=vat, payable=payable) == []


def test_the_printed_totals_are_rejected_figure_by_figure():
    total, vat, payable = Decimal("273.11"), Decimal("51.89"), Decimal("325.00")
    assert footing_errors(LINES, VAT, PASSED_THROUGH, total=total, vat=vat, payable=payable) == [
        "total is 273.11, expected 275.63",
        "VAT is 51.89, expected 52.37",
        "amount payable is 325.00, expected 344.80",
    ]


@given(st.lists(st.decimals(min_value="0", max_value="9999.99", places=2), min_size=1), st.integers(1, 500))
def test_a_payable_off_by_any_cents_is_named(lines, cents):
    total = sum(lines, Decimal(0))
    payable = total + Decimal(cents) / 100
    assert footing_errors(lines, Decimal(0), [], total=total, vat=Decimal(0), payable=payable) == [
        f"amount payable is {payable}, expected {total}"
    ]
