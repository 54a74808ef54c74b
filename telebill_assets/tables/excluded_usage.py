"""excluded_usage: records that are rightly not billed, each with why and instead of what."""

import pandera.polars as pa
import polars as pl

from telebill_assets.tables.reasons import DUPLICATE_REASONS, NON_BILLABLE_REASONS
from telebill_assets.tables.table import Table, row_check

DUPLICATES = ", ".join(f"'{reason}'" for reason in DUPLICATE_REASONS)
OUTCOMES = ("duplicate", "non_billable")


class ExcludedUsage(Table):
    """Duplicates with the record that won, and rows that are not billable calls."""

    landing_day: pl.Date = pa.Field(description="Date of the landing folder")
    outcome: pl.String = pa.Field(isin=OUTCOMES, description="duplicate or non_billable")
    reason: pl.String = pa.Field(
        isin=(*DUPLICATE_REASONS, *NON_BILLABLE_REASONS), description="Reason code from the fixed list"
    )
    record_key: pl.String = pa.Field(nullable=True, description="Key of the record; shared with the winner")
    path: pl.String = pa.Field(description="Path of the file below the landing zone")
    file_id: pl.String = pa.Field(description="SHA-256 of the file")
    line: pl.Int64 = pa.Field(gt=0, description="Line number in the file")
    source: pl.String = pa.Field(description="CDR source")
    talk_s: pl.Int64 = pa.Field(nullable=True, description="Billable seconds as read")
    winner_day: pl.Date = pa.Field(nullable=True, description="Landing day of the record that is billed instead")
    winner_path: pl.String = pa.Field(nullable=True, description="File of the record that is billed instead")
    winner_line: pl.Int64 = pa.Field(nullable=True, gt=0, description="Line of the record that is billed instead")

    duplicate_of_a_record = row_check(
        "duplicate_of_a_record",
        "outcome != 'duplicate' OR (winner_day IS NOT NULL AND winner_path IS NOT NULL AND winner_line IS NOT NULL)",
        "duplicates name the record that is billed instead",
    )
    reason_fits_outcome = row_check(
        "reason_fits_outcome",
        f"(outcome = 'duplicate') = (reason IN ({DUPLICATES}))",
        "reasons of duplicates and of records that are not billable are not mixed up",
    )
    winner_came_first = row_check(
        "winner_came_first", "winner_day <= landing_day", "the record that is billed instead came no later"
    )

    class Config:
        name = "excluded_usage"
        unique = ["path", "line"]
        metadata = {"partition_by": ["landing_day"]}
