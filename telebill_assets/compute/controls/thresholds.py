"""The thresholds as published in the lake."""

from telebill_assets.audit.controls.thresholds import Thresholds
from telebill_assets.compute.context import JobContext
from telebill_assets.tables.reference.controls import Controls


def published_thresholds(context: JobContext) -> Thresholds:
    """Those of controls.yaml, and the defaults of all others."""
    return Thresholds.of(context.lake.read_arrow(Controls).to_pylist())
