"""excluded_usage: records that are rightly not billed, each with why and instead of what."""

import pandera.pyspark as pa
import pyspark.sql.types as T

from telebill_assets.schemas.reasons import DUPLICATE_REASONS, NON_BILLABLE_REASONS
from telebill_assets.schemas.table import Table, row_rule

DUPLICATES = ", ".join(f"'{reason}'" for reason in DUPLICATE_REASONS)
OUTCOMES = ("duplicate", "non_billable")


class ExcludedUsage(Table):
    """Duplicates with the record that won, and rows that are not billable calls."""

    landing_day: T.DateType = pa.Field(description="Date of the landing folder")
    outcome: T.StringType = pa.Field(isin=OUTCOMES, description="duplicate or non_billable")
    reason: T.StringType = pa.Field(
        isin=(*DUPLICATE_REASONS, *NON_BILLABLE_REASONS), description="Reason code from the fixed list"
    )
    record_key: T.StringType = pa.Field(nullable=True, description="Key of the record; shared with the winner")
    path: T.StringType = pa.Field(description="Path of the file below the landing zone")
    file_id: T.StringType = pa.Field(description="SHA-256 of the file")
    line: T.LongType = pa.Field(gt=0, description="Line number in the file")
    source: T.StringType = pa.Field(description="CDR source")
    talk_s: T.LongType = pa.Field(nullable=True, description="Billable seconds as read")
    winner_day: T.DateType = pa.Field(nullable=True, description="Landing day of the record that is billed instead")
    winner_path: T.StringType = pa.Field(nullable=True, description="File of the record that is billed instead")
    winner_line: T.LongType = pa.Field(nullable=True, gt=0, description="Line of the record that is billed instead")

    duplicate_of_a_record = row_rule(
        "duplicate_of_a_record",
        "outcome != 'duplicate' OR (winner_day IS NOT NULL AND winner_path IS NOT NULL AND winner_line IS NOT NULL)",
        "duplicates name the record that is billed instead",
    )
    reason_fits_outcome = row_rule(
        "reason_fits_outcome",
        f"(outcome = 'duplicate') = (reason IN ({DUPLICATES}))",
        "reasons of duplicates and of records that are not billable are not mixed up",
    )
    winner_came_first = row_rule(
        "winner_came_first", "winner_day <= landing_day", "the record that is billed instead came no later"
    )

    class Config:
        name = "excluded_usage"
        unique = ["path", "line"]
        metadata = {"partition_by": ["landing_day"]}
