"""Checks beyond Pandera's own, declared once: Pandera can evaluate them, and the audit compiles the same text.

    row_rule     several columns of one row, as SQL                 x = row_rule("name", "a >= b", "why")
    value_rule   the values of one or more columns, as SQL          x = value_rule("a", "b", name="even", sql=...)
    column_check a named check for any field, as a Spark column     pa.Field(multiple_of={"unit": 5})

Like Pandera's built-in checks all of them let nulls pass.
"""

from collections.abc import Callable
from functools import wraps
from inspect import signature
from typing import Any

import pandera.pyspark as pa
from pandera.api.extensions import register_check_method
from pandera.api.pyspark.types import PysparkDataframeColumnObject
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

Predicate = Callable[..., Column]

SUSPEND: dict[str, Any] = {"suspend": True}
"""Metadata of a field whose rules set aside the records that break them; see audit.suspend."""

COLUMN = "{column}"
"""Stands for the column in the SQL of a `value_rule`."""

NAMED_CHECKS: dict[str, Predicate] = {}
"""Column checks by name."""


def row_rule(name: str, sql: str, description: str, *, suspend: bool = False, warning: bool = False) -> Any:
    """A rule over several columns of one row, as a Spark SQL predicate that must not be false.

    Args:
        name: name of the rule in checks, figures and suspense.
        sql: the predicate.
        description: what must hold, in a few words.
        suspend: records that break the rule are set aside instead of holding the partition.
        warning: rows that break the rule are counted and shown, and nothing stops.
    """

    def holds(_model: type, frame: DataFrame) -> bool:
        return frame.filter(f"NOT ({sql})").isEmpty()

    statistics = {"sql": sql, "suspend": suspend}
    return pa.dataframe_check(name=name, statistics=statistics, description=description, raise_warning=warning)(holds)


def value_rule(*columns: str, name: str, sql: str, description: str) -> Any:
    """A rule that each of these columns must obey, as a Spark SQL predicate with `{column}` for the column."""

    def holds(_model: type, data: PysparkDataframeColumnObject, sql: str) -> bool:
        return data.dataframe.filter(f"NOT ({of_column(sql, data.column_name)})").isEmpty()

    return pa.check(*columns, name=name, sql=sql, description=description)(holds)


def of_column(sql: str, column: str) -> str:
    """The SQL of a `value_rule` for one column."""
    return sql.replace(COLUMN, f"`{column}`")


def column_check(predicate: Predicate) -> Predicate:
    """Decorator that registers a named check: `predicate(column, **statistics)` is true where a value passes.

    Raises:
        TypeError: the predicate has no statistics; Pandera would give such a check no column.
    """
    name = predicate.__name__
    if len(signature(predicate).parameters) < 2:
        raise TypeError(f"{name}: a column check needs a parameter beside the column")

    @wraps(predicate)
    def holds(data: Any, **statistics: Any) -> bool:
        return data.dataframe.where(~predicate(F.col(data.column_name), **statistics)).isEmpty()

    register_check_method(holds)
    NAMED_CHECKS[name] = predicate
    return predicate
