"""The one way a table changes: a single snapshot that replaces one partition by other files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pyiceberg.expressions import BooleanExpression
from pyiceberg.manifest import DataFile, ManifestFile
from pyiceberg.table import Table, Transaction
from pyiceberg.table.metadata import TableMetadata
from pyiceberg.table.snapshots import Operation, Snapshot
from pyiceberg.table.update.snapshot import _OverwriteFiles

from telebill_assets.lake.data_files import live_files
from telebill_assets.lake.error import OvertakenError

OPERATION = "telebill.operation"
RUN_ID = "telebill.run-id"
CODE_VERSION = "telebill.code-version"
PARTITION = "telebill.partition"
ROWS = "telebill.rows"
RELEASED_BY = "telebill.released-by"
RELEASE_REASON = "telebill.release-reason"

PUBLISH = "publish"
RELEASE = "release"
"""A publication that the audit held back and a person let through."""
ROLLBACK = "rollback"
WITHDRAW = "withdraw"
"""A rollback to a time when the partition was not published."""


@dataclass(frozen=True)
class Change:
    """What a snapshot says about itself."""

    operation: str
    run_id: str
    code_version: str
    partition: str
    rows: int
    notes: Mapping[str, str] = field(default_factory=dict)
    """More properties, named telebill.*"""

    def properties(self) -> dict[str, str]:
        return {
            **self.notes,
            OPERATION: self.operation,
            RUN_ID: self.run_id,
            CODE_VERSION: self.code_version,
            PARTITION: self.partition,
            ROWS: str(self.rows),
        }


@dataclass(frozen=True)
class Replaces:
    """What a change expects to replace: the partition's last snapshot, or None if there was none."""

    snapshot_id: int | None


def replace_partition(
    table: Table,
    rows: BooleanExpression,
    files: Sequence[DataFile],
    change: Change,
    replaces: Replaces | None = None,
) -> int:
    """Make `files` the whole content of the partition selected by `rows`; return the snapshot id.

    Data files are neither read nor written. A reader sees the old files or the new ones. Doing the same
    change twice in a row makes one snapshot.

    Raises:
        CommitFailedException: another commit came first; load the table again and repeat.
        OvertakenError: the partition's last snapshot is not the one that the change expects to replace.
    """
    wanted, live = set(files), set(live_files(table, rows))
    last = latest(table, change.partition)
    if last and wanted == live and _tags(last) == change.properties():
        return last.snapshot_id
    if replaces and replaces.snapshot_id != (last.snapshot_id if last else None):
        raise OvertakenError(f"{table.name()[-1]}: {change.partition} has been published by another run meanwhile")
    with _Transaction(table) as transaction:
        replacement = _Replacement(Operation.OVERWRITE, transaction, table.io, snapshot_properties=change.properties())
        replacement.delete_by_predicate(rows)
        for file in live - wanted:
            replacement.delete_data_file(file)
        for file in wanted - live:
            replacement.append_data_file(file)
        replacement.commit()
    return replacement.snapshot_id


def latest(table: Table, partition: str, until: int | None = None) -> Snapshot | None:
    """The last snapshot, or the last one not after the snapshot `until`, that replaced the partition."""
    found = None
    for snapshot in table.metadata.snapshots:
        if _tags(snapshot).get(PARTITION) == partition:
            found = snapshot
        if snapshot.snapshot_id == until:
            break
    return found


def _tags(snapshot: Snapshot) -> dict[str, str]:
    properties = snapshot.summary.additional_properties if snapshot.summary else {}
    return {name: value for name, value in properties.items() if name.startswith("telebill.")}


class _Transaction(Transaction):
    """PyIceberg's transaction for a single change: everything it asks for is in the state before the change.

    PyIceberg deep-copies the table's whole history each time it looks at the state; a commit does so 15 times.
    """

    @property
    def table_metadata(self) -> TableMetadata:
        return self._table.metadata


class _Replacement(_OverwriteFiles):
    """PyIceberg's overwrite, forgetting manifests that list only files deleted by earlier snapshots.

    PyIceberg's append forgets them too; its overwrite carries them along for ever, and every reader opens them.
    """

    def _process_manifests(self, manifests: list[ManifestFile]) -> list[ManifestFile]:
        return [
            manifest
            for manifest in manifests
            if manifest.added_snapshot_id == self.snapshot_id
            or manifest.has_added_files()
            or manifest.has_existing_files()
        ]
