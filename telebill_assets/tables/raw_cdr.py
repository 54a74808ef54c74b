"""raw_cdr: every CSV record as it arrived, in unified columns."""

import pandera.polars as pa
import polars as pl

from telebill_assets.tables.table import Table, row_check
from telebill_assets.tables.types import Instant

DIRECTIONS = ("outbound", "inbound", "internal")
DISPOSITIONS = ("answered", "unanswered", "busy", "failed")
LEG_KINDS = ("call", "accompanying", "not_voice")
USAGE_TYPES = ("voice", "sms", "conference")
FAULT_REASONS = ("malformed", "spreadsheet_damage")


class RawCdr(Table):
    """Every CSV record of a landing day in unified columns, with its file, line and original text."""

    landing_day: pl.Date = pa.Field(description="Date of the landing folder")
    path: pl.String = pa.Field(description="Path of the file below the landing zone")
    file_id: pl.String = pa.Field(description="SHA-256 of the file")
    line: pl.Int64 = pa.Field(gt=0, description="Line number in the file, the first line being 1")
    source: pl.String = pa.Field(description="CDR source")
    layout: pl.String = pa.Field(description="Layout by which the line was read")
    raw: pl.String = pa.Field(description="The line as received, without its line end")
    fault_reason: pl.String = pa.Field(nullable=True, isin=FAULT_REASONS, description="Kind of the fault")
    fault: pl.String = pa.Field(nullable=True, description="What made the line unreadable: field and expectation")
    fault_field: pl.String = pa.Field(nullable=True, description="The field at fault")
    call_id: pl.String = pa.Field(nullable=True, description="The source's own unique id of the record")
    leg: pl.String = pa.Field(nullable=True, description="Leg within the call id, where the source has legs")
    call_key: pl.String = pa.Field(nullable=True, description="What the rows of one call share; null: each is a call")
    service_key: pl.String = pa.Field(nullable=True, description="What the service map is asked for")
    caller: pl.String = pa.Field(nullable=True, description="Calling number as the source wrote it")
    callee: pl.String = pa.Field(nullable=True, description="Called number as the source wrote it")
    start_at: Instant = pa.Field(nullable=True, description="Start of the call, UTC")
    answer_at: Instant = pa.Field(nullable=True, description="Answer, UTC; null if never answered")
    end_at: Instant = pa.Field(nullable=True, description="End of the call, UTC")
    talk_s: pl.Int64 = pa.Field(nullable=True, description="Billable seconds by the source's rule")
    total_s: pl.Int64 = pa.Field(nullable=True, description="Seconds of the whole call, ringing included")
    direction: pl.String = pa.Field(nullable=True, isin=DIRECTIONS, description="outbound, inbound or internal")
    disposition: pl.String = pa.Field(nullable=True, isin=DISPOSITIONS, description="How the call ended")
    leg_kind: pl.String = pa.Field(isin=LEG_KINDS, description="call, a row that only accompanies one, or no voice")
    usage_type: pl.String = pa.Field(isin=USAGE_TYPES, description="What is used: voice, sms or conference")
    units: pl.Int64 = pa.Field(ge=1, description="Messages of an SMS record, participants of a conference, else 1")

    faults_are_described = row_check(
        "faults_are_described", "fault IS NOT NULL OR fault_field IS NULL", "a field at fault comes with its fault"
    )

    class Config:
        name = "raw_cdr"
        metadata = {"partition_by": ["landing_day"]}
