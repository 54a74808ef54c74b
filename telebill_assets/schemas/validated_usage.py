"""validated_usage: the calls that may be priced."""

import pandera.pyspark as pa
import pyspark.sql.types as T

from telebill_assets.schemas.table import SUSPEND, Table, row_rule

E164 = r"^\+[0-9]{3,15}$"
JURISDICTIONS = ("local", "intrastate", "interstate", "indeterminate", "national", "international", "toll_free")
DIRECTIONS = ("outbound", "inbound")
USAGE_TYPES = ("voice", "sms", "conference")


class ValidatedUsage(Table):
    """Clean, unique, billable calls: UTC times, E.164 numbers, account, service and jurisdiction."""

    landing_day: T.DateType = pa.Field(description="Date of the landing folder")
    record_key: T.StringType = pa.Field(
        str_length={"min_value": 1},
        description="Source and the key of the call; else its unique id and leg; else a hash of the canonical fields",
    )
    path: T.StringType = pa.Field(description="Path of the file below the landing zone")
    file_id: T.StringType = pa.Field(description="SHA-256 of the file")
    line: T.LongType = pa.Field(gt=0, description="Line number in the file")
    source: T.StringType = pa.Field(description="CDR source")
    account_id: T.StringType = pa.Field(description="Billed account, from the service map on the call's date")
    service_id: T.StringType = pa.Field(description="Billed service of the account")
    direction: T.StringType = pa.Field(isin=DIRECTIONS, description="outbound or inbound")
    caller: T.StringType = pa.Field(
        nullable=True,
        str_matches=E164,
        metadata=SUSPEND,
        description="Calling number, E.164; null if withheld",
    )
    callee: T.StringType = pa.Field(str_matches=E164, metadata=SUSPEND, description="Called number, E.164")
    start_at: T.TimestampType = pa.Field(description="Start of the call, UTC")
    answer_at: T.TimestampType = pa.Field(description="Answer, UTC")
    end_at: T.TimestampType = pa.Field(description="End of the call, UTC")
    local_start: T.TimestampNTZType = pa.Field(description="Start in the account's time zone; rules bands")
    call_date: T.DateType = pa.Field(description="Date of the start in the account's time zone")
    talk_s: T.LongType = pa.Field(ge=0, metadata=SUSPEND, description="Billable seconds before rating increments")
    jurisdiction: T.StringType = pa.Field(
        isin=JURISDICTIONS,
        metadata=SUSPEND,
        description="From both numbers; Caribbean NPAs are international; indeterminate: a US call of unknown origin",
    )
    usage_type: T.StringType = pa.Field(isin=USAGE_TYPES, description="voice, sms or conference")
    units: T.LongType = pa.Field(ge=1, description="Messages of an SMS record, participants of a conference, else 1")

    span_in_order = row_rule(
        "span_in_order",
        "start_at <= answer_at AND answer_at <= end_at",
        "start, answer and end are in order",
        suspend=True,
    )
    dated_by_local_start = row_rule(
        "dated_by_local_start", "call_date = to_date(local_start)", "the call's date is that of its local start"
    )
    landed_after_the_call = row_rule(
        "landed_after_the_call",
        "call_date <= date_add(landing_day, 2)",
        "no call is dated after its landing day, but for what two time zones can differ",
        suspend=True,
    )

    class Config:
        name = "validated_usage"
        unique = ["record_key"]
        metadata = {"partition_by": ["landing_day"]}
