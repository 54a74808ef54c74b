"""Checks that set aside the records that break them, instead of holding back everybody's partition.

A table's model says which checks do: all checks of a field with `metadata=SUSPEND`, and `row_check(..., suspend=True)`.
Pandera evaluates them on the records that are about to be accepted, so what is written obeys them, and the
records that do not go to suspended_usage with the check's name. The checks stay blocking: should a row
break one nevertheless, the partition is held.
"""

from dataclasses import dataclass
from functools import cache

import pandera.polars as pa
import polars as pl
from pandera.api.checks import Check
from pandera.errors import SchemaErrors

from telebill_assets.tables.table import TableModel, table_name, validate

BROKEN_RULE = "broken_rule"
"""The reason of records that a table's own check set aside."""


@dataclass(frozen=True)
class SuspendingCheck:
    """A check of a table that suspends, by the column and the number under which Pandera reports it.

    `column` is null for a check over several columns of a row, `number` for the check that a value is there.
    """

    column: str | None
    number: int | None
    rule: str
    detail: str


@cache
def suspending_schema(model: TableModel) -> pa.DataFrameSchema:
    """The checks of a table that suspend, and nothing else of it."""
    schema = model.to_schema()
    columns = {name: column for name, column in schema.columns.items() if (column.metadata or {}).get("suspend")}
    return pa.DataFrameSchema(columns, checks=[check for check in schema.checks if _suspends(check)])


def _suspends(check: Check) -> bool:
    return bool((check.statistics or {}).get("suspend"))


@cache
def suspending_checks(model: TableModel) -> tuple[SuspendingCheck, ...]:
    """The checks of a table that suspend, in the order in which they are asked."""
    schema, table = suspending_schema(model), table_name(model)
    found = []
    for name, column in schema.columns.items():
        if not column.nullable:
            found.append(SuspendingCheck(name, None, f"{table}.{name}.not_null", f"expected {name} is present"))
        found += [
            SuspendingCheck(name, i, f"{table}.{name}.{check.name}", f"expected {name}: {_said(check)}")
            for i, check in enumerate(column.checks)
        ]
    rows = [
        SuspendingCheck(None, i, f"{table}.{check.name}", f"expected {check.description}")
        for i, check in enumerate(schema.checks)
    ]
    return (*found, *rows)


def _said(check: Check) -> str:
    return str(check.description or check.error or check.name)


def first_broken(rows: pl.DataFrame, model: TableModel) -> pl.DataFrame:
    """The rows that break suspending checks, each with the first one: index, and position in `suspending_checks`."""
    try:
        validate(suspending_schema(model), rows)
    except SchemaErrors as error:
        checks = pl.DataFrame(
            [(check.column, check.number, i) for i, check in enumerate(suspending_checks(model))],
            schema={"column": pl.String, "check_number": pl.Int32, "position": pl.UInt32},
            orient="row",
        )
        failed = error.failure_cases.select("column", "check_number", pl.col("index").cast(pl.UInt32))
        named = failed.join(checks, on=["column", "check_number"], nulls_equal=True, how="left")
        if named["position"].has_nulls() or named["index"].has_nulls():
            raise  # the columns themselves are not those of the model
        return named.group_by("index").agg(pl.col("position").min())
    return pl.DataFrame(schema={"index": pl.UInt32, "position": pl.UInt32})


def suspend_broken(judged: pl.DataFrame, model: TableModel) -> pl.DataFrame:
    """Give records that were to be accepted, and would break a suspending check, the outcome `suspended`.

    Args:
        judged: records with outcome, reason, rule, field and detail, all null where nothing speaks against a record;
            and with the columns of `model` that its suspending checks are about.
        model: the table that the accepted records will be written to.

    Returns:
        The same records; those that break a check have reason `broken_rule`, the check as <table>.<check> as rule,
        and its description as detail.
    """
    accepted = judged["outcome"].is_null().arg_true()
    broken = first_broken(judged[accepted], model)
    if broken.is_empty():
        return judged
    verdicts = pl.DataFrame(
        [("suspended", BROKEN_RULE, check.rule, check.column, check.detail) for check in suspending_checks(model)],
        schema=dict.fromkeys(("outcome", "reason", "rule", "field", "detail"), pl.String),
        orient="row",
    )
    where, said = accepted.gather(broken["index"]), verdicts[broken["position"]]
    return judged.with_columns([judged[texts.name].scatter(where, texts) for texts in said])
