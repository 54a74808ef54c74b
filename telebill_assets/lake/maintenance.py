"""Vacuum: delete files that no snapshot refers to, such as those of failed runs and overtaken commits."""

from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pyiceberg.table import Table


def unreferenced(folder: Path, table: Table | None, older_than: timedelta, held: Collection[str] = ()) -> list[Path]:
    """Files below a table's folder that were last changed `older_than` ago and that nothing refers to.

    Files of held partitions are kept: somebody has still to release or discard them.

    Files are listed before the table's state is read, so a file published meanwhile is seen as referenced.
    """
    latest_change = (datetime.now(UTC) - older_than).timestamp()
    old = [path for path in folder.rglob("*") if path.is_file() and path.stat().st_mtime <= latest_change]
    referenced = {*held, *(_references(table.refresh()) if table else ())}
    return sorted(path for path in old if str(path) not in referenced)


def delete(paths: Iterable[Path], root: Path) -> None:
    """Delete files, and the folders below `root` that are empty then."""
    for path in paths:
        path.unlink(missing_ok=True)
        for folder in path.parents:
            if folder == root or any(folder.iterdir()):
                break
            folder.rmdir()


def _references(table: Table) -> Iterator[str]:
    """Every file that the table's current metadata or one of its snapshots needs."""
    yield table.metadata_location
    yield from (entry.metadata_file for entry in table.metadata.metadata_log)
    seen: set[str] = set()
    for snapshot in table.metadata.snapshots:
        yield snapshot.manifest_list
        for manifest in snapshot.manifests(table.io):
            if manifest.manifest_path in seen:
                continue
            seen.add(manifest.manifest_path)
            yield manifest.manifest_path
            for entry in manifest.fetch_manifest_entry(table.io, discard_deleted=True):
                yield entry.data_file.file_path
