"""Writers of an export's files. The same rows always give the same bytes."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from telebill_assets.finance.cells import csv_line

ROWS_AT_ONCE = 50_000
Row = dict[str, Any]


def write_csv(path: Path, schema: pa.Schema, rows: Iterable[Row]) -> None:
    """UTF-8 without byte-order mark, comma, header, line feeds; see docs/export.md."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(schema.names) + "\n")
        file.writelines(csv_line(row[name] for name in schema.names) for row in rows)


def write_parquet(path: Path, schema: pa.Schema, rows: Iterable[Row]) -> None:
    """Parquet, zstd, in row groups of a fixed size."""
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for batch in _batches(iter(rows)):
            writer.write_table(
                pa.Table.from_pylist([{name: row[name] for name in schema.names} for row in batch], schema)
            )


WRITERS = {"csv": write_csv, "parquet": write_parquet}


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes, as hexadecimal text."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _batches(rows: Iterator[Row]) -> Iterator[Sequence[Row]]:
    while batch := list(islice(rows, ROWS_AT_ONCE)):
        yield batch
