"""A table model becomes an Iceberg schema, partition spec and table properties."""

from typing import Any

import polars as pl
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

from telebill_assets.tables.table import TableModel, column_descriptions, description, partition_by, polars_schema

_ICEBERG_TYPES: dict[Any, PrimitiveType] = {
    pl.String: StringType(),
    pl.Int64: LongType(),
    pl.Int32: IntegerType(),
    pl.Boolean: BooleanType(),
    pl.Date: DateType(),
}


def iceberg_schema(model: TableModel) -> Schema:
    """Columns with their descriptions. All are optional, as in every plain Parquet file; the audit checks nulls."""
    comments = column_descriptions(model)
    return Schema(
        *[
            NestedField(number, name, _iceberg_type(kind), required=False, doc=comments[name])
            for number, (name, kind) in enumerate(polars_schema(model).items(), start=1)
        ]
    )


def iceberg_types(model: TableModel) -> dict[str, PrimitiveType]:
    """Types of the table's columns as Iceberg names them, such as decimal(18, 2) or timestamptz."""
    return {name: _iceberg_type(kind) for name, kind in polars_schema(model).items()}


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


def _iceberg_type(kind: pl.DataType) -> PrimitiveType:
    if isinstance(kind, pl.Decimal):
        return DecimalType(kind.precision or 38, kind.scale)
    if isinstance(kind, pl.Datetime):
        return TimestamptzType() if kind.time_zone else TimestampType()
    return _ICEBERG_TYPES[kind.base_type()]
