"""suspended_usage: records that cannot be billed until somebody mends their cause."""

import pandera.pyspark as pa
import pyspark.sql.types as T

from telebill_assets.schemas.reasons import SUSPENSE_REASONS
from telebill_assets.schemas.table import Table

SUSPENSE_STAGES = ("validated_usage", "daily_aggregates")


class SuspendedUsage(Table):
    """Records set aside with reason, rule, file, line and original text; each asset replaces its own part."""

    landing_day: T.DateType = pa.Field(description="Date of the landing folder")
    stage: T.StringType = pa.Field(isin=SUSPENSE_STAGES, description="Asset that suspended the record")
    reason: T.StringType = pa.Field(isin=tuple(SUSPENSE_REASONS), description="Reason code from the fixed list")
    rule: T.StringType = pa.Field(str_length={"min_value": 1}, description="Rule that failed")
    field: T.StringType = pa.Field(nullable=True, description="Field at fault")
    detail: T.StringType = pa.Field(nullable=True, description="What was expected; never a personal value")
    record_key: T.StringType = pa.Field(nullable=True, description="Key of the record, if it could be built")
    path: T.StringType = pa.Field(description="Path of the file below the landing zone")
    file_id: T.StringType = pa.Field(description="SHA-256 of the file")
    line: T.LongType = pa.Field(gt=0, description="Line number in the file")
    source: T.StringType = pa.Field(description="CDR source")
    raw: T.StringType = pa.Field(description="The line as received")
    start_at: T.TimestampType = pa.Field(nullable=True, description="Start of the call, UTC, if readable")
    talk_s: T.LongType = pa.Field(nullable=True, description="Billable seconds as read, even if absurd")
    account_id: T.StringType = pa.Field(nullable=True, description="Account, if it could be found")

    class Config:
        name = "suspended_usage"
        unique = ["path", "line"]
        metadata = {"partition_by": ["landing_day", "stage"]}
