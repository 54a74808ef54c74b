"""allowance_balances: what was granted, used and left of every allowance of a month."""

import pandera.pyspark as pa
import pyspark.sql.types as T

from telebill_assets.schemas.table import Table, row_rule


class AllowanceBalances(Table):
    """Units of every account's allowances in a billing month; what remains may be used in later months."""

    billing_month: T.DateType = pa.Field(description="First day of the billing month")
    account_id: T.StringType = pa.Field(description="Account")
    plan_id: T.StringType = pa.Field(description="Plan that grants the allowance")
    allowance: T.StringType = pa.Field(description="Allowance of the plan")
    service_id: T.StringType = pa.Field(description="Service that it is for; * if the account shares it")
    granted_month: T.DateType = pa.Field(description="Month whose units these are; earlier ones rolled over")
    unit: T.StringType = pa.Field(isin=("s", "call", "message"), description="Billed seconds, calls or messages")
    available: T.LongType = pa.Field(ge=0, description="Units at the beginning of the billing month")
    used: T.LongType = pa.Field(ge=0, description="Units that calls of the billing month used")
    remaining: T.LongType = pa.Field(ge=0, description="Units that nobody used")
    last_month: T.DateType = pa.Field(description="Last month in which the units may be used")

    units_balance = row_rule("units_balance", "available = used + remaining", "available = used + remaining")

    class Config:
        name = "allowance_balances"
        unique = ["account_id", "plan_id", "allowance", "service_id", "granted_month"]
        metadata = {"partition_by": ["billing_month"]}
