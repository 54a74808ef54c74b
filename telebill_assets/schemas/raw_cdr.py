"""raw_cdr: every CSV record as it arrived, in unified columns."""

import pandera.pyspark as pa
import pyspark.sql.types as T

from telebill_assets.schemas.table import Table, row_rule

DIRECTIONS = ("outbound", "inbound", "internal")
DISPOSITIONS = ("answered", "unanswered", "busy", "failed")
LEG_KINDS = ("call", "accompanying", "not_voice")
USAGE_TYPES = ("voice", "sms", "conference")
FAULT_REASONS = ("malformed", "spreadsheet_damage")


class RawCdr(Table):
    """Every CSV record of a landing day in unified columns, with its file, line and original text."""

    landing_day: T.DateType = pa.Field(description="Date of the landing folder")
    path: T.StringType = pa.Field(description="Path of the file below the landing zone")
    file_id: T.StringType = pa.Field(description="SHA-256 of the file")
    line: T.LongType = pa.Field(gt=0, description="Line number in the file, the first line being 1")
    source: T.StringType = pa.Field(description="CDR source")
    layout: T.StringType = pa.Field(description="Layout by which the line was read")
    raw: T.StringType = pa.Field(description="The line as received, without its line end")
    fault_reason: T.StringType = pa.Field(nullable=True, isin=FAULT_REASONS, description="Kind of the fault")
    fault: T.StringType = pa.Field(nullable=True, description="What made the line unreadable: field and expectation")
    fault_field: T.StringType = pa.Field(nullable=True, description="The field at fault")
    call_id: T.StringType = pa.Field(nullable=True, description="The source's own unique id of the record")
    leg: T.StringType = pa.Field(nullable=True, description="Leg within the call id, where the source has legs")
    call_key: T.StringType = pa.Field(
        nullable=True, description="What the rows of one call share; null: each is a call"
    )
    service_key: T.StringType = pa.Field(nullable=True, description="What the service map is asked for")
    caller: T.StringType = pa.Field(nullable=True, description="Calling number as the source wrote it")
    callee: T.StringType = pa.Field(nullable=True, description="Called number as the source wrote it")
    start_at: T.TimestampType = pa.Field(nullable=True, description="Start of the call, UTC")
    answer_at: T.TimestampType = pa.Field(nullable=True, description="Answer, UTC; null if never answered")
    end_at: T.TimestampType = pa.Field(nullable=True, description="End of the call, UTC")
    talk_s: T.LongType = pa.Field(nullable=True, description="Billable seconds by the source's rule")
    total_s: T.LongType = pa.Field(nullable=True, description="Seconds of the whole call, ringing included")
    direction: T.StringType = pa.Field(nullable=True, isin=DIRECTIONS, description="outbound, inbound or internal")
    disposition: T.StringType = pa.Field(nullable=True, isin=DISPOSITIONS, description="How the call ended")
    leg_kind: T.StringType = pa.Field(isin=LEG_KINDS, description="call, a row that only accompanies one, or no voice")
    usage_type: T.StringType = pa.Field(isin=USAGE_TYPES, description="What is used: voice, sms or conference")
    units: T.LongType = pa.Field(ge=1, description="Messages of an SMS record, participants of a conference, else 1")

    faults_are_described = row_rule(
        "faults_are_described", "fault IS NOT NULL OR fault_field IS NULL", "a field at fault comes with its fault"
    )

    class Config:
        name = "raw_cdr"
        metadata = {"partition_by": ["landing_day"]}
