"""suspended_usage: records that cannot be billed until somebody mends their cause."""

import pandera.polars as pa
import polars as pl

from telebill_assets.tables.reasons import SUSPENSE_REASONS
from telebill_assets.tables.table import Table
from telebill_assets.tables.types import Instant

SUSPENSE_STAGES = ("validated_usage", "daily_aggregates")


class SuspendedUsage(Table):
    """Records set aside with reason, rule, file, line and original text; each asset replaces its own part."""

    landing_day: pl.Date = pa.Field(description="Date of the landing folder")
    stage: pl.String = pa.Field(isin=SUSPENSE_STAGES, description="Asset that suspended the record")
    reason: pl.String = pa.Field(isin=tuple(SUSPENSE_REASONS), description="Reason code from the fixed list")
    rule: pl.String = pa.Field(str_length={"min_value": 1}, description="Rule that failed")
    field: pl.String = pa.Field(nullable=True, description="Field at fault")
    detail: pl.String = pa.Field(nullable=True, description="What was expected; never a personal value")
    record_key: pl.String = pa.Field(nullable=True, description="Key of the record, if it could be built")
    path: pl.String = pa.Field(description="Path of the file below the landing zone")
    file_id: pl.String = pa.Field(description="SHA-256 of the file")
    line: pl.Int64 = pa.Field(gt=0, description="Line number in the file")
    source: pl.String = pa.Field(description="CDR source")
    raw: pl.String = pa.Field(description="The line as received")
    start_at: Instant = pa.Field(nullable=True, description="Start of the call, UTC, if readable")
    talk_s: pl.Int64 = pa.Field(nullable=True, description="Billable seconds as read, even if absurd")
    account_id: pl.String = pa.Field(nullable=True, description="Account, if it could be found")

    class Config:
        name = "suspended_usage"
        unique = ["path", "line"]
        metadata = {"partition_by": ["landing_day", "stage"]}
