"""Exact arithmetic on columns, against Python's decimals and fractions."""

from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telebill_assets.rating.month.exact import (
    AMOUNT,
    CHARGE,
    PRICE,
    QUANTITY,
    amount_of,
    decimal,
    half_up,
    rounded,
    whole,
)
from telebill_assets.rating.month.month_usage import charge_of
from telebill_assets.rating.month.usage_lines import minutes

TENTH = Decimal("1e-10")


def nearest(value: Fraction, step: Decimal) -> Decimal:
    """The value rounded half-up, away from zero."""
    with localcontext(prec=80):
        steps = value / Fraction(step)
        return step * int((abs(steps) * 2 + 1) // 2) * (-1 if steps < 0 else 1)


def one(expression: pl.Expr, **values: pl.Series) -> object:
    return pl.DataFrame(values).select(expression.alias("found")).item()


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"),
    [
        (1, 2, 1),
        (-1, 2, -1),
        (1, 3, 0),
        (-2, 3, -1),
        (0, 5, 0),
        (5, 10, 1),
        (1, 0, None),
        (10**36, 3, (10**36 - 1) // 3),
    ],
)
def test_halves_are_rounded_away_from_zero(numerator, denominator, expected):
    sides = {name: pl.Series([value], dtype=pl.Int128) for name, value in (("n", numerator), ("d", denominator))}
    assert one(half_up(pl.col("n"), pl.col("d")), **sides) == expected


@settings(deadline=None)
@given(st.decimals("-99999999.9999999999", "99999999.9999999999", places=10))
def test_a_decimal_comes_back_from_its_whole_units(value):
    series = pl.Series([value], dtype=CHARGE)
    assert one(whole(pl.col("v"), 10), v=series) == int(value.scaleb(10))
    assert one(decimal(whole(pl.col("v"), 10), CHARGE), v=series) == value
    assert one(rounded(pl.col("v"), 2).cast(AMOUNT), v=series) == value.quantize(Decimal("0.01"), ROUND_HALF_UP)


@settings(deadline=None)
@given(st.decimals(0, 9_999, places=6), st.decimals(0, 9_999, places=8), st.integers(1, 31), st.integers(28, 31))
def test_a_prorated_fee_is_rounded_once(quantity, price, days, of):
    found = one(
        amount_of(pl.col("quantity"), pl.col("price"), pl.col("days").cast(pl.Int128), of),
        quantity=pl.Series([quantity], dtype=QUANTITY),
        price=pl.Series([price], dtype=PRICE),
        days=pl.Series([days]),
    )
    assert found == nearest(Fraction(quantity) * Fraction(price) * days / of, TENTH)


@settings(deadline=None)
@given(st.decimals(0, "99999999", places=10), st.integers(1, 10**9), st.integers(0, 10**9))
def test_a_part_of_the_calls_has_its_part_of_the_charge(charge, units, first):
    first = min(first, units)
    found = one(
        charge_of(pl.col("first")),
        charge=pl.Series([charge], dtype=CHARGE),
        units=pl.Series([units]),
        first=pl.Series([first]),
    )
    assert found == nearest(Fraction(charge) * first / units, TENTH)


@settings(deadline=None)
@given(st.integers(0, 10**11))
def test_seconds_are_minutes_with_six_decimals(seconds):
    assert one(minutes(pl.col("s")), s=pl.Series([seconds])) == nearest(Fraction(seconds, 60), Decimal("0.000001"))
