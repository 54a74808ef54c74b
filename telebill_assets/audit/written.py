"""Data files that were examined by the task that wrote them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from telebill_assets.audit import unique_keys
from telebill_assets.audit.table_checks import Findings, examine
from telebill_assets.audit.unique_keys import Repeated
from telebill_assets.lake.data_files import scan_files, write_file
from telebill_assets.lake.stored_files import StoredFile
from telebill_assets.spark.distribute import Cluster
from telebill_assets.tables.table import TableModel


@dataclass(frozen=True)
class Written:
    """What a task wrote to a table: the file, or none if there were no rows, and what Pandera found in it."""

    file: str | None
    findings: Findings


@dataclass(frozen=True)
class KeyColumns:
    """A table and the columns by which its rows are compared."""

    model: TableModel
    columns: tuple[str, ...]
    hashes: pl.Series = field(default_factory=lambda: pl.Series(dtype=pl.UInt64))
    """Hashes that occur more than once, when rows are compared in full."""


def write_examined(frame: pl.DataFrame, model: TableModel, folder: str, name: str = "") -> Written:
    """Write rows to a new file of a staging folder, and let Pandera examine them.

    Args:
        frame: rows with the columns and types of the model.
        model: the table's model.
        folder: the staging folder.
        name: how the file's name begins.
    """
    file = write_file(frame, model, folder, name) if frame.height else None
    return Written(file, examine(frame, model))


def repeated_keys(cluster: Cluster, files: Sequence[StoredFile], model: TableModel, columns: Sequence[str]) -> Repeated:
    """Rows of these files that share the columns with another one of them."""
    asked = KeyColumns(model, tuple(columns))
    found = [hashes for hashes in cluster.compare(files, _hashes, _repeated, asked) if hashes.len()]
    if not found:
        return Repeated()
    suspect = replace(asked, hashes=pl.concat(found))
    return unique_keys.together(cluster.compare(files, _suspects, _compared, suspect))


def _keys(files: Sequence[StoredFile], asked: KeyColumns) -> pl.DataFrame:
    return scan_files([file.path for file in files], asked.model).select(asked.columns).collect()


def _hashes(files: Sequence[StoredFile], asked: KeyColumns) -> tuple[None, dict[int, pl.Series]]:
    keys = _keys(files, asked)
    return None, unique_keys.by_bucket(keys.select(hash=unique_keys.key_hash(asked.columns)).to_series())


def _repeated(_bucket: int, parts: list[pl.Series], _asked: KeyColumns) -> pl.Series:
    return unique_keys.repeated(parts)


def _suspects(files: Sequence[StoredFile], asked: KeyColumns) -> tuple[None, dict[int, pl.DataFrame]]:
    hashed = _keys(files, asked).with_columns(hash=unique_keys.key_hash(asked.columns))
    found = hashed.filter(pl.col("hash").is_in(asked.hashes.implode()))
    buckets = found.with_columns(bucket=pl.col("hash") % unique_keys.BUCKETS).drop("hash")
    parts = buckets.partition_by("bucket", as_dict=True, include_key=False)
    return None, {int(str(bucket)): part for (bucket,), part in parts.items()}


def _compared(_bucket: int, parts: list[pl.DataFrame], asked: KeyColumns) -> Repeated:
    return unique_keys.compare(parts, asked.columns)
