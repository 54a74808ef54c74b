"""allowance_balances: what was granted, used and left of every allowance of a month."""

import pandera.polars as pa
import polars as pl

from telebill_assets.tables.table import Table, row_check


class AllowanceBalances(Table):
    """Units of every account's allowances in a billing month; what remains may be used in later months."""

    billing_month: pl.Date = pa.Field(description="First day of the billing month")
    account_id: pl.String = pa.Field(description="Account")
    plan_id: pl.String = pa.Field(description="Plan that grants the allowance")
    allowance: pl.String = pa.Field(description="Allowance of the plan")
    service_id: pl.String = pa.Field(description="Service that it is for; * if the account shares it")
    granted_month: pl.Date = pa.Field(description="Month whose units these are; earlier ones rolled over")
    unit: pl.String = pa.Field(isin=("s", "call", "message"), description="Billed seconds, calls or messages")
    available: pl.Int64 = pa.Field(ge=0, description="Units at the beginning of the billing month")
    used: pl.Int64 = pa.Field(ge=0, description="Units that calls of the billing month used")
    remaining: pl.Int64 = pa.Field(ge=0, description="Units that nobody used")
    last_month: pl.Date = pa.Field(description="Last month in which the units may be used")

    units_balance = row_check("units_balance", "available = used + remaining", "available = used + remaining")

    class Config:
        name = "allowance_balances"
        unique = ["account_id", "plan_id", "allowance", "service_id", "granted_month"]
        metadata = {"partition_by": ["billing_month"]}
