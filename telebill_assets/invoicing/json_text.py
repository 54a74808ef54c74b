"""Rows as JSON texts that are the same in every version of telebill, because final invoices are recognised by them.

Nulls are left out, amounts keep all their decimals, and very small numbers are written as `0E-8` or `1.5E-7`: as
Java writes a BigDecimal, which made the first of these texts. Characters beyond ASCII stay as they are.
"""

from collections.abc import Mapping

import polars as pl

_CONTROL = {chr(code): f"\\u{code:04X}" for code in range(32)}
_SHORT = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
ESCAPES: Mapping[str, str] = _CONTROL | _SHORT


def json_object(columns: Mapping[str, pl.DataType], also: Mapping[str, str] | None = None) -> pl.Expr:
    """A text with a JSON object of these columns, in their order, without those that are null.

    Args:
        columns: names and types; texts, dates, whole numbers and decimals.
        also: names of further members, after these, and of the columns that hold their JSON text.
    """
    members = [_member(name, _value(name, kind)) for name, kind in columns.items()]
    members += [_member(name, pl.col(column)) for name, column in (also or {}).items()]
    return pl.lit("{") + pl.concat_str(members, separator=",", ignore_nulls=True) + pl.lit("}")


def _member(name: str, value: pl.Expr) -> pl.Expr:
    return pl.lit(f'"{name}":') + value


def _value(name: str, kind: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if isinstance(kind, pl.Decimal):
        return _decimal(column, kind.scale)
    if kind.is_integer():
        return column.cast(pl.String)
    text = column.cast(pl.String)
    escaped = text.str.replace_many(list(ESCAPES), list(ESCAPES.values()))
    return pl.lit('"') + escaped + pl.lit('"')


def _decimal(column: pl.Expr, scale: int) -> pl.Expr:
    """A number in plain digits, but with an exponent if it is 0 or below 0.000001 and has more than six decimals."""
    plain = column.cast(pl.String)
    if scale <= 6:
        return plain
    sign = pl.when(column < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    digits = plain.str.strip_chars_start("-0.").str.strip_chars_start("0")
    exponent = digits.str.len_chars().cast(pl.Int32) - 1 - scale
    rest = pl.when(digits.str.len_chars() > 1).then(pl.lit(".") + digits.str.slice(1)).otherwise(pl.lit(""))
    small = sign + digits.str.head(1) + rest + pl.lit("E") + exponent.cast(pl.String)
    return (
        pl.when(column == 0)
        .then(pl.lit(f"0E-{scale}"))
        .when(column.abs() < pl.lit("0.000001").str.to_decimal(scale=scale))
        .then(small)
        .otherwise(plain)
    )
