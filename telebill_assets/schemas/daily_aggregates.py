"""daily_aggregates: every call priced, then summed per account and rate."""

import pandera.pyspark as pa
import pyspark.sql.types as T

from telebill_assets.schemas.currency import CURRENCY
from telebill_assets.schemas.table import Table, row_rule
from telebill_assets.schemas.types import Exact
from telebill_assets.schemas.validated_usage import JURISDICTIONS, USAGE_TYPES


class DailyAggregates(Table):
    """Calls, seconds and charge per account, service, call date, rate and band."""

    landing_day: T.DateType = pa.Field(description="Date of the landing folder")
    call_date: T.DateType = pa.Field(description="Date of the calls in the account's time zone")
    account_id: T.StringType = pa.Field(description="Billed account")
    service_id: T.StringType = pa.Field(description="Billed service")
    direction: T.StringType = pa.Field(isin=("outbound", "inbound"), description="outbound or inbound")
    plan_id: T.StringType = pa.Field(description="Plan of the account on the call date")
    rate_id: T.StringType = pa.Field(
        description="Rate of the calls' first second; a + after it: other rates or bounds too"
    )
    destination: T.StringType = pa.Field(description="Destination of the longest matching prefix")
    destination_group: T.StringType = pa.Field(description="Group the destination belongs to, for allowances")
    jurisdiction: T.StringType = pa.Field(isin=JURISDICTIONS, description="From both numbers")
    usage_type: T.StringType = pa.Field(isin=USAGE_TYPES, description="voice, sms or conference")
    band: T.StringType = pa.Field(description="Rate band that held at the start of the call")
    currency: T.StringType = pa.Field(**CURRENCY, description="ISO 4217 code of the plan")
    calls: T.LongType = pa.Field(gt=0, description="Number of calls")
    units: T.LongType = pa.Field(gt=0, description="Sum of messages, participants and calls")
    talk_s: T.LongType = pa.Field(ge=0, description="Sum of talk seconds before increments")
    billed_s: T.LongType = pa.Field(ge=0, description="Sum of billed seconds after increments, of every participant")
    charge: Exact = pa.Field(
        ge=0, description="Sum of the calls' charges, each rounded by the plan if its point is call"
    )

    billed_covers_talk = row_rule(
        "billed_covers_talk",
        "billed_s >= talk_s OR endswith(rate_id, '+') OR usage_type = 'sms'",
        "increments only add seconds; a maximum may end them, and messages have none",
    )

    silence_is_free = row_rule(
        "silence_is_free",
        "talk_s > 0 OR charge = 0 OR usage_type != 'voice'",
        "calls without a talk second cost nothing",
    )
    landed_after_the_calls = row_rule(
        "landed_after_the_calls",
        "call_date <= date_add(landing_day, 2)",
        "no call is dated after its landing day, but for what two time zones can differ",
    )

    class Config:
        name = "daily_aggregates"
        unique = ["call_date", "account_id", "service_id", "direction", "plan_id", "rate_id", "jurisdiction", "band"]
        metadata = {"partition_by": ["landing_day"]}
