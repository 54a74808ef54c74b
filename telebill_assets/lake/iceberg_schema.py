"""A table model becomes an Iceberg schema, partition spec and table properties."""

import pyarrow as pa
import pyspark.sql.types as T
from pyiceberg.partitioning import PARTITION_FIELD_ID_START, PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.table import TableProperties
from pyiceberg.transforms import IdentityTransform
from pyiceberg.types import (
    BooleanType,
    DateType,
    DecimalType,
    IntegerType,
    LongType,
    NestedField,
    PrimitiveType,
    StringType,
    TimestampType,
    TimestamptzType,
)
from pyspark.sql.pandas.types import to_arrow_type

from telebill_assets.schemas.table import TableModel, description, partition_by, spark_schema

_ICEBERG_TYPES: dict[type[T.DataType], PrimitiveType] = {
    T.StringType: StringType(),
    T.LongType: LongType(),
    T.IntegerType: IntegerType(),
    T.BooleanType: BooleanType(),
    T.DateType: DateType(),
    T.TimestampType: TimestamptzType(),
    T.TimestampNTZType: TimestampType(),
}


def iceberg_schema(model: TableModel) -> Schema:
    """Columns with their descriptions. All are optional, as in every file Spark writes; the audit rules on nulls."""
    return Schema(
        *[
            NestedField(number, field.name, _iceberg_type(field.dataType), required=False, doc=_comment(field))
            for number, field in enumerate(spark_schema(model), start=1)
        ]
    )


def partition_spec(model: TableModel) -> PartitionSpec:
    """Each partition column as it is."""
    schema = iceberg_schema(model)
    return PartitionSpec(
        *[
            PartitionField(schema.find_field(column).field_id, number, IdentityTransform(), column)
            for number, column in enumerate(partition_by(model), start=PARTITION_FIELD_ID_START)
        ]
    )


def table_properties(model: TableModel) -> dict[str, str]:
    """Properties of a new table.

    Only partition columns carry bounds: they prune, and manifests stay small and free of phone numbers.
    Conflicting commits are redone by `commit`, so PyIceberg's own retries are off.
    """
    metrics = TableProperties.METRICS_MODE_COLUMN_CONF_PREFIX
    return {
        "comment": description(model),
        TableProperties.PARQUET_COMPRESSION: "zstd",
        TableProperties.DEFAULT_NAME_MAPPING: iceberg_schema(model).name_mapping.model_dump_json(),
        TableProperties.DEFAULT_WRITE_METRICS_MODE: "counts",
        **{f"{metrics}.{column}": "full" for column in partition_by(model)},
        TableProperties.METADATA_DELETE_AFTER_COMMIT_ENABLED: "true",
        TableProperties.METADATA_PREVIOUS_VERSIONS_MAX: "100",
        TableProperties.COMMIT_NUM_RETRIES: "0",
    }


def arrow_schema(model: TableModel) -> pa.Schema:
    """The table's columns as Arrow types."""
    return pa.schema([pa.field(field.name, to_arrow_type(field.dataType)) for field in spark_schema(model)])


def _iceberg_type(spark_type: T.DataType) -> PrimitiveType:
    if isinstance(spark_type, T.DecimalType):
        return DecimalType(spark_type.precision, spark_type.scale)
    return _ICEBERG_TYPES[type(spark_type)]


def _comment(field: T.StructField) -> str:
    return str(field.metadata["comment"])
