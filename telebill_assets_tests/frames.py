"""Small tables and frames of table models; columns that a row leaves out are null."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession

from telebill_assets.rating.tariff import Tariff
from telebill_assets.tables.registry import REFERENCE_TABLES
from telebill_assets.tables.table import TableModel, arrow_schema, table_name


def arrow(model: TableModel, *rows: dict[str, Any]) -> pa.Table:
    """Rows as an Arrow table of the model's columns."""
    loose = pa.schema([field.with_nullable(True) for field in arrow_schema(model)])
    return pa.Table.from_pylist(list(rows), loose)


def frame(spark: SparkSession, model: TableModel, *rows: dict[str, Any]) -> DataFrame:
    """Rows as a Spark frame of the model's columns."""
    return spark.createDataFrame(arrow(model, *rows))


def tariff_of(rows: Mapping[str, Sequence[dict[str, Any]]]) -> Tariff:
    """A tariff of these rows by reference table; tables that are left out are empty."""
    return Tariff.build(
        {table_name(model): arrow(model, *rows.get(table_name(model), ())) for model in REFERENCE_TABLES}
    )
