"""What a release would change: rows and sums of the held files beside those that readers see now."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from telebill_assets.audit.figures import figure
from telebill_assets.compute.holds import HeldTable
from telebill_assets.lake.data_files import scan_files
from telebill_assets.lake.lake import Lake
from telebill_assets.lake.partition import from_text
from telebill_assets.tables.registry import TABLES
from telebill_assets.tables.table import TableModel, polars_schema

ROWS = "rows"
POSITIONS = frozenset({"line", "winner_line", "tax_seq"})
"""Whole numbers that count nothing."""


@dataclass(frozen=True)
class Difference:
    """One figure of a table's partition, held and published, as text."""

    measure: str
    held: str
    published: str
    difference: str


def differences(lake: Lake, table: HeldTable) -> Iterator[Difference]:
    """Rows, and the sums of the table's measures that differ."""
    model = TABLES[table.table]
    held = _sums(scan_files(table.files, model), model)
    published = _sums(lake.scan(model, **from_text(model, table.partition)), model)
    for measure, new in held.items():
        old = published[measure]
        if measure == ROWS or new != old:
            yield Difference(measure, figure(new), figure(old), figure(new - old))


def _sums(rows: pl.LazyFrame, model: TableModel) -> dict[str, int | Decimal]:
    """Rows and sums; only the measures are read, and a big partition needs little memory."""
    measures = [name for name, kind in polars_schema(model).items() if _is_measure(name, kind)]
    found = rows.select(pl.len().alias(ROWS), *(pl.col(name).sum() for name in measures)).collect()
    return found.row(0, named=True)


def _is_measure(name: str, kind: pl.DataType) -> bool:
    return name not in POSITIONS and (kind == pl.Int64 or isinstance(kind, pl.Decimal))
