"""rerate_differences: what a re-rating changes, before and after, by account and destination."""

import pandera.polars as pa
import polars as pl

from telebill_assets.tables.table import Table
from telebill_assets.tables.types import Total


class RerateDifferences(Table):
    """One row per month, account and destination that a re-rating changes: call charges, and the month's lines."""

    proposal: pl.String = pa.Field(description="Id of the re-rating")
    month: pl.Date = pa.Field(description="First day of the billing month of the calls")
    account_id: pl.String = pa.Field(description="Billed account")
    destination: pl.String = pa.Field(nullable=True, description="Destination; null: lines that have none")
    currency: pl.String = pa.Field(str_matches="^[A-Z]{3}$", description="ISO 4217 code")
    calls_before: pl.Int64 = pa.Field(description="Priced calls of the month as billed or published")
    calls_after: pl.Int64 = pa.Field(description="Priced calls as re-rated")
    billed_s_before: pl.Int64 = pa.Field(description="Billed seconds before")
    billed_s_after: pl.Int64 = pa.Field(description="Billed seconds after")
    charge_before: Total = pa.Field(description="Charge of the calls before")
    charge_after: Total = pa.Field(description="Charge of the calls after")
    lines_before: Total = pa.Field(description="Charge lines of the month that the calls feed, before")
    lines_after: Total = pa.Field(description="The same lines after: usage less what allowances and tiers change")

    class Config:
        name = "rerate_differences"
        unique = ["month", "account_id", "destination", "currency"]
        metadata = {"partition_by": ["proposal"]}
