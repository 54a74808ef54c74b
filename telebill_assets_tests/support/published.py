"""Rows that are put straight into a lake, for tests of what reads them."""

from typing import Any

from telebill_assets.lake.lake import Lake
from telebill_assets.tables.table import TableModel, from_rows


def publish(lake: Lake, model: TableModel, *rows: dict[str, Any], run: str = "test", **partition: Any) -> int:
    """Publish rows as a whole partition; columns that a row leaves out are null. Returns the snapshot."""
    return lake.publish(lake.stage_frame(from_rows(rows, model), model, run, **partition), "test")
