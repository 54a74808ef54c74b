"""A partition is named by the values of the table's partition columns: {"landing_day": date(2020, 4, 1)}."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import reduce
from urllib.parse import parse_qsl, quote, urlencode

import polars as pl
from pyiceberg.expressions import AlwaysTrue, And, BooleanExpression, In

from telebill_assets.lake.error import LakeError
from telebill_assets.tables.table import TableModel, partition_by, polars_schema, table_name

Value = date | str
Partition = dict[str, Value]


def whole_partition(model: TableModel, values: Mapping[str, Value]) -> Partition:
    """The values in the order of the table's partition columns.

    Raises:
        LakeError: the values do not name exactly one partition.
    """
    columns = partition_by(model)
    if set(values) != set(columns):
        expected = ", ".join(columns) or "no column (it is replaced as a whole)"
        raise LakeError(
            f"{table_name(model)}: a partition is named by {expected}, not by {', '.join(values) or 'no column'}"
        )
    return {column: values[column] for column in columns}


def row_filter(model: TableModel, values: Mapping[str, Value | Sequence[Value]]) -> BooleanExpression:
    """Rows of the partitions with these values; a sequence means any of its values.

    Raises:
        LakeError: a column is not a partition column of the table.
    """
    columns = partition_by(model)
    for column in values:
        if column not in columns:
            partitioned = f"it is partitioned by {', '.join(columns)}" if columns else "it is not partitioned"
            raise LakeError(f"{table_name(model)}: {column} is not a partition column; {partitioned}")
    terms: list[BooleanExpression] = [
        In(column, [wanted] if isinstance(wanted, date | str) else list(wanted))  # type: ignore[call-arg]
        for column, wanted in values.items()
    ]
    return reduce(And, terms, AlwaysTrue())  # type: ignore[arg-type]


def as_text(partition: Mapping[str, Value]) -> str:
    """One line, as kept in a snapshot: landing_day=2020-04-01&stage=raw_cdr; empty for a whole table."""
    return urlencode({column: str(value) for column, value in partition.items()})


def from_text(model: TableModel, text: str) -> Partition:
    """The partition that a text of `as_text` names: `landing_day=2020-04-01` is that day's partition."""
    types = polars_schema(model)
    return {
        column: date.fromisoformat(value) if types[column] == pl.Date else value
        for column, value in parse_qsl(text, keep_blank_values=True)
    }


def as_folder(partition: Mapping[str, Value]) -> str:
    """Relative folder of the partition's files. It has no `column=`, which Spark would take for a column."""
    return "/".join(quote(str(value), safe="") for value in partition.values())
