"""New files of a partition, written but not visible: the audit looks at them before they are published."""

from dataclasses import dataclass
from itertools import count
from pathlib import Path
from urllib.parse import quote

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
