"""rerate_differences: what a re-rating changes, before and after, by account and destination."""

import pandera.pyspark as pa
import pyspark.sql.types as T

from telebill_assets.schemas.table import Table
from telebill_assets.schemas.types import Total


class RerateDifferences(Table):
    """One row per month, account and destination that a re-rating changes: call charges, and the month's lines."""

    proposal: T.StringType = pa.Field(description="Id of the re-rating")
    month: T.DateType = pa.Field(description="First day of the billing month of the calls")
    account_id: T.StringType = pa.Field(description="Billed account")
    destination: T.StringType = pa.Field(nullable=True, description="Destination; null: lines that have none")
    currency: T.StringType = pa.Field(str_matches="^[A-Z]{3}$", description="ISO 4217 code")
    calls_before: T.LongType = pa.Field(description="Priced calls of the month as billed or published")
    calls_after: T.LongType = pa.Field(description="Priced calls as re-rated")
    billed_s_before: T.LongType = pa.Field(description="Billed seconds before")
    billed_s_after: T.LongType = pa.Field(description="Billed seconds after")
    charge_before: Total = pa.Field(description="Charge of the calls before")
    charge_after: Total = pa.Field(description="Charge of the calls after")
    lines_before: Total = pa.Field(description="Charge lines of the month that the calls feed, before")
    lines_after: Total = pa.Field(description="The same lines after: usage less what allowances and tiers change")

    class Config:
        name = "rerate_differences"
        unique = ["month", "account_id", "destination", "currency"]
        metadata = {"partition_by": ["proposal"]}
