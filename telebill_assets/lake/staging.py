"""New files of a partition, written but not visible: the audit looks at them before they are published."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from urllib.parse import quote

import pyarrow as pa

from telebill_assets.lake.error import LakeError
from telebill_assets.lake.partition import Partition, as_folder
from telebill_assets.tables.table import TableModel


@dataclass(frozen=True)
class Staged:
    """Files that can be published as one partition; `rows` is read from their footers."""

    model: TableModel
    run_id: str
    partition: Partition
    folder: str
    files: tuple[str, ...]
    rows: int
    file_rows: tuple[int, ...] = ()
    """Rows of each file."""


def new_folder(table_folder: Path, run_id: str, partition: Partition) -> Path:
    """Make a folder of the partition that no other attempt writes to: data/<partition>/<run id>-<attempt>."""
    parent = table_folder / "data" / as_folder(partition)
    for attempt in count(1):
        folder = parent / f"{quote(run_id, safe='')}-{attempt}"
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            continue
        return folder
    raise AssertionError


def conforming(table: pa.Table, columns: pa.Schema, name: str) -> pa.Table:
    """The table with exactly these columns; values are cast only if nothing of them is lost.

    Raises:
        LakeError: a column is missing, unknown, or does not fit its type.
    """
    _same_columns(name, dict.fromkeys(table.column_names), dict.fromkeys(columns.names))
    return pa.table([_cast(table[field.name], field, name) for field in columns], schema=columns)


def _cast(column: pa.ChunkedArray, field: pa.Field, name: str) -> pa.ChunkedArray:
    try:
        return column.cast(field.type)
    except pa.ArrowInvalid:  # its text may quote a personal value
        raise LakeError(f"{name}: {field.name} holds a value that does not fit {field.type}") from None


def _same_columns(name: str, found: Mapping[str, str | None], expected: Mapping[str, str | None]) -> None:
    problems = [f"{column} is missing" for column in expected if column not in found]
    problems += [f"{column} is unknown" for column in found if column not in expected]
    problems += [
        f"{column} is {found[column]}, expected {kind}"
        for column, kind in expected.items()
        if column in found and found[column] != kind
    ]
    if problems:
        raise LakeError(f"{name}: {'; '.join(problems)}")
