"""Pandera's built-in checks on Spark, each as a column. Parameters have Pandera's names."""

from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from operator import add
from typing import Any

from pyspark.sql import Column
from pyspark.sql import functions as F

LONGEST = 2**31 - 1


def _in_range(c: Column, min_value: Any, max_value: Any, *, include_min: bool, include_max: bool) -> Column:
    low = c >= min_value if include_min else c > min_value
    high = c <= max_value if include_max else c < max_value
    return low & high


def _str_matches(c: Column, pattern: Any) -> Column:
    """Pandera anchors the pattern at the start."""
    text = _text(pattern)
    return c.rlike(text if text.startswith("^") else f"^{text}")


def _str_length(
    c: Column, min_value: int | None = None, max_value: int | None = None, exact_value: int | None = None
) -> Column:
    if exact_value is not None:
        return F.length(c) == exact_value
    return F.length(c).between(min_value or 0, LONGEST if max_value is None else max_value)


def _text(pattern: Any) -> str:
    return str(getattr(pattern, "pattern", pattern))


def _unique_values_eq(c: Column, values: Iterable[Any]) -> Column:
    """Rows with another value, plus the values that no row has; the rows' values are exactly these."""
    known = [value for value in values if value is not None]
    foreign = F.count_if(c.isNotNull() & ~c.isin(known))
    nulls = F.count_if(c.isNull())
    absent = [F.when(F.count_if(c == value) == 0, 1).otherwise(0) for value in known]
    of_null = F.when(nulls == 0, 1).otherwise(0) if None in values else nulls
    return reduce(add, [*absent, of_null], foreign)


ROW_CHECKS: Mapping[str, Callable[..., Column]] = {
    "equal_to": lambda c, value: c == value,
    "not_equal_to": lambda c, value: c != value,
    "greater_than": lambda c, min_value: c > min_value,
    "greater_than_or_equal_to": lambda c, min_value: c >= min_value,
    "less_than": lambda c, max_value: c < max_value,
    "less_than_or_equal_to": lambda c, max_value: c <= max_value,
    "in_range": _in_range,
    "isin": lambda c, allowed_values: c.isin(list(allowed_values)),
    "notin": lambda c, forbidden_values: ~c.isin(list(forbidden_values)),
    "str_matches": _str_matches,
    "str_contains": lambda c, pattern: c.rlike(_text(pattern)),
    "str_startswith": lambda c, string: c.startswith(string),
    "str_endswith": lambda c, string: c.endswith(string),
    "str_length": _str_length,
}
"""Checks of one value: true where it passes; null where it is null."""

TABLE_CHECKS: Mapping[str, Callable[..., Column]] = {"unique_values_eq": _unique_values_eq}
"""Checks of a whole column: an aggregate that counts what is wrong."""
