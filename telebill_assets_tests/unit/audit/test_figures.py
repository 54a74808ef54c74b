"""Figures are exact, and amounts are never shorter than cents."""

from decimal import Decimal

import pytest

from telebill_assets.audit.figures import figure, signed_figure


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (1200, "1,200"),
        (Decimal("10.5"), "10.50"),
        (Decimal("1234.1125000000"), "1,234.1125"),
        (Decimal("-51.9600"), "-51.96"),
        (Decimal("0E-10"), "0.00"),
        (Decimal(200), "200.00"),
        (Decimal("1E+3"), "1,000.00"),
        (None, "missing"),
    ],
)
def test_a_figure_loses_no_digit(value, shown):
    assert figure(value) == shown


def test_a_difference_has_its_sign():
    assert [signed_figure(n) for n in (1200, Decimal("-0.01"), 0)] == ["+1,200", "-0.01", "0"]
