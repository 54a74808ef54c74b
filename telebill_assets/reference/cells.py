"""Texts of a reference file become values of a column's type. What holds for the values is for its model to say."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import polars as pl


class Reading(NamedTuple):
    """How texts are read as a type: those of a pattern first, then those that name a value."""

    pattern: str
    written: str
    """What is expected of a text that has not the pattern."""
    value: Callable[[pl.Expr], pl.Expr]
    existing: str
    """What is expected of a text that has the pattern, but stands for no value of the type."""


def read_cells(text: pl.Expr, kind: pl.DataType) -> tuple[pl.Expr, pl.Expr]:
    """The value of each text, and what is expected where it cannot be read.

    An empty text has no value, and nothing is expected of it here; nor of one that can be read. So the texts "3", "x"
    and "" are the whole numbers 3, null and null, and only for the second `a whole number` is expected.
    """
    bare = text.str.strip_chars()
    bare = pl.when(bare != "").then(bare)
    if isinstance(kind, pl.String):
        return bare, pl.lit(None, pl.String)
    reading = _reading(kind)
    written = bare.str.contains(reading.pattern)
    value = pl.when(written).then(reading.value(bare))
    expected = pl.when(~written).then(pl.lit(reading.written)).when(value.is_null()).then(pl.lit(reading.existing))
    return value, pl.when(bare.is_not_null()).then(expected)


def _reading(kind: pl.DataType) -> Reading:
    if isinstance(kind, pl.Decimal):
        return _decimal(kind.precision or 38, kind.scale)
    return READINGS[type(kind)]


def _decimal(precision: int, scale: int) -> Reading:
    """Decimals that lose no digit."""
    expected = f"a decimal number with at most {scale} decimals, such as 0.0125"
    pattern = rf"^-?[0-9]{{1,{precision - scale}}}(\.[0-9]{{1,{scale}}})?$"
    kind = pl.Decimal(precision, scale)
    return Reading(pattern, expected, lambda text: text.cast(kind, strict=False), expected)


def _whole_number(kind: type[pl.DataType], largest: int) -> Reading:
    return Reading(
        "^-?[0-9]{1,18}$",
        "a whole number",
        lambda text: text.cast(kind, strict=False),
        f"a whole number of at most {largest}",
    )


READINGS: Mapping[Any, Reading] = {
    pl.Int64: _whole_number(pl.Int64, 2**63 - 1),
    pl.Int32: _whole_number(pl.Int32, 2**31 - 1),
    pl.Date: Reading(
        "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
        "a date such as 2020-04-01",
        lambda text: text.str.to_date("%Y-%m-%d", strict=False),
        "a date of the calendar",
    ),
    pl.Boolean: Reading("^(true|false)$", "true or false", lambda text: text == "true", "true or false"),
}
