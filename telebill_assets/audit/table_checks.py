"""The checks of one table: Pandera evaluates its model on the rows that a task writes, and the findings are summed.

A table is written in parts, each by its own task. `examine` asks Pandera about one part; `verdicts` makes the asset
checks of the whole table from all parts. That no two rows of a table share a key is asked of all its files together,
by `audit.unique_keys`.
"""

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache

import pandera.polars as pa
import polars as pl
from pandera.errors import SchemaError, SchemaErrorReason, SchemaErrors

from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.masking import mask
from telebill_assets.tables.table import TableModel, key_columns, table_name, unique_columns, validate

NOT_NULL = "not_null"
UNENFORCED = ("coerce", "parsers", "drop_invalid_rows", "add_missing_columns")
UNENFORCED_OF_COLUMNS = ("coerce", "parsers", "drop_invalid_rows", "regex", "default", "unique")
"""Options of a model that change what Pandera looks at, but not what is written, or that no single part can answer."""
_OF_THE_SCHEMA = {
    SchemaErrorReason.COLUMN_NOT_IN_SCHEMA,
    SchemaErrorReason.COLUMN_NOT_IN_DATAFRAME,
    SchemaErrorReason.WRONG_DATATYPE,
}


class UnenforcedError(TypeError):
    """A model asks for something that nobody would enforce."""


@dataclass(frozen=True)
class RowCheck:
    """One check of a table's model: `<column>.<check>`, or the name of a check over several columns of a row."""

    name: str
    description: str
    column: str | None
    blocking: bool
    suspends: bool


@dataclass(frozen=True)
class Findings:
    """What Pandera found in some rows of a table.

    `failures` counts failing rows by check, `samples` holds the first and the last failing key of a check, masked, and
    `schema` says which columns are not as declared. `examined` is false where nothing was asked.
    """

    rows: int = 0
    failures: Mapping[str, int] = field(default_factory=dict)
    samples: Mapping[str, Sequence[str]] = field(default_factory=dict)
    schema: Sequence[str] = ()


@cache
def row_checks(model: TableModel) -> tuple[RowCheck, ...]:
    """All checks of a table's rows: nulls, checks of single columns, checks over several columns of a row.

    Raises:
        UnenforcedError: the model asks for more than that.
    """
    schema = _enforced(model)
    found = []
    for name, column in schema.columns.items():
        suspends = bool((column.metadata or {}).get("suspend"))
        if not column.nullable:
            found.append(RowCheck(f"{name}.{NOT_NULL}", f"{name} is present", name, blocking=True, suspends=suspends))
        for check in column.checks:
            said = f"{name}: {check.description or check.error or check.name}"
            found.append(RowCheck(f"{name}.{check.name}", said, name, not check.raise_warning, suspends))
    for check in schema.checks:
        suspends = bool((check.statistics or {}).get("suspend"))
        found.append(RowCheck(str(check.name), str(check.description), None, not check.raise_warning, suspends))
    return tuple(found)


def examine(frame: pl.DataFrame, model: TableModel) -> Findings:
    """Let Pandera evaluate every check of the model on these rows.

    Args:
        frame: rows of the table, or of a part of it.
        model: the table's model.

    Returns:
        The findings; without any, `failures` is empty.
    """
    try:
        validate(_audited(model), frame)
    except SchemaErrors as errors:
        found = [error for error in errors.schema_errors if isinstance(error, SchemaError)]
        failing = {_name(error): ~_passed(error) for error in found if isinstance(error.check_output, pl.DataFrame)}
        return Findings(
            rows=frame.height,
            failures={name: int(rows.sum()) for name, rows in failing.items()},
            samples={name: _ends(frame.filter(rows), model) for name, rows in failing.items()},
            schema=tuple(_schema_texts(found)),
        )
    return Findings(rows=frame.height)


def together(parts: Iterable[Findings]) -> Findings:
    """The findings of several parts of a table as those of the whole."""
    listed = list(parts)
    names = dict.fromkeys(name for part in listed for name in part.failures)
    return Findings(
        rows=sum(part.rows for part in listed),
        failures={name: sum(part.failures.get(name, 0) for part in listed) for name in names},
        samples={name: _outermost(key for part in listed for key in part.samples.get(name, ())) for name in names},
        schema=tuple(dict.fromkeys(text for part in listed for text in part.schema)),
    )


def verdicts(model: TableModel, found: Findings) -> list[CheckResult]:
    """The asset checks of a table's rows: those that block, then those that warn, if the model has any."""
    checks = row_checks(model)
    results = [
        _verdict(
            model, f"{table_name(model)}_rules", [check for check in checks if check.blocking], found, found.schema
        )
    ]
    if warnings := [check for check in checks if not check.blocking]:
        warned = _verdict(model, f"{table_name(model)}_warnings", warnings, found, ())
        results.append(warned.model_copy(update={"blocking": False}))
    return results


