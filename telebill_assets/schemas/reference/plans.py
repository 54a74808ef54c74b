"""plans.yaml: the plans, flattened into tables of plans, rate bands, allowances and fees."""

import pandera.pyspark as pa
import pyspark.sql.types as T

from telebill_assets.schemas.table import Table
from telebill_assets.schemas.types import Rate

ROUNDING_METHODS = ("half_up", "up", "down")
ROUNDING_POINTS = ("call", "line")


class Plans(Table):
    """Plans: currency, rate deck and rounding."""

    plan_id: T.StringType = pa.Field(description="Plan")
    name: T.StringType = pa.Field(description="Name of the plan")
    currency: T.StringType = pa.Field(str_matches="^[A-Z]{3}$", description="ISO 4217 code, two decimals")
    rate_deck: T.StringType = pa.Field(description="Rate deck that prices the plan's calls")
    rounding_method: T.StringType = pa.Field(isin=ROUNDING_METHODS, description="half_up, up or down")
    rounding_decimals: T.IntegerType = pa.Field(ge=0, le=8, description="Decimals of a call's charge")
    rounding_point: T.StringType = pa.Field(
        isin=ROUNDING_POINTS, description="call: each call is rounded; line: only the line is"
    )

    class Config:
        name = "plans"
        unique = ["plan_id"]


class PlanBands(Table):
    """Rate bands of a plan in the account's time zone; the highest weight wins."""

    plan_id: T.StringType = pa.Field(description="Plan")
    band: T.StringType = pa.Field(description="Name of the band; rates refer to it")
    days: T.StringType = pa.Field(str_matches="^[1-7]+$", description="ISO weekdays, such as 12345")
    start_s: T.IntegerType = pa.Field(ge=0, lt=86400, description="First second of the day")
    end_s: T.IntegerType = pa.Field(gt=0, le=86400, description="End of the band, exclusive, second of the day")
    weight: T.IntegerType = pa.Field(ge=0, description="Precedence where bands overlap")

    class Config:
        name = "plan_bands"
        unique = ["plan_id", "band", "days", "start_s"]


class PlanAllowances(Table):
    """Seconds included in a plan per month, shared by all services of the account."""

    plan_id: T.StringType = pa.Field(description="Plan")
    allowance: T.StringType = pa.Field(description="Name of the allowance on the invoice")
    seconds: T.LongType = pa.Field(gt=0, description="Billed seconds included a month")
    destination_group: T.StringType = pa.Field(description="Destination group that uses it")

    class Config:
        name = "plan_allowances"
        unique = ["plan_id", "allowance", "destination_group"]


class PlanFees(Table):
    """Recurring fees of a plan, charged per subscribed unit and month, prorated by the day."""

    plan_id: T.StringType = pa.Field(description="Plan")
    product: T.StringType = pa.Field(description="Product, which decides the tax code")
    description: T.StringType = pa.Field(description="Text of the line on the invoice")
    unit: T.StringType = pa.Field(description="What is counted: seat, line, trunk")
    unit_price: Rate = pa.Field(ge=0, description="Price of one unit a month")

    class Config:
        name = "plan_fees"
        unique = ["plan_id", "product", "description"]
