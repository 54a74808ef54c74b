"""What the lake can tell about its tables: sizes, partitions, and who changed what when."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from pyiceberg.manifest import DataFile
from pyiceberg.table import Table
from pyiceberg.table.snapshots import Snapshot
from pyiceberg.utils.datetime import days_to_date

from telebill_assets.lake.commit import (
    CODE_VERSION,
    OPERATION,
    PARTITION,
    RELEASE_REASON,
    RELEASED_BY,
    ROWS,
    RUN_ID,
    WITHDRAW,
)
from telebill_assets.lake.partition import Partition, Value, from_text
from telebill_assets.tables.table import TableModel, description, partition_by, table_name


@dataclass(frozen=True)
class TableInfo:
    """A table as it is now."""

    name: str
    description: str
    rows: int
    files: int
    bytes: int
    snapshots: int
    partitions: int


@dataclass(frozen=True)
class SnapshotInfo:
    """One change of a table: which partition was replaced, by which run; `committed_at` is UTC.

    `released` says who let a held partition through, and why; empty for all other changes.
    """

    id: int
    committed_at: datetime
    operation: str
    run_id: str
    code_version: str
    partition: Partition
    rows: int
    released: str = ""


def table_info(table: Table, model: TableModel) -> TableInfo:
    """Figures from the current snapshot's own totals; no file is opened."""
    snapshot = table.current_snapshot()
    totals = _properties(snapshot) if snapshot else {}
    return TableInfo(
        name=table_name(model),
        description=description(model),
        rows=int(totals.get("total-records", 0)),
        files=int(totals.get("total-data-files", 0)),
        bytes=int(totals.get("total-files-size", 0)),
        snapshots=len(table.metadata.snapshots),
        partitions=len(published_partitions(table, model)),
    )


def snapshot_infos(table: Table, model: TableModel) -> list[SnapshotInfo]:
    """Every snapshot of a table with who published what, oldest first."""
    return [_snapshot_info(snapshot, model) for snapshot in table.metadata.snapshots]


def published_partitions(table: Table, model: TableModel) -> list[Partition]:
    """Partitions that are published now, empty ones too, in order."""
    last = {_properties(snapshot).get(PARTITION, ""): snapshot for snapshot in table.metadata.snapshots}
    published = [text for text, snapshot in last.items() if _properties(snapshot).get(OPERATION) != WITHDRAW]
    return [from_text(model, text) for text in sorted(published)]


def partition_rows(files: Sequence[DataFile], model: TableModel) -> list[tuple[Partition, int]]:
    """Rows of each partition, from what the files' manifests say."""
    rows: Counter[tuple[Value, ...]] = Counter()
    columns = partition_by(model)
    for file in files:
        rows[tuple(_value(file.partition[i]) for i in range(len(columns)))] += file.record_count
    return [(dict(zip(columns, key, strict=True)), count) for key, count in sorted(rows.items(), key=str)]


def _value(stored: int | date | str) -> Value:
    """Manifests hold dates as days since 1970."""
    return days_to_date(stored) if isinstance(stored, int) else stored


def _snapshot_info(snapshot: Snapshot, model: TableModel) -> SnapshotInfo:
    properties = _properties(snapshot)
    return SnapshotInfo(
        id=snapshot.snapshot_id,
        committed_at=datetime.fromtimestamp(snapshot.timestamp_ms / 1000, UTC),
        operation=properties.get(OPERATION, ""),
        run_id=properties.get(RUN_ID, ""),
        code_version=properties.get(CODE_VERSION, ""),
        partition=from_text(model, properties.get(PARTITION, "")),
        rows=int(properties.get(ROWS, 0)),
        released=_released(properties),
    )


def _released(properties: dict[str, str]) -> str:
    by = properties.get(RELEASED_BY)
    return f"{by}: {properties.get(RELEASE_REASON, '')}" if by else ""


def _properties(snapshot: Snapshot) -> dict[str, str]:
    return snapshot.summary.additional_properties if snapshot.summary else {}
