"""Texts of a reference file become values of a table's columns, checked by the rules of its model."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pyspark.sql.types as T
from pandera.api.checks import Check

Value = str | int | bool | date | Decimal | None


class UnreadableCellError(ValueError):
    """The text is not of the column's type; the message says what is expected."""


def read_cell(text: str, kind: T.DataType) -> Value:
    """The text as a value of a column type; an empty text is None.

    Raises:
        UnreadableCellError: the text cannot be read, or would lose digits.
    """
    text = text.strip()
    if not text:
        return None
    if isinstance(kind, T.DecimalType):
        return _decimal(text, kind)
    return READERS[type(kind)](text)


def _whole_number(text: str) -> int:
    if not re.fullmatch(r"-?[0-9]{1,18}", text):
        raise UnreadableCellError("a whole number")
    return int(text)


def _date(text: str) -> date:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise UnreadableCellError("a date such as 2020-04-01")
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UnreadableCellError("a date of the calendar") from error


def _boolean(text: str) -> bool:
    if text not in {"true", "false"}:
        raise UnreadableCellError("true or false")
    return text == "true"


def _decimal(text: str, kind: T.DecimalType) -> Decimal:
    whole = kind.precision - kind.scale
    if not re.fullmatch(rf"-?[0-9]{{1,{whole}}}(\.[0-9]{{1,{kind.scale}}})?", text):
        raise UnreadableCellError(f"a decimal number with at most {kind.scale} decimals, such as 0.0125")
    return Decimal(text)


READERS: Mapping[type[T.DataType], Callable[[str], Value]] = {
    T.StringType: str,
    T.LongType: _whole_number,
    T.IntegerType: _whole_number,
    T.DateType: _date,
    T.BooleanType: _boolean,
}

Predicate = Callable[[Any, Mapping[str, Any]], bool]
CHECKS: Mapping[str, tuple[Predicate, Callable[[Mapping[str, Any]], str]]] = {
    "isin": (
        lambda value, s: value in s["allowed_values"],
        lambda s: "one of " + ", ".join(map(str, s["allowed_values"])),
    ),
    "str_matches": (
        lambda value, s: re.search(_pattern(s["pattern"]), value) is not None,
        lambda s: f"a text that matches {_pattern(s['pattern'])}",
    ),
    "greater_than": (lambda value, s: value > s["min_value"], lambda s: f"more than {s['min_value']}"),
    "greater_than_or_equal_to": (lambda value, s: value >= s["min_value"], lambda s: f"{s['min_value']} or more"),
    "less_than": (lambda value, s: value < s["max_value"], lambda s: f"less than {s['max_value']}"),
    "less_than_or_equal_to": (lambda value, s: value <= s["max_value"], lambda s: f"{s['max_value']} or less"),
}


def broken_rule(value: Value, check: Check) -> str | None:
    """What the check expects, if the value breaks it. Empty values break only the rule that forbids them."""
    holds, expected = CHECKS[str(check.name)]
    statistics = check.statistics or {}
    return None if value is None or holds(value, statistics) else expected(statistics)


def _pattern(pattern: Any) -> str:
    """Pandera anchors patterns at the start."""
    text = str(getattr(pattern, "pattern", pattern))
    return text if text.startswith("^") else f"^{text}"
