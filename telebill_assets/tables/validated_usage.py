"""validated_usage: the calls that may be priced."""

import pandera.polars as pa
import polars as pl

from telebill_assets.tables.table import SUSPEND, Table, row_check
from telebill_assets.tables.types import Instant, LocalTime

E164 = r"^\+[0-9]{3,15}$"
"""What the tables accept as a number: a plus and three to fifteen digits, fifteen being the most that E.164 allows.

Mediation is stricter with numbers as they were dialled (DIALLABLE in mediation/numbering.py), so all it reads pass.
"""
JURISDICTIONS = ("local", "intrastate", "interstate", "indeterminate", "national", "international", "toll_free")
DIRECTIONS = ("outbound", "inbound")
USAGE_TYPES = ("voice", "sms", "conference")


class ValidatedUsage(Table):
    """Clean, unique, billable calls: UTC times, E.164 numbers, account, service and jurisdiction."""

    landing_day: pl.Date = pa.Field(description="Date of the landing folder")
    record_key: pl.String = pa.Field(
        str_length={"min_value": 1},
        description="Source and the key of the call; else its unique id and leg; else a hash of the canonical fields",
    )
    path: pl.String = pa.Field(description="Path of the file below the landing zone")
    file_id: pl.String = pa.Field(description="SHA-256 of the file")
    line: pl.Int64 = pa.Field(gt=0, description="Line number in the file")
    source: pl.String = pa.Field(description="CDR source")
    account_id: pl.String = pa.Field(description="Billed account, from the service map on the call's date")
    service_id: pl.String = pa.Field(description="Billed service of the account")
    direction: pl.String = pa.Field(isin=DIRECTIONS, description="outbound or inbound")
    caller: pl.String = pa.Field(
        nullable=True,
        str_matches=E164,
        metadata=SUSPEND,
        description="Calling number, E.164; null if withheld",
    )
    callee: pl.String = pa.Field(str_matches=E164, metadata=SUSPEND, description="Called number, E.164")
    start_at: Instant = pa.Field(description="Start of the call, UTC")
    answer_at: Instant = pa.Field(description="Answer, UTC")
    end_at: Instant = pa.Field(description="End of the call, UTC")
    local_start: LocalTime = pa.Field(description="Start in the account's time zone; rules bands")
    call_date: pl.Date = pa.Field(description="Date of the start in the account's time zone")
    talk_s: pl.Int64 = pa.Field(ge=0, metadata=SUSPEND, description="Billable seconds before rating increments")
    jurisdiction: pl.String = pa.Field(
        isin=JURISDICTIONS,
        metadata=SUSPEND,
        description="From both numbers; Caribbean NPAs are international; indeterminate: a US call of unknown origin",
    )
    usage_type: pl.String = pa.Field(isin=USAGE_TYPES, description="voice, sms or conference")
    units: pl.Int64 = pa.Field(ge=1, description="Messages of an SMS record, participants of a conference, else 1")

    span_in_order = row_check(
        "span_in_order",
        "start_at <= answer_at AND answer_at <= end_at",
        "start, answer and end are in order",
        suspend=True,
    )
    dated_by_local_start = row_check(
        "dated_by_local_start",
        pl.col("call_date") == pl.col("local_start").dt.date(),
        "the call's date is that of its local start",
    )
    landed_after_the_call = row_check(
        "landed_after_the_call",
        pl.col("call_date") <= pl.col("landing_day").dt.offset_by("2d"),
        "no call is dated after its landing day, but for what two time zones can differ",
        suspend=True,
    )

    class Config:
        name = "validated_usage"
        unique = ["record_key"]
        metadata = {"partition_by": ["landing_day"]}
