"""Pandera's declared checks, compiled to Spark columns.

Pandera's own Spark backend runs about two jobs per check and says only pass or fail. Compiled, all rules of a
table are counted in one pass. The meaning is Pandera's: nulls pass every check but the one for nulls. What the
compiler does not know is an error when this module is imported, so nothing that a model declares goes unenforced.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from inspect import signature
from typing import Any

from pandera.api.checks import Check
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from telebill_assets.audit.builtin_checks import ROW_CHECKS, TABLE_CHECKS
from telebill_assets.audit.check import CheckResult
from telebill_assets.tables.checks import COLUMN, NAMED_CHECKS, of_column
from telebill_assets.tables.registry import TABLES
from telebill_assets.spark.legacy import spark_schema
from telebill_assets.tables.table import TableModel, table_name

Builder = Callable[[], Column]


class UnknownCheckError(Exception):
    """A table model declares something that the audit cannot enforce."""


@dataclass(frozen=True)
class Rule:
    """One rule of a table.

    `passes` makes the Spark column that is true where a row passes, and never null; a rule about the whole table
    has none. `failures` makes the aggregate that counts what is wrong.
    """

    name: str
    description: str
    column: str | None
    blocking: bool
    suspends: bool
    failures: Builder
    passes: Builder | None


@cache
def rules(model: TableModel) -> tuple[Rule, ...]:
    """All rules of a table: nulls, checks of single columns, rules over several columns of a row.

    Raises:
        UnknownCheckError: naming model, column and check.
    """
    schema = model.to_schema()
    refuse_options(model)
    found = []
    for name, column in schema.columns.items():
        suspends = bool((column.metadata or {}).get("suspend"))
        if not column.nullable:
            present = _not_null(name)
            found.append(_row_rule(f"{name}.not_null", f"{name} is present", name, present, suspends=suspends))
        found += [_column_rule(model, name, check, suspends=suspends) for check in column.checks]
    return (*found, *[_table_rule(model, check) for check in schema.checks])


def refuse_options(model: TableModel) -> None:
    """Refuse what Pandera can declare and the audit, or Pandera on Spark itself, would not enforce."""
    schema = model.to_schema()
    refused = {
        "ordered": schema.ordered,
        "coerce": schema.coerce,
        "strict='filter'": schema.strict == "filter",
        **{f"{name}.regex": column.regex for name, column in schema.columns.items()},
        **{f"{name}.coerce": column.coerce for name, column in schema.columns.items()},
        **{f"{name}.required=False": not column.required for name, column in schema.columns.items()},
    }
    if options := [option for option, is_set in refused.items() if is_set]:
        raise UnknownCheckError(f"{table_name(model)}: the audit does not enforce {', '.join(options)}")
    if unknown := set(schema.unique or ()) - set(schema.columns):
        raise UnknownCheckError(f"{table_name(model)}: unique names no column: {', '.join(sorted(unknown))}")


def _not_null(name: str) -> Builder:
    return lambda: F.col(name).isNotNull()


def _column_rule(model: TableModel, name: str, check: Check, *, suspends: bool) -> Rule:
    where = f"{table_name(model)}.{name}: {check.name}"
    _refuse_check_options(where, check)
    statistics = _statistics(check)
    rule, said = f"{name}.{check.name}", f"{name}: {check.description or check.error or check.name}"
    if COLUMN in str(statistics.get("sql", "")):
        predicate = of_column(statistics["sql"], name)
        return _row_rule(rule, said, name, lambda: F.expr(predicate), warning=check.raise_warning, suspends=suspends)
    compiled = ROW_CHECKS.get(str(check.name)) or NAMED_CHECKS.get(str(check.name))
    if compiled:
        _require_statistics(where, compiled, statistics)
        return _row_rule(
            rule,
            said,
            name,
            lambda: compiled(F.col(name), **statistics),
            warning=check.raise_warning,
            suspends=suspends,
        )
    counted = TABLE_CHECKS.get(str(check.name))
    if counted is None:
        raise UnknownCheckError(f"{where}: the audit has no compiled form of this check")
    _require_statistics(where, counted, statistics)
    return Rule(
        rule,
        said,
        name,
        blocking=not check.raise_warning,
        suspends=False,
        failures=lambda: counted(F.col(name), **statistics),
        passes=None,
    )


def _table_rule(model: TableModel, check: Check) -> Rule:
    where = f"{table_name(model)}: {check.name}"
    _refuse_check_options(where, check)
    statistics = _statistics(check)
    sql = statistics.get("sql")
    if sql is None:
        raise UnknownCheckError(f"{where}: the audit has no compiled form of this check; is it a row_rule?")
    return _row_rule(
        str(check.name),
        str(check.description),
        None,
        lambda: F.expr(sql),
        warning=check.raise_warning,
        suspends=bool(statistics.get("suspend")),
    )


def _row_rule(
    name: str, description: str, column: str | None, holds: Builder, *, warning: bool = False, suspends: bool = False
) -> Rule:
    def passes() -> Column:
        return F.coalesce(holds(), F.lit(True))  # noqa: FBT003

    return Rule(
        name,
        description,
        column,
        blocking=not warning,
        suspends=suspends,
        failures=lambda: F.count_if(~passes()),
        passes=passes,
    )


def _statistics(check: Check) -> dict[str, Any]:
    """The check's parameters; Pandera keeps those of registered checks apart."""
    return {**check._check_kwargs, **(check.statistics or {})}  # noqa: SLF001


def _require_statistics(where: str, compiled: Callable[..., Column], statistics: Mapping[str, Any]) -> None:
    try:
        signature(compiled).bind(None, **statistics)
    except TypeError as error:
        raise UnknownCheckError(f"{where}: the audit cannot take its parameters: {error}") from error
    if isinstance(statistics.get("allowed_values", statistics.get("forbidden_values")), str):
        raise UnknownCheckError(f"{where}: Pandera takes a single value for letters; use eq or ne")


def _refuse_check_options(where: str, check: Check) -> None:
    options = {"ignore_na=False": not check.ignore_na, "groupby": check.groupby, "element_wise": check.element_wise}
    if refused := [option for option, is_set in options.items() if is_set]:
        raise UnknownCheckError(f"{where}: Pandera on Spark does not enforce {', '.join(refused)}")


def schema_check(frame: DataFrame, model: TableModel) -> CheckResult:
    """Whether a frame has exactly the columns and types of the model; reads no data."""
    expected = {field.name: field.dataType.simpleString() for field in spark_schema(model).fields}
    found = dict(frame.dtypes)
    names = (expected | found) if model.to_schema().strict else expected
    wrong = [
        f"{name}: expected {expected.get(name, 'no such column')}, found {found.get(name, 'nothing')}"
        for name in names
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
