"""Small frames of table models; columns that a row leaves out are null."""

from typing import Any

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession

from telebill_assets.lake.iceberg_schema import arrow_schema
from telebill_assets.schemas.table import TableModel


def arrow(model: TableModel, *rows: dict[str, Any]) -> pa.Table:
    """Rows as an Arrow table of the model's columns."""
    loose = pa.schema([field.with_nullable(True) for field in arrow_schema(model)])
    return pa.Table.from_pylist(list(rows), loose)


def frame(spark: SparkSession, model: TableModel, *rows: dict[str, Any]) -> DataFrame:
    """Rows as a Spark frame of the model's columns."""
    return spark.createDataFrame(arrow(model, *rows))