def check_names(model: TableModel) -> list[tuple[str, str, bool]]:
    """Name, description and blocking of the asset checks that a table has."""
    table, unique = table_name(model), unique_columns(model)
    names = [(f"{table}_rules", _DESCRIPTIONS["rules"].format(table=table), True)]
    if any(not check.blocking for check in row_checks(model)):
        names.append((f"{table}_warnings", _DESCRIPTIONS["warnings"].format(table=table), False))
    if unique:
        names.append((f"{table}_unique", f"No two rows of {table} share {', '.join(unique)}", True))
    return names


_DESCRIPTIONS = {
    "rules": "Every row of {table} obeys every rule of its model",
    "warnings": "Rows of {table} that are unusual but valid",
}


def _verdict(
    model: TableModel, name: str, asked: Sequence[RowCheck], found: Findings, schema: Sequence[str]
) -> CheckResult:
    table = table_name(model)
    failures = {check.name: found.failures[check.name] for check in asked if found.failures.get(check.name)}
    figure = f"{sum(failures.values()):,} failures of {len(asked)} rules in {found.rows:,} rows"
    return CheckResult(
        name=name,
        description=_DESCRIPTIONS[name.removeprefix(f"{table}_")].format(table=table),
        passed=not failures and not schema,
        figure="; ".join([figure, *schema]),
        failures=failures | ({f"{table}_schema": 1} if schema else {}),
        samples=[f"{check}: {key}" for check in failures for key in found.samples.get(check, ())],
    )


def _enforced(model: TableModel) -> pa.DataFrameSchema:
    """The model's schema, if the audit enforces all of it."""
    schema, table = model.to_schema(), table_name(model)
    options = [f"{table}: the audit does not enforce {option}" for option in UNENFORCED if _is_set(schema, option)]
    options += [
        f"{table}: the audit does not enforce {name}.{option}"
        for name, column in schema.columns.items()
        for option in UNENFORCED_OF_COLUMNS
        if _is_set(column, option)
    ]
    checks = [
        f"{table}: {check.name} may look at more than a row; only what `row_check` makes does not"
        for check in schema.checks
        if "suspend" not in (check.statistics or {})
    ]
    if options or checks:
        raise UnenforcedError("; ".join([*options, *checks]))
    return schema


def _is_set(part: pa.DataFrameSchema | pa.Column, option: str) -> bool:
    """Whether an option says something; a default of 0 does."""
    value = getattr(part, option)
    return value is not None and value is not False and value != []


@cache
def _audited(model: TableModel) -> pa.DataFrameSchema:
    """The model as Pandera is asked: warnings are counted like all others, keys are compared over all files."""
    schema = deepcopy(_enforced(model))
    schema.unique = None
    for check in [*schema.checks, *(check for column in schema.columns.values() for check in column.checks)]:
        check.raise_warning = False
    return schema


def _name(error: SchemaError) -> str:
    column = None if isinstance(error.schema, pa.DataFrameSchema) else error.schema.name
    if error.reason_code == SchemaErrorReason.SERIES_CONTAINS_NULLS:
        return f"{column}.{NOT_NULL}"
    return f"{column}.{error.check.name}" if column else str(error.check.name)


def _passed(error: SchemaError) -> pl.Series:
    return error.check_output.to_series().fill_null(value=True)


def _schema_texts(errors: Sequence[SchemaError]) -> list[str]:
    """What is wrong with the columns; else the checks that could not be evaluated, which must not pass for that."""
    of_columns = [_schema_text(error) for error in errors if error.reason_code in _OF_THE_SCHEMA]
    broken = [error for error in errors if error.reason_code == SchemaErrorReason.CHECK_ERROR]
    return of_columns or [f"{_name(error)} could not be evaluated" for error in broken]


def _schema_text(error: SchemaError) -> str:
    if error.reason_code == SchemaErrorReason.WRONG_DATATYPE:
        return f"{error.schema.name}: expected {error.schema.dtype}, found {error.failure_cases}"
    missing = error.reason_code == SchemaErrorReason.COLUMN_NOT_IN_DATAFRAME
    return f"{error.failure_cases}: {'the column is missing' if missing else 'no such column is declared'}"


def _ends(failing: pl.DataFrame, model: TableModel) -> list[str]:
    """The first and the last key of failing rows, masked."""
    key = pl.concat_str([pl.col(name).cast(pl.String).fill_null("-") for name in key_columns(model)], separator=", ")
    keys = failing.select(key).to_series()
    return [mask(text) for text in dict.fromkeys((str(keys.min()), str(keys.max())))]


def _outermost(keys: Iterable[str]) -> list[str]:
    listed = sorted(keys)
    return list(dict.fromkeys((listed[0], listed[-1]))) if listed else []
