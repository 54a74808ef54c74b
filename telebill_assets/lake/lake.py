"""The lake: Iceberg tables whose partitions are read, staged, published and rolled back as a whole."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

import polars as pl
from pyiceberg.catalog import Catalog
from pyiceberg.manifest import DataFile
from pyiceberg.table import Table

from telebill_assets.lake import history, maintenance
from telebill_assets.lake.access import ALL_TABLES, Access
from telebill_assets.lake.catalog import ensure_table, find_table, model_metadata, open_catalog
from telebill_assets.lake.commit import (
    PUBLISH,
    RELEASE,
    RELEASE_REASON,
    RELEASED_BY,
    ROLLBACK,
    WITHDRAW,
    Change,
    Replaces,
    latest,
    replace_partition,
)
from telebill_assets.lake.conflicts import retry_conflicts
from telebill_assets.lake.data_files import describe, file_io, live_files, scan_files, write_file
from telebill_assets.lake.error import LakeError, OvertakenError
from telebill_assets.lake.history import SnapshotInfo, TableInfo
from telebill_assets.lake.partition import Partition, Value, as_text, row_filter, whole_partition
from telebill_assets.lake.reads import Read, Reads
from telebill_assets.lake.staging import Staged, new_folder
from telebill_assets.lake.stored_files import StoredFile
from telebill_assets.settings import Settings
from telebill_assets.tables.held_partitions import HELD, HeldPartitions
from telebill_assets.tables.registry import TABLES
from telebill_assets.tables.table import TableModel, table_name

__all__ = [
    "Lake",
    "LakeError",
    "OvertakenError",
    "Partition",
    "Read",
    "Replaces",
    "SnapshotInfo",
    "Staged",
    "TableInfo",
    "Value",
]

Values = Value | Sequence[Value]
NO_TIME = timedelta()


class Lake:
    """All tables of one lake folder. Safe to use from several threads and processes."""

    def __init__(self, catalog: Catalog, folder: Path, access: Access = ALL_TABLES) -> None:
        self._catalog = catalog
        self._folder = folder
        self._access = access
        self.reads = Reads()
        """What was read through this lake since it was opened."""

    @classmethod
    def open(cls, settings: Settings, access: Access = ALL_TABLES) -> "Lake":
        """Open the lake of these settings, making its folder and catalog on first use.

        Args:
            settings: where the lake lies.
            access: the tables that may be read and written; a job is given those that its stage declares.
        """
        return cls(open_catalog(settings.lake_dir), settings.lake_dir, access)

    def paths(self, model: TableModel, **partition: Values) -> list[str]:
        """Data files that hold the published rows of these partitions."""
        return self._paths(model, partition, None)

    def files(self, model: TableModel, **partition: Values) -> list[StoredFile]:
        """Data files that hold the published rows of these partitions, with their numbers of rows."""
        found = self._live_files(model, partition, None)
        self.reads.note(model, partition, [file.file_path for file in found])
        return [StoredFile(file.file_path, file.record_count) for file in found]

    def scan(self, model: TableModel, **partition: Values) -> pl.LazyFrame:
        """Published rows as a lazy frame: only the columns and rows that are asked of it are read."""
        return self.scan_as_of(model, None, **partition)

    def scan_as_of(self, model: TableModel, snapshot_id: int | None, **partition: Values) -> pl.LazyFrame:
        """Rows as they were published in a snapshot, or, if it is None, as they are published now.

        Raises:
            LakeError: the table has no such snapshot.
        """
        return scan_files(self._paths(model, partition, snapshot_id), model)

    def frame(self, model: TableModel, **partition: Values) -> pl.DataFrame:
        """Published rows of a small table."""
        return self.scan(model, **partition).collect()

    def stage_frame(self, frame: pl.DataFrame, model: TableModel, run_id: str, **partition: Value) -> Staged:
        """Write a small frame to a new file of a partition. It stays invisible until it is published.

        Raises:
            LakeError: a row belongs to another partition.
        """
        file = write_file(frame, model, self.staging_folder(model, run_id, **partition))
        return self.staged(model, [file], run_id, **partition)

    def staging_folder(self, model: TableModel, run_id: str, **partition: Value) -> str:
        """A new folder for tasks that write a partition's Parquet files themselves; hand them to `staged`."""
        self._access.require_write(model)
        return str(new_folder(self._table_folder(model), run_id, whole_partition(model, partition)))

    def staged(self, model: TableModel, files: Sequence[str], run_id: str, **partition: Value) -> Staged:
        """Check the footers of files that tasks wrote, and leave out files without rows.

        Raises:
            LakeError: a file lies outside the table's folder, has other columns than the model, or holds a row
                of another partition.
        """
        self._access.require_write(model)
        whole = whole_partition(model, partition)
        table_folder = self._table_folder(model)
        for file in files:
            if not Path(file).is_relative_to(table_folder):
                raise LakeError(f"{table_name(model)}: {Path(file).name} was not written to a staging folder")
        found = describe(file_io(), model_metadata(model, table_folder), files, whole)
        return Staged(
            model=model,
            run_id=run_id,
            partition=whole,
            folder=str(Path(files[0]).parent if files else table_folder),
            files=tuple(file.file_path for file in found),
            rows=sum(file.record_count for file in found),
            file_rows=tuple(file.record_count for file in found),
        )

    def publish(self, staged: Staged, code_version: str, replaces: Replaces | None = None) -> int:
        """Replace the partition by the staged files in one atomic commit; return its snapshot id.

        Empty staged files publish an empty partition. Publishing the same files again changes nothing.

        Raises:
            OvertakenError: the partition's last snapshot is not the one that `replaces` names.
        """
        change = Change(PUBLISH, staged.run_id, code_version, as_text(staged.partition), staged.rows)
        return self._publish(staged, change, replaces)

    def release(self, staged: Staged, code_version: str, replaces: Replaces, *, by: str, reason: str) -> int:
        """Publish files that the audit held back; the snapshot says who let them through, and why.

        Raises:
            OvertakenError: the partition's last snapshot is not the one that `replaces` names.
        """
        notes = {RELEASED_BY: by, RELEASE_REASON: reason}
        change = Change(RELEASE, staged.run_id, code_version, as_text(staged.partition), staged.rows, notes)
        return self._publish(staged, change, replaces)

    @retry_conflicts
    def _publish(self, staged: Staged, change: Change, replaces: Replaces | None) -> int:
        model, partition = staged.model, staged.partition
        self._access.require_write(model)
        table = ensure_table(self._catalog, model, self._table_folder(model))
        files = describe(table.io, table.metadata, staged.files, partition)
        return replace_partition(table, row_filter(model, partition), files, change, replaces)

    def last_change(self, model: TableModel, **partition: Value) -> Replaces:
        """The partition's last snapshot, to be replaced by the next one and no other."""
        table = find_table(self._catalog, model)
        last = latest(table, as_text(whole_partition(model, partition))) if table else None
        return Replaces(last.snapshot_id if last else None)

    def discard(self, staged: Staged) -> None:
        """Delete staged files that were not published.

        Raises:
            LakeError: a snapshot of the table refers to one of them.
        """
        folder = self._table_folder(staged.model)
        old = {str(path) for path in maintenance.unreferenced(folder, find_table(self._catalog, staged.model), NO_TIME)}
        if published := [file for file in staged.files if Path(file).is_file() and file not in old]:
            raise LakeError(f"{table_name(staged.model)}: {len(published)} of these files are published")
        maintenance.delete([Path(file) for file in staged.files if file in old], folder)

    @retry_conflicts
    def rollback(self, model: TableModel, snapshot_id: int, run_id: str, code_version: str, **partition: Value) -> int:
        """Make a partition what it was in an earlier snapshot, by a new commit; return the new snapshot id.

        If it was not published then, it is withdrawn: empty, and no longer among the published partitions.

        Raises:
            LakeError: the table has no such snapshot.
        """
        whole = whole_partition(model, partition)
        rows, name = row_filter(model, whole), as_text(whole)
        self._access.require_write(model)
        table = find_table(self._catalog, model)
        if table is None or table.snapshot_by_id(snapshot_id) is None:
            raise _no_snapshot(model, snapshot_id)
        files = live_files(table, rows, snapshot_id)
        operation = ROLLBACK if latest(table, name, until=snapshot_id) else WITHDRAW
        change = Change(operation, run_id, code_version, name, sum(file.record_count for file in files))
        return replace_partition(table, rows, files, change)

    def tables(self) -> list[TableInfo]:
        """All tables that something was published to, in the order of the registry."""
        found = [(find_table(self._catalog, model), model) for model in TABLES.values()]
        return [history.table_info(table, model) for table, model in found if table]

    def snapshots(self, model: TableModel) -> list[SnapshotInfo]:
        """All changes of a table, oldest first."""
        table = self._readable(model)
        return history.snapshot_infos(table, model) if table else []

    def published_partitions(self, model: TableModel) -> list[Partition]:
        """Partitions that are published now, in order; an empty partition is published too."""
        table = self._readable(model)
        return history.published_partitions(table, model) if table else []

    def partition_rows(self, model: TableModel) -> list[tuple[Partition, int]]:
        """Partitions that hold rows now, with their number of rows; no data file is opened."""
        table = self._readable(model)
        return history.partition_rows(live_files(table, row_filter(model, {})), model) if table else []

    def vacuum(self, *, older_than: timedelta) -> list[str]:
        """Delete files of the tables' folders that no snapshot and no held partition refers to; return their paths.

        Args:
            older_than: age of the youngest file to delete; must exceed the longest run, whose files are not
                published yet.
        """
        deleted: list[str] = []
        held = self._held_files()
        for model in TABLES.values():
            folder = self._table_folder(model)
            paths = maintenance.unreferenced(folder, find_table(self._catalog, model), older_than, held)
            maintenance.delete(paths, folder)
            deleted += map(str, paths)
        return deleted

    def _readable(self, model: TableModel) -> Table | None:
        self._access.require_read(model)
        return find_table(self._catalog, model)

    def _table_folder(self, model: TableModel) -> Path:
        return self._folder / table_name(model)

    def _held_files(self) -> set[str]:
        held = self.scan(HeldPartitions).filter(pl.col("status") == HELD).select("files").collect()
        return {file for files in held["files"] for file in files.splitlines()}

    def fingerprint(self, model: TableModel, partition: Mapping[str, Values]) -> str:
        """A short text that is the same as long as the same files hold these partitions."""
        return Reads.fingerprint(self._live(model, partition, None))

    def _paths(self, model: TableModel, partition: Mapping[str, Values], snapshot_id: int | None) -> list[str]:
        paths = self._live(model, partition, snapshot_id)
        if snapshot_id is None:
            self.reads.note(model, partition, paths)
        return paths

    def _live(self, model: TableModel, partition: Mapping[str, Values], snapshot_id: int | None) -> list[str]:
        return [file.file_path for file in self._live_files(model, partition, snapshot_id)]

    def _live_files(
        self, model: TableModel, partition: Mapping[str, Values], snapshot_id: int | None
    ) -> list[DataFile]:
        rows, table = row_filter(model, partition), self._readable(model)
        if snapshot_id is not None and (table is None or table.snapshot_by_id(snapshot_id) is None):
            raise _no_snapshot(model, snapshot_id)
        return live_files(table, rows, snapshot_id) if table else []


def _no_snapshot(model: TableModel, snapshot_id: int) -> LakeError:
    return LakeError(f"{table_name(model)}: there is no snapshot {snapshot_id}; `telebill tables snapshots` lists them")
