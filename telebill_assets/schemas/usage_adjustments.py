"""usage_adjustments: what re-rating changed in the calls of closed months, whose own tables stay."""

import pandera.pyspark as pa
import pyspark.sql.types as T

from telebill_assets.schemas.table import Table
from telebill_assets.schemas.types import Exact
from telebill_assets.schemas.validated_usage import JURISDICTIONS, USAGE_TYPES


class UsageAdjustments(Table):
    """Signed changes of the daily aggregates of a closed month; with them, the aggregates are what has been billed."""

    closed_month: T.DateType = pa.Field(description="First day of the closed month")
    proposal: T.StringType = pa.Field(description="Re-rating that made the change")
    landing_day: T.DateType = pa.Field(description="Date of the landing folder, in the closed month")
    call_date: T.DateType = pa.Field(description="Date of the calls in the account's time zone")
    account_id: T.StringType = pa.Field(description="Billed account")
    service_id: T.StringType = pa.Field(description="Billed service")
    direction: T.StringType = pa.Field(isin=("outbound", "inbound"), description="outbound or inbound")
    plan_id: T.StringType = pa.Field(description="Plan of the account on the call date")
    rate_id: T.StringType = pa.Field(description="Rate that priced the calls")
    destination: T.StringType = pa.Field(description="Destination of the longest matching prefix")
    destination_group: T.StringType = pa.Field(description="Group the destination belongs to, for allowances")
    jurisdiction: T.StringType = pa.Field(isin=JURISDICTIONS, description="From both numbers")
    usage_type: T.StringType = pa.Field(isin=USAGE_TYPES, description="voice, sms or conference")
    band: T.StringType = pa.Field(description="Rate band that held at the start of the call")
    currency: T.StringType = pa.Field(str_matches="^[A-Z]{3}$", description="ISO 4217 code of the plan")
    calls: T.LongType = pa.Field(description="Change of the number of calls")
    units: T.LongType = pa.Field(description="Change of the messages, participants and calls")
    talk_s: T.LongType = pa.Field(description="Change of the talk seconds")
    billed_s: T.LongType = pa.Field(description="Change of the billed seconds")
    charge: Exact = pa.Field(description="Change of the charge")

    class Config:
        name = "usage_adjustments"
        metadata = {"partition_by": ["closed_month", "proposal"]}
