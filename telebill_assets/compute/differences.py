"""What a release would change: rows and sums of the held files beside those that readers see now."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import dataset

from telebill_assets.compute.holds import HeldTable
from telebill_assets.lake.lake import Lake
from telebill_assets.lake.partition import from_text
from telebill_assets.tables.registry import TABLES
from telebill_assets.tables.table import TableModel, arrow_schema

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
    held = _sums(dataset.dataset(table.files, schema=arrow_schema(model), format="parquet"), model)
    published = _sums(lake.dataset(model, None, **from_text(model, table.partition)), model)
    for measure, new in held.items():
        old = published[measure]
        if measure == ROWS or new != old:
            yield Difference(measure, _text(new), _text(old), _text(new - old))


def _sums(rows: dataset.Dataset, model: TableModel) -> dict[str, Decimal]:
    """Rows and sums, read batch by batch, so that a big partition needs little memory."""
    measures = [field.name for field in arrow_schema(model) if _is_measure(field)]
    sums = dict.fromkeys((ROWS, *measures), Decimal(0))
    for batch in rows.to_batches(columns=measures):
        sums[ROWS] += batch.num_rows
        for name in measures:
            sums[name] += Decimal(pc.sum(batch[name]).as_py() or 0)
    return sums


def _is_measure(field: pa.Field) -> bool:
    return field.name not in POSITIONS and (pa.types.is_int64(field.type) or pa.types.is_decimal(field.type))


def _text(value: Decimal) -> str:
    return f"{value.normalize():,f}"
