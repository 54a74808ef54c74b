"""Exact arithmetic on columns: decimals as whole numbers of their last decimal, and whole numbers as decimals again.

Polars multiplies and divides decimals to the scale of their types, so what must be exact is computed in whole numbers
of up to 38 digits. 1.25 with two decimals is 125; a third of it to three decimals is half_up(125 * 10, 3) = 417.
"""

import polars as pl

DIGITS = 38
"""Digits of the largest decimal."""
CHARGE_DECIMALS = 10
"""Decimals of an exact amount."""
CHARGE = pl.Decimal(18, CHARGE_DECIMALS)
QUANTITY = pl.Decimal(18, 6)
PRICE = pl.Decimal(18, 8)
AMOUNT = pl.Decimal(18, 2)


def whole(value: pl.Expr, decimals: int) -> pl.Expr:
    """The value in units of 10^-decimals; it has no finer decimals."""
    return value.cast(pl.Decimal(DIGITS, decimals)).to_physical()


def decimal(units: pl.Expr, kind: pl.Decimal) -> pl.Expr:
    """Whole units of the type's last decimal as a decimal."""
    return units.cast(pl.Int128).reinterpret(dtype=pl.Decimal(DIGITS, kind.scale)).cast(kind)


def half_up(numerator: pl.Expr, denominator: pl.Expr | int) -> pl.Expr:
    """The nearest whole number to a quotient, halves away from zero; null if the denominator, never negative, is 0."""
    return (2 * numerator.abs() + denominator) // (2 * denominator) * numerator.sign()


def amount_of(quantity: pl.Expr, unit_price: pl.Expr, part: pl.Expr | int = 1, whole_part: int = 1) -> pl.Expr:
    """Quantity x unit price x part / whole part as an exact amount: 3 seats at 30.00 for 15 of 30 days are 45."""
    product = whole(quantity, QUANTITY.scale) * whole(unit_price, PRICE.scale) * part
    return decimal(half_up(product, whole_part * 10 ** (QUANTITY.scale + PRICE.scale - CHARGE_DECIMALS)), CHARGE)


def rounded(value: pl.Expr, decimals: int) -> pl.Expr:
    """A decimal rounded half-up, away from zero."""
    return value.round(decimals, mode="half_away_from_zero")
