"""What every table model is: a Pandera model that also knows its name and its partition columns.

A model is the only place where the rules of its table stand. Pandera evaluates them, in the tasks that write the
table; `audit.table_checks` says how.
"""

from collections.abc import Sequence
from typing import Any

import pandera.polars as pandera
import polars as pl
import pyarrow as pa

SUSPEND: dict[str, Any] = {"suspend": True}
"""Metadata of a field whose checks set aside the records that break them, instead of holding the partition."""


class Table(pandera.DataFrameModel):
    """Base of all table models. `Config.name` is the table's name in the lake."""

    class Config:
        strict = True


TableModel = type[Table]


def row_check(
    name: str,
    holds: str | pl.Expr,
    description: str,
    *,
    column: str | None = None,
    expected: str | None = None,
    suspend: bool = False,
    warning: bool = False,
) -> Any:
    """A check over several columns of one row. A row passes unless `holds` is false for it; null passes.

    Args:
        name: name of the check in figures, samples and suspense.
        holds: what must hold, as SQL (`start_at <= answer_at`) or as a Polars expression.
        description: what must hold, in a few words.
        column: the column that a person mends in a row that breaks it.
        expected: what is expected there; it may name values of the row, as in `no day before {valid_from}`.
        suspend: records that break it are set aside instead of holding the partition.
        warning: rows that break it are counted and shown, and nothing stops.
    """
    expression = pl.sql_expr(holds) if isinstance(holds, str) else holds

    def passes(_model: type, data: pandera.PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(expression.fill_null(value=True))

    statistics = {"suspend": suspend, "column": column, "expected": expected}
    options = {"name": name, "statistics": statistics, "description": description, "raise_warning": warning}
    return pandera.dataframe_check(**options)(passes)


def table_name(model: TableModel) -> str:
    """Name of the table in the lake."""
    return str(model.to_schema().name)


def partition_by(model: TableModel) -> list[str]:
    """Columns whose values name a partition; replaced together by one publication."""
    return list(getattr(model.Config, "metadata", {}).get("partition_by", []))


def unique_columns(model: TableModel) -> list[str]:
    """Columns whose values together name a row; empty if rows may be equal."""
    return list(model.to_schema().unique or [])


def key_columns(model: TableModel) -> list[str]:
    """Columns by which a person finds a row again: file and line, else what is unique, else what measures nothing."""
    types = polars_schema(model)
    if {"path", "line"} <= types.keys():
        return ["path", "line"]
    return unique_columns(model) or [name for name, kind in types.items() if kind in {pl.String, pl.Date}] or [*types]


def description(model: TableModel) -> str:
    """First line of the model's docstring, shown in the catalogue."""
    return (model.__doc__ or "").strip().splitlines()[0]


def column_descriptions(model: TableModel) -> dict[str, str]:
    """The description of every column, by its name."""
    return {name: str(column.description or "") for name, column in model.to_schema().columns.items()}


def nullable_columns(model: TableModel) -> set[str]:
    """The names of the columns that may be null."""
    return {name for name, column in model.to_schema().columns.items() if column.nullable}


def polars_schema(model: TableModel) -> pl.Schema:
    """Names and Polars types of the table's columns, in order."""
    return pl.Schema({name: column.dtype.type for name, column in model.to_schema().columns.items()})


def arrow_schema(model: TableModel) -> pa.Schema:
    """Names and Arrow types of the table's columns, in order. Texts are `string`, as Parquet files have them."""
    return pa.schema([(name, _arrow_type(kind)) for name, kind in polars_schema(model).items()])


def conform(frame: pl.DataFrame | pl.LazyFrame, model: TableModel) -> Any:
    """The frame with exactly the table's columns in its order and types; columns that it lacks become null.

    Raises:
        polars.exceptions.InvalidOperationError: on collection, if a value does not fit its column.
    """
    types, known = polars_schema(model), frame.collect_schema().names()
    return frame.select(
        [(pl.col(name) if name in known else pl.lit(None)).cast(kind).alias(name) for name, kind in types.items()]
    )


def from_rows(rows: Sequence[dict[str, Any]], model: TableModel) -> pl.DataFrame:
    """A frame of the table from rows by column name; columns that a row lacks become null."""
    return pl.DataFrame(list(rows), schema=polars_schema(model))


def validate(schema: pandera.DataFrameSchema, frame: pl.DataFrame) -> None:
    """Let Pandera evaluate all checks of a schema on a frame.

    Pandera asks many small queries; of frames that are in memory already, the in-memory engine answers them four times
    as fast as the streaming one.

    Raises:
        pandera.errors.SchemaErrors: with every failure.
    """
    with pl.Config(engine_affinity="in-memory"):
        schema.validate(frame, lazy=True)


_ARROW_TYPES: dict[Any, pa.DataType] = {
    pl.String: pa.string(),
    pl.Int64: pa.int64(),
    pl.Int32: pa.int32(),
    pl.Boolean: pa.bool_(),
    pl.Date: pa.date32(),
}


def _arrow_type(kind: pl.DataType) -> pa.DataType:
    if isinstance(kind, pl.Decimal):
        return pa.decimal128(kind.precision or 38, kind.scale)
    if isinstance(kind, pl.Datetime):
        return pa.timestamp(kind.time_unit, kind.time_zone)
    return _ARROW_TYPES[kind.base_type()]
