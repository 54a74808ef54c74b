"""rerate_register: every re-rating, who approved it and why."""

import pandera.pyspark as pa
import pyspark.sql.types as T

from telebill_assets.schemas.table import Table, row_rule

PROPOSED, APPROVED, PUBLISHED = "proposed", "approved", "published"
RERATE_STATUSES = (PROPOSED, APPROVED, PUBLISHED)


class RerateRegister(Table):
    """One row per re-rating: days, filters, inputs, staged files, and who approved it, when and why."""

    proposal: T.StringType = pa.Field(description="Id of the re-rating")
    status: T.StringType = pa.Field(
        isin=RERATE_STATUSES, description="proposed; approved (publication has begun); published"
    )
    first_day: T.DateType = pa.Field(description="First landing day")
    last_day: T.DateType = pa.Field(description="Last landing day")
    account_id: T.StringType = pa.Field(nullable=True, description="Only this account; null: all")
    destination: T.StringType = pa.Field(nullable=True, description="Only this destination; null: all")
    billing_month: T.DateType = pa.Field(
        nullable=True, description="Open month that bills the adjustments of closed months, if there are any"
    )
    proposed_at: T.TimestampType = pa.Field(description="When it was computed, UTC")
    code_version: T.StringType = pa.Field(description="Version of the code that computed it")
    approved_by: T.StringType = pa.Field(nullable=True, description="Name of who approved it")
    reason: T.StringType = pa.Field(nullable=True, description="Why; printed on adjustment lines")
    approved_at: T.TimestampType = pa.Field(nullable=True, description="When it was approved, UTC")
    details: T.StringType = pa.Field(description="JSON: snapshots of the inputs, staged files, verdicts")

    approved_with_reason = row_rule(
        "approved_with_reason",
        "(status = 'proposed') = (approved_by IS NULL) AND (approved_by IS NULL) = (reason IS NULL)",
        "what is approved says by whom and why",
    )

    class Config:
        name = "rerate_register"
        unique = ["proposal"]
        metadata = {"partition_by": ["proposal"]}
