"""Pandera's declared checks, compiled to Spark columns.

Pandera's own Spark backend runs about two jobs per check and says only pass or fail. Compiled, all rules of a
table are counted in one pass. The meaning is Pandera's: nulls pass every check but the one for nulls. A check
that the compiler does not know is an error when this module is imported, so no rule is silently unenforced.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pandera.api.checks import Check
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from telebill_assets.audit.check import CheckResult
from telebill_assets.schemas.registry import TABLES
from telebill_assets.schemas.table import TableModel, spark_schema, table_name

Builder = Callable[[], Column]


class UnknownCheckError(Exception):
    """A table model declares a check that the audit cannot enforce."""


@dataclass(frozen=True)
class Rule:
    """One rule of a table. `build` makes the Spark column that is true where a row passes, and never null."""

    name: str
    description: str
    blocking: bool
    build: Builder


def _in_range(c: Column, min_value: Any, max_value: Any, *, include_min: bool, include_max: bool) -> Column:
    low = c >= min_value if include_min else c > min_value
    high = c <= max_value if include_max else c < max_value
    return low & high


def _str_length(
    c: Column, min_value: int | None = None, max_value: int | None = None, exact_value: int | None = None
) -> Column:
    if exact_value is not None:
        return F.length(c) == exact_value
    return F.length(c).between(min_value or 0, 2**31 - 1 if max_value is None else max_value)


def _pattern(pattern: Any) -> str:
    return str(getattr(pattern, "pattern", pattern))


BUILT_IN: Mapping[str, Callable[..., Column]] = {
    "equal_to": lambda c, value: c == value,
    "not_equal_to": lambda c, value: c != value,
    "greater_than": lambda c, min_value: c > min_value,
    "greater_than_or_equal_to": lambda c, min_value: c >= min_value,
    "less_than": lambda c, max_value: c < max_value,
    "less_than_or_equal_to": lambda c, max_value: c <= max_value,
    "in_range": _in_range,
    "isin": lambda c, allowed_values: c.isin(list(allowed_values)),
    "notin": lambda c, forbidden_values: ~c.isin(list(forbidden_values)),
    "str_matches": lambda c, pattern: c.rlike(_pattern(pattern)),
    "str_contains": lambda c, pattern: c.rlike(_pattern(pattern)),
    "str_startswith": lambda c, string: c.startswith(string),
    "str_endswith": lambda c, string: c.endswith(string),
    "str_length": _str_length,
}


@cache
def rules(model: TableModel) -> tuple[Rule, ...]:
    """All rules of a table: nulls, checks of single columns, rules over several columns of a row.

    Raises:
        UnknownCheckError: naming the check.
    """
    schema = model.to_schema()
    found = []
    for name, column in schema.columns.items():
        if not column.nullable:
            found.append(Rule(f"{name}.not_null", f"{name} is present", blocking=True, build=_not_null(name)))
        found += [_column_rule(model, name, check) for check in column.checks]
    return (*found, *[_row_rule(model, check) for check in schema.checks])


def _not_null(name: str) -> Builder:
    return lambda: F.col(name).isNotNull()


def _column_rule(model: TableModel, name: str, check: Check) -> Rule:
    compile_check = BUILT_IN.get(str(check.name))
    if compile_check is None:
        raise UnknownCheckError(f"{table_name(model)}.{name}: no compiled form of check {check.name!r}")
    statistics = dict(check.statistics or {})
    if isinstance(statistics.get("allowed_values", statistics.get("forbidden_values")), str):
        raise UnknownCheckError(f"{table_name(model)}.{name}: Pandera takes a single value of {check.name} for letters")
    return Rule(
        f"{name}.{check.name}",
        f"{name}: {check.name}",
        blocking=not check.raise_warning,
        build=lambda: F.coalesce(compile_check(F.col(name), **statistics), F.lit(True)),  # noqa: FBT003
    )


def _row_rule(model: TableModel, check: Check) -> Rule:
    sql = (check.statistics or {}).get("sql")
    if sql is None:
        raise UnknownCheckError(f"{table_name(model)}: {check.name!r} is not a row_rule")
    return Rule(
        str(check.name),
        str(check.description),
        blocking=not check.raise_warning,
        build=lambda: F.coalesce(F.expr(sql), F.lit(True)),  # noqa: FBT003
    )


def schema_check(frame: DataFrame, model: TableModel) -> CheckResult:
    """Whether a frame has exactly the columns and types of the model; reads no data."""
    expected = {field.name: field.dataType.simpleString() for field in spark_schema(model).fields}
    found = dict(frame.dtypes)
    wrong = [
        f"{name}: expected {expected.get(name, 'no such column')}, found {found.get(name, 'nothing')}"
        for name in (expected | found)
        if expected.get(name) != found.get(name)
    ]
    return CheckResult(
        name=f"{table_name(model)}_schema",
        description="The table has exactly the declared columns and types",
        passed=not wrong,
        figure="; ".join(wrong) or f"{len(expected)} columns as declared",
    )


for _model in TABLES.values():
    rules(_model)
