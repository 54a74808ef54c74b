"""Parquet files as Iceberg describes them: rows, size, and the partition all their rows belong to."""

import logging
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
from pyiceberg.expressions import BooleanExpression
from pyiceberg.io import FileIO
from pyiceberg.io.pyarrow import PyArrowFileIO, parquet_file_to_data_file
from pyiceberg.manifest import DataFile
from pyiceberg.table import Table
from pyiceberg.table.metadata import TableMetadata
from pyiceberg.utils.datetime import date_to_days

from telebill_assets.lake.error import LakeError
from telebill_assets.lake.partition import Partition, as_text
from telebill_assets.storage import filesystem
from telebill_assets.tables.table import TableModel, arrow_schema, polars_schema

READERS = 4
ROW_GROUP = 100_000
SAMPLE = 4_096

logging.getLogger("pyiceberg.io.pyarrow").addFilter(
    lambda record: not record.getMessage().startswith("PyArrow statistics missing")
)
"""Columns without values have no statistics, and nobody need hear of it."""


def write_file(frame: pl.DataFrame, model: TableModel, folder: str, name: str = "") -> str:
    """Write rows to a new Parquet file of a folder, and return its path.

    The name is unique, because a task may run twice and both attempts write; `name` begins it. The frame has the
    columns and types of the model.
    """
    files, place = filesystem(folder)
    files.create_dir(place)
    path = f"{place}/{name}{uuid.uuid4()}.parquet"
    table = frame.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(arrow_schema(model))
    pq.write_table(
        table,
        path,
        filesystem=files,
        compression="zstd",
        row_group_size=ROW_GROUP,
        use_dictionary=_repeating_columns(frame),
    )
    return path


def _repeating_columns(frame: pl.DataFrame) -> list[str]:
    """Columns whose values repeat, such as sources and not record keys: only these are written with a dictionary.

    To build one and give it up for each of the other columns would take half of the time of writing.
    """
    few = frame.head(SAMPLE)
    return [name for name in few.columns if 2 * few[name].n_unique() <= few.height]


def scan_files(paths: Sequence[str], model: TableModel) -> pl.LazyFrame:
    """The rows of data files of a table; without files an empty frame of its columns."""
    columns = polars_schema(model)
    return pl.scan_parquet(list(paths), schema=columns) if paths else pl.LazyFrame(schema=columns)


def file_io() -> FileIO:
    """Access to files that belong to no table yet."""
    return PyArrowFileIO()


def describe(io: FileIO, metadata: TableMetadata, paths: Sequence[str], partition: Partition) -> list[DataFile]:
    """Read the footers of new files; files without rows are left out.

    Raises:
        LakeError: a file's columns are not the table's, or it holds rows of another partition.
    """

    def one(path: str) -> DataFile:
        return _described(io, metadata, path, partition)

    with ThreadPoolExecutor(READERS) as pool:
        return [file for file in pool.map(one, paths) if file.record_count]


def live_files(table: Table, rows: BooleanExpression, snapshot_id: int | None = None) -> list[DataFile]:
    """Files that hold the rows, now or in an earlier snapshot.

    Raises:
        LakeError: another engine has deleted single rows, which a plain read of the files would not see.
    """
    tasks = list(table.scan(row_filter=rows, snapshot_id=snapshot_id).plan_files())
    if any(task.delete_files for task in tasks):
        raise LakeError(
            f"{table.name()[-1]}: holds row-level deletes; telebill's tables change by whole partitions only"
        )
    return sorted((task.file for task in tasks), key=lambda file: file.file_path)


def _described(io: FileIO, metadata: TableMetadata, path: str, partition: Partition) -> DataFile:
    try:
        file = parquet_file_to_data_file(io, metadata, path)
    except ValueError as error:
        if "partition value" in str(error):
            raise _foreign_rows(path, partition) from error
        raise LakeError(f"{Path(path).name}: its columns are not the table's: {error}") from error
    if file.record_count and not _all_rows_in(file, metadata, partition):
        raise _foreign_rows(path, partition)
    return file


def _all_rows_in(file: DataFile, metadata: TableMetadata, partition: Partition) -> bool:
    fields = metadata.spec().fields
    expected = [date_to_days(value) if isinstance(value, date) else value for value in partition.values()]
    nulls = sum(file.null_value_counts.get(field.source_id, file.record_count) for field in fields)
    return not nulls and expected == [file.partition[number] for number in range(len(fields))]


def _foreign_rows(path: str, partition: Partition) -> LakeError:
    return LakeError(f"{Path(path).name}: holds rows that do not belong to the partition {as_text(partition)}")
