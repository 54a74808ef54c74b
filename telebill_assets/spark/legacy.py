"""Spark's view of the table models, for the jobs that still compute on Spark frames."""

from functools import cache

from pyspark.sql.pandas.types import from_arrow_schema
from pyspark.sql.types import StructField, StructType

from telebill_assets.tables.table import TableModel, arrow_schema, column_descriptions, nullable_columns


@cache
def spark_schema(model: TableModel) -> StructType:
    """Names, Spark types, nullability and comments of the table's columns."""
    comments, nullable = column_descriptions(model), nullable_columns(model)
    return StructType(
        [
            StructField(field.name, field.dataType, field.name in nullable, {"comment": comments[field.name]})
            for field in from_arrow_schema(arrow_schema(model), prefer_timestamp_ntz=True)
        ]
    )
