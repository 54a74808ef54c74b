"""What every table model is: a Pandera model that also knows its name and its partition columns."""

from typing import Any

import pandera.pyspark as pa
from pyspark.sql.types import DataType, DateType, StringType, StructField, StructType, TimestampNTZType

from telebill_assets.schemas.checks import SUSPEND, row_rule, value_rule

__all__ = [
    "SUSPEND",
    "Table",
    "TableModel",
    "description",
    "key_columns",
    "partition_by",
    "row_rule",
    "spark_schema",
    "table_name",
    "unique_columns",
    "value_rule",
]


class Table(pa.DataFrameModel):  # type: ignore[type-arg]
    """Base of all table models. `Config.name` is the table's name in the lake."""

    class Config:
        strict = True


TableModel = type[Table]


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
    """Columns by which a person finds a row again: file and line, else what is unique, else all but measures."""
    names = list(model.to_schema().columns)
    if {"path", "line"} <= set(names):
        return ["path", "line"]
    texts = (StringType, DateType)
    return unique_columns(model) or [field.name for field in spark_schema(model) if isinstance(field.dataType, texts)]


def description(model: TableModel) -> str:
    """First line of the model's docstring, shown in the catalogue."""
    return (model.__doc__ or "").strip().splitlines()[0]


def spark_schema(model: TableModel) -> StructType:
    """Spark schema of the table: names, types, nullability, column comments."""
    return StructType(
        [
            StructField(name, _spark_type(model, name, column), column.nullable, {"comment": column.description})
            for name, column in model.to_schema().columns.items()
        ]
    )


def _spark_type(model: TableModel, name: str, column: Any) -> DataType:
    """Pandera takes times without zone for times with zone; the model's annotation knows better."""
    without_zone = model.__annotations__.get(name) is TimestampNTZType
    return TimestampNTZType() if without_zone else column.dtype.type
