"""usage_adjustments: what re-rating changed in the calls of closed months, whose own tables stay."""

import pandera.polars as pa
import polars as pl

from telebill_assets.tables.table import Table
from telebill_assets.tables.types import Exact
from telebill_assets.tables.validated_usage import JURISDICTIONS, USAGE_TYPES


class UsageAdjustments(Table):
    """Signed changes of the daily aggregates of a closed month; with them, the aggregates are what has been billed."""

    closed_month: pl.Date = pa.Field(description="First day of the closed month")
    proposal: pl.String = pa.Field(description="Re-rating that made the change")
    landing_day: pl.Date = pa.Field(description="Date of the landing folder, in the closed month")
    call_date: pl.Date = pa.Field(description="Date of the calls in the account's time zone")
    account_id: pl.String = pa.Field(description="Billed account")
    service_id: pl.String = pa.Field(description="Billed service")
    direction: pl.String = pa.Field(isin=("outbound", "inbound"), description="outbound or inbound")
    plan_id: pl.String = pa.Field(description="Plan of the account on the call date")
    rate_id: pl.String = pa.Field(description="Rate that priced the calls")
    destination: pl.String = pa.Field(description="Destination of the longest matching prefix")
    destination_group: pl.String = pa.Field(description="Group the destination belongs to, for allowances")
    jurisdiction: pl.String = pa.Field(isin=JURISDICTIONS, description="From both numbers")
    usage_type: pl.String = pa.Field(isin=USAGE_TYPES, description="voice, sms or conference")
    band: pl.String = pa.Field(description="Rate band that held at the start of the call")
    currency: pl.String = pa.Field(str_matches="^[A-Z]{3}$", description="ISO 4217 code of the plan")
    calls: pl.Int64 = pa.Field(description="Change of the number of calls")
    units: pl.Int64 = pa.Field(description="Change of the messages, participants and calls")
    talk_s: pl.Int64 = pa.Field(description="Change of the talk seconds")
    billed_s: pl.Int64 = pa.Field(description="Change of the billed seconds")
    charge: Exact = pa.Field(description="Change of the charge")

    class Config:
        name = "usage_adjustments"
        metadata = {"partition_by": ["closed_month", "proposal"]}
