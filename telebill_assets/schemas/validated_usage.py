"""validated_usage: the calls that may be priced."""

import pandera.pyspark as pa
import pyspark.sql.types as T

from telebill_assets.schemas.table import Table, row_rule

JURISDICTIONS = ("local", "intrastate", "interstate", "indeterminate", "national", "international", "toll_free")
DIRECTIONS = ("outbound", "inbound")
USAGE_TYPES = ("voice", "sms", "conference")


class ValidatedUsage(Table):
    """Clean, unique, billable calls: UTC times, E.164 numbers, account, service and jurisdiction."""

    landing_day: T.DateType = pa.Field(description="Date of the landing folder")
    record_key: T.StringType = pa.Field(
        description="Source and the key of the call; else its unique id and leg; else a hash of the canonical fields"
    )
    path: T.StringType = pa.Field(description="Path of the file below the landing zone")
    file_id: T.StringType = pa.Field(description="SHA-256 of the file")
    line: T.LongType = pa.Field(gt=0, description="Line number in the file")
    source: T.StringType = pa.Field(description="CDR source")
    account_id: T.StringType = pa.Field(description="Billed account, from the service map on the call's date")
    service_id: T.StringType = pa.Field(description="Billed service of the account")
    direction: T.StringType = pa.Field(isin=DIRECTIONS, description="outbound or inbound")
    caller: T.StringType = pa.Field(
        nullable=True, str_matches=r"^\+[0-9]{3,15}$", description="Calling number, E.164; null if withheld"
    )
    callee: T.StringType = pa.Field(str_matches=r"^\+[0-9]{3,15}$", description="Called number, E.164")
    start_at: T.TimestampType = pa.Field(description="Start of the call, UTC")
    answer_at: T.TimestampType = pa.Field(description="Answer, UTC")
    end_at: T.TimestampType = pa.Field(description="End of the call, UTC")
    local_start: T.TimestampNTZType = pa.Field(description="Start in the account's time zone; rules bands")
    call_date: T.DateType = pa.Field(description="Date of the start in the account's time zone")
    talk_s: T.LongType = pa.Field(ge=0, description="Billable seconds before rating increments")
    jurisdiction: T.StringType = pa.Field(
        isin=JURISDICTIONS,
        description="From both numbers; Caribbean NPAs are international; indeterminate: a US call of unknown origin",
    )
    usage_type: T.StringType = pa.Field(isin=USAGE_TYPES, description="voice, sms or conference")
    units: T.LongType = pa.Field(ge=1, description="Messages of an SMS record, participants of a conference, else 1")

    span_in_order = row_rule(
        "span_in_order", "start_at <= answer_at AND answer_at <= end_at", "start, answer and end are in order"
    )

    class Config:
        name = "validated_usage"
        unique = ["record_key"]
        metadata = {"partition_by": ["landing_day"]}
