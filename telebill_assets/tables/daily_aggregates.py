"""daily_aggregates: every call priced, then summed per account and rate."""

import pandera.polars as pa
import polars as pl

from telebill_assets.tables.currency import CURRENCY
from telebill_assets.tables.table import Table, row_check
from telebill_assets.tables.types import Exact
from telebill_assets.tables.validated_usage import JURISDICTIONS, USAGE_TYPES


class DailyAggregates(Table):
    """Calls, seconds and charge per account, service, call date, rate and band."""

    landing_day: pl.Date = pa.Field(description="Date of the landing folder")
    call_date: pl.Date = pa.Field(description="Date of the calls in the account's time zone")
    account_id: pl.String = pa.Field(description="Billed account")
    service_id: pl.String = pa.Field(description="Billed service")
    direction: pl.String = pa.Field(isin=("outbound", "inbound"), description="outbound or inbound")
    plan_id: pl.String = pa.Field(description="Plan of the account on the call date")
    rate_id: pl.String = pa.Field(
        description="Rate of the calls' first second; a + after it: other rates or bounds too"
    )
    destination: pl.String = pa.Field(description="Destination of the longest matching prefix")
    destination_group: pl.String = pa.Field(description="Group the destination belongs to, for allowances")
    jurisdiction: pl.String = pa.Field(isin=JURISDICTIONS, description="From both numbers")
    usage_type: pl.String = pa.Field(isin=USAGE_TYPES, description="voice, sms or conference")
    band: pl.String = pa.Field(description="Rate band that held at the start of the call")
    currency: pl.String = pa.Field(**CURRENCY, description="ISO 4217 code of the plan")
    calls: pl.Int64 = pa.Field(gt=0, description="Number of calls")
    units: pl.Int64 = pa.Field(gt=0, description="Sum of messages, participants and calls")
    talk_s: pl.Int64 = pa.Field(ge=0, description="Sum of talk seconds before increments")
    billed_s: pl.Int64 = pa.Field(ge=0, description="Sum of billed seconds after increments, of every participant")
    charge: Exact = pa.Field(
        ge=0, description="Sum of the calls' charges, each rounded by the plan if its point is call"
    )

    billed_covers_talk = row_check(
        "billed_covers_talk",
        "billed_s >= talk_s OR rate_id LIKE '%+' OR usage_type = 'sms'",
        "increments only add seconds; a maximum may end them, and messages have none",
    )

    silence_is_free = row_check(
        "silence_is_free",
        "talk_s > 0 OR charge = 0 OR usage_type != 'voice'",
        "calls without a talk second cost nothing",
    )
    landed_after_the_calls = row_check(
        "landed_after_the_calls",
        pl.col("call_date") <= pl.col("landing_day").dt.offset_by("2d"),
        "no call is dated after its landing day, but for what two time zones can differ",
    )

    class Config:
        name = "daily_aggregates"
        unique = ["call_date", "account_id", "service_id", "direction", "plan_id", "rate_id", "jurisdiction", "band"]
        metadata = {"partition_by": ["landing_day"]}
