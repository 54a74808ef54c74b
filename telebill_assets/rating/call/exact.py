"""Exact decimals as whole numbers, and whole numbers as decimals again."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

Integers = npt.NDArray[Any]
"""Whole numbers: int64 where they fit, else Python's unlimited ones (dtype object). The same operations serve both."""

FITS = 2**62
DECIMAL_DIGITS = 18
"""Digits of an amount in the tables."""
INEXACT_DECIMALS = 30
"""Decimals of a number that no decimal can write exactly, such as 1/3."""


def decimals_of(value: Decimal) -> int:
    """Decimals that the value needs, without trailing zeros."""
    _, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int) or value == 0:
        return 0
    zeros = 0
    while digits[-1 - zeros] == 0:
        zeros += 1
    return max(-exponent - zeros, 0)


def scaled(value: Decimal, scale: int) -> int:
    """The value times 10^scale, which must be whole."""
    numerator, denominator = value.as_integer_ratio()
    return numerator * 10**scale // denominator


def integers(values: Iterable[int]) -> Integers:
    """An array of whole numbers of any size."""
    listed = list(values)
    return np.array(listed, object if any(abs(value) >= FITS for value in listed) else np.int64)


def largest(values: Integers) -> int:
    """The largest absolute value: 7 of 3 and -7; 0 if there is none."""
    return max(int(values.max()), -int(values.min())) if values.size else 0


def decimal_series(name: str, units: npt.NDArray[np.int64], known: npt.NDArray[np.bool_], scale: int) -> pl.Series:
    """Amounts counted in units of 10^-scale as a Decimal(18, scale) column, null where they are not known.

    For example 1 200 000 000 units of ten decimals are 0.12. Polars keeps a decimal as a whole number of its last
    decimal, so the units are taken as they are: nothing is divided, nothing can be rounded.
    """
    amounts = pl.Series(name, units).cast(pl.Int128).reinterpret(dtype=pl.Decimal(DECIMAL_DIGITS, scale))
    return amounts if known.all() else amounts.set(pl.Series(~known), None)


def plain(value: Fraction) -> str:
    """Plain decimal notation without exponent and trailing zeros: '0.1', '0', '-2.35'.

    What no decimal can write is rounded half up to INEXACT_DECIMALS decimals.
    """
    rest, needed = value.denominator, 0
    for prime in (2, 5):
        power = 0
        while rest % prime == 0:
            rest, power = rest // prime, power + 1
        needed = max(needed, power)
    decimals = needed if rest == 1 else INEXACT_DECIMALS
    units, denominator = abs(value.numerator) * 10**decimals, value.denominator
    digits = str((2 * units + denominator) // (2 * denominator)).rjust(decimals + 1, "0")
    whole, part = digits[: len(digits) - decimals], digits[len(digits) - decimals :].rstrip("0")
    text = f"{whole}.{part}" if part else whole
    return f"-{text}" if value < 0 and text != "0" else text


def plain_decimal(value: Decimal) -> str:
    """A decimal in plain notation, exactly."""
    return plain(Fraction(value))
