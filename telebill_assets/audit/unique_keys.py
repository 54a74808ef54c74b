"""That no two rows of a table share a key, asked of all its data files together.

Keys are compared by their 64-bit hashes. Only rows whose hash occurs twice, which nearly always are real duplicates,
are compared in full.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.masking import mask
from telebill_assets.tables.table import TableModel, table_name, unique_columns

SAMPLES = 5
BUCKETS = 16
"""Groups of hashes that are compared apart, each by a task of its own."""


@dataclass(frozen=True)
class Repeated:
    """Keys that occur more than once: how many rows too many, a few of the keys, masked and in order, and how many."""

    rows: int = 0
    samples: Sequence[str] = ()
    keys: int = 0


def key_hash(columns: Sequence[str]) -> pl.Expr:
    """A 64-bit hash of some columns, the same in all tasks of a run; equal keys have equal hashes."""
    return pl.struct(columns).hash() if len(columns) > 1 else pl.col(columns[0]).hash()


def by_bucket(hashes: pl.Series) -> dict[int, pl.Series]:
    """Hashes by the bucket in which they are compared."""
    frame = pl.DataFrame({"hash": hashes})
    parts = frame.with_columns(bucket=pl.col("hash") % BUCKETS).partition_by("bucket", as_dict=True, include_key=False)
    return {int(str(bucket)): part["hash"] for (bucket,), part in parts.items()}


def repeated(hashes: Sequence[pl.Series]) -> pl.Series:
    """The hashes that occur more than once among these."""
    counted = pl.concat(hashes).alias("hash")
    return counted.filter(counted.is_duplicated()).unique()


def compare(rows: Sequence[pl.DataFrame], columns: Sequence[str]) -> Repeated:
    """Compare the keys of suspect rows in full: three rows of one key are one repeated key and two rows too many."""
    found = pl.concat(rows).group_by(columns).len().filter(pl.col("len") > 1).sort(columns)
    shown = found.head(SAMPLES).select(pl.col(name).cast(pl.String).fill_null("None") for name in columns)
    samples = [", ".join(map(mask, row)) for row in shown.iter_rows()]
    return Repeated(int(found["len"].sum()) - found.height, samples, found.height)


def together(parts: Sequence[Repeated]) -> Repeated:
    """Add up the repeated keys of several buckets, and keep the first samples in order."""
    samples = sorted(sample for part in parts for sample in part.samples)
    return Repeated(sum(part.rows for part in parts), samples[:SAMPLES], sum(part.keys for part in parts))


def unique_verdict(model: TableModel, rows: int, found: Repeated) -> CheckResult:
    """The asset check on the key of a table of so many rows."""
    columns = ", ".join(unique_columns(model))
    failures: Mapping[str, int] = {columns: found.rows} if found.rows else {}
    return CheckResult(
        name=f"{table_name(model)}_unique",
        description=f"No two rows of {table_name(model)} share {columns}",
        passed=not found.rows,
        figure=f"{found.rows:,} duplicates in {rows:,} rows",
        failures=dict(failures),
        samples=list(found.samples),
    )
