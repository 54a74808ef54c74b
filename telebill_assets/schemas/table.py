"""What every table model is: a Pandera model that also knows its name, partition columns and row rules."""

from typing import Any

import pandera.pyspark as pa
from pyspark.sql import DataFrame
from pyspark.sql.types import DataType, StructField, StructType, TimestampNTZType


class Table(pa.DataFrameModel):  # type: ignore[type-arg]
    """Base of all table models. `Config.name` is the table's name in the lake."""

    class Config:
        strict = True


TableModel = type[Table]


def row_rule(name: str, sql: str, description: str) -> Any:
    """A rule over several columns of one row, as a Spark SQL predicate that must not be false.

    Like the built-in checks it lets nulls pass. Pandera evaluates it as one job; `audit.rules`
    compiles the same text into its single pass.
    """

    def holds(_model: TableModel, frame: DataFrame) -> bool:
        return frame.filter(f"NOT ({sql})").isEmpty()

    return pa.dataframe_check(name=name, statistics={"sql": sql}, description=description)(holds)


def table_name(model: TableModel) -> str:
    """Name of the table in the lake."""
    return str(model.to_schema().name)


def partition_by(model: TableModel) -> list[str]:
    """Columns whose values name a partition; replaced together by one publication."""
    return list(getattr(model.Config, "metadata", {}).get("partition_by", []))


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
