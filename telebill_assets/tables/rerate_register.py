"""rerate_register: every re-rating, who approved it and why."""

import pandera.polars as pa
import polars as pl

from telebill_assets.tables.table import Table, row_check
from telebill_assets.tables.types import Instant

PROPOSED, APPROVED, PUBLISHED = "proposed", "approved", "published"
RERATE_STATUSES = (PROPOSED, APPROVED, PUBLISHED)


class RerateRegister(Table):
    """One row per re-rating: days, filters, inputs, staged files, and who approved it, when and why."""

    proposal: pl.String = pa.Field(description="Id of the re-rating")
    status: pl.String = pa.Field(
        isin=RERATE_STATUSES, description="proposed; approved (publication has begun); published"
    )
    first_day: pl.Date = pa.Field(description="First landing day")
    last_day: pl.Date = pa.Field(description="Last landing day")
    account_id: pl.String = pa.Field(nullable=True, description="Only this account; null: all")
    destination: pl.String = pa.Field(nullable=True, description="Only this destination; null: all")
    billing_month: pl.Date = pa.Field(
        nullable=True, description="Open month that bills the adjustments of closed months, if there are any"
    )
    proposed_at: Instant = pa.Field(description="When it was computed, UTC")
    code_version: pl.String = pa.Field(description="Version of the code that computed it")
    approved_by: pl.String = pa.Field(nullable=True, description="Name of who approved it")
    reason: pl.String = pa.Field(nullable=True, description="Why; printed on adjustment lines")
    approved_at: Instant = pa.Field(nullable=True, description="When it was approved, UTC")
    details: pl.String = pa.Field(description="JSON: snapshots of the inputs, staged files, verdicts")

    approved_with_reason = row_check(
        "approved_with_reason",
        "(status = 'proposed') = (approved_by IS NULL) AND (approved_by IS NULL) = (reason IS NULL)",
        "what is approved says by whom and why",
    )

    class Config:
        name = "rerate_register"
        unique = ["proposal"]
        metadata = {"partition_by": ["proposal"]}
