"""Parquet files as Iceberg describes them: rows, size, and the partition all their rows belong to."""

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

from pyiceberg.expressions import BooleanExpression
from pyiceberg.io import FileIO
from pyiceberg.io.pyarrow import PyArrowFileIO, parquet_file_to_data_file
from pyiceberg.manifest import DataFile
from pyiceberg.table import Table
from pyiceberg.table.metadata import TableMetadata
from pyiceberg.utils.datetime import date_to_days

from telebill_assets.lake.error import LakeError
from telebill_assets.lake.partition import Partition, as_text

READERS = 4

logging.getLogger("pyiceberg.io.pyarrow").addFilter(
    lambda record: not record.getMessage().startswith("PyArrow statistics missing")
)
"""Columns without values have no statistics, and nobody need hear of it."""


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
