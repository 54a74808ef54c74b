"""held_partitions: what the audit held back, and what a person decided about it."""

import pandera.polars as pa
import polars as pl

from telebill_assets.tables.table import Table, row_check
from telebill_assets.tables.types import Instant

HELD, RELEASED, DISCARDED, SUPERSEDED = "held", "released", "discarded", "superseded"


class HeldPartitions(Table):
    """One row per run of an asset's partition that the audit held back: why, its files, and the decision."""

    asset: pl.String = pa.Field(description="Asset whose partition is held")
    period: pl.Date = pa.Field(description="Landing day, or first day of the billing month")
    run: pl.String = pa.Field(description="Run that wrote the files")
    status: pl.String = pa.Field(
        isin=(HELD, RELEASED, DISCARDED, SUPERSEDED),
        description="held; released or discarded by a person; superseded by a later run",
    )
    held_at: Instant = pa.Field(description="When the audit held it, UTC")
    failed_checks: pl.String = pa.Field(str_length={"min_value": 1}, description="Blocking checks that failed")
    files: pl.String = pa.Field(description="The files that were audited, one a line; kept while held")
    evidence: pl.String = pa.Field(description="Report, tables and inputs of the run, as JSON")
    decided_by: pl.String = pa.Field(
        nullable=True, str_length={"min_value": 1}, description="Who released or discarded it"
    )
    decided_at: Instant = pa.Field(nullable=True, description="When it was decided, UTC")
    decision_reason: pl.String = pa.Field(nullable=True, str_length={"min_value": 1}, description="Why")

    decided_by_a_person = row_check(
        "decided_by_a_person",
        "(status IN ('released', 'discarded')) = (decided_by IS NOT NULL AND decision_reason IS NOT NULL)",
        "what is released or discarded, and only that, has a name and a reason",
    )
    decided_after_held = row_check("decided_after_held", "held_at <= decided_at", "decisions follow the hold")

    class Config:
        name = "held_partitions"
        unique = ["asset", "period", "run"]
        metadata = {"partition_by": ["asset", "period", "run"]}
