"""rated_usage: the month's charge lines."""

import pandera.polars as pa
import polars as pl

from telebill_assets.tables.currency import CURRENCY
from telebill_assets.tables.line_kinds import CREDITED, LINE_KINDS, NEVER_CHARGED, plurals
from telebill_assets.tables.table import Table, row_check
from telebill_assets.tables.types import Exact, Money, Quantity, Rate
from telebill_assets.tables.validated_usage import USAGE_TYPES


class RatedUsage(Table):
    """Charge lines of a billing month: usage, recurring, one-off and pass-through, and every rule's effect on them."""

    billing_month: pl.Date = pa.Field(description="First day of the billing month")
    line_id: pl.String = pa.Field(
        str_length={"min_value": 1}, description="Stable id of the line: account, kind and what it charges for"
    )
    account_id: pl.String = pa.Field(description="Billed account")
    line_kind: pl.String = pa.Field(
        isin=LINE_KINDS,
        description="usage, recurring, one_off, pass_through (bears no tax); what rules of a plan do: allowance and "
        "discount (negative), tier, maximum (negative), minimum; adjustment (of a closed month, either sign)",
    )
    plan_id: pl.String = pa.Field(nullable=True, description="Plan that charges; null on charges of the account")
    product: pl.String = pa.Field(description="Product, which decides the tax code")
    description: pl.String = pa.Field(description="Text of the line on the invoice")
    article_nr: pl.String = pa.Field(nullable=True, description="The seller's article number")
    destination: pl.String = pa.Field(nullable=True, description="Destination, on usage and allowance lines")
    jurisdiction: pl.String = pa.Field(nullable=True, description="Jurisdiction, on usage and allowance lines")
    direction: pl.String = pa.Field(nullable=True, description="Direction, on usage and allowance lines")
    usage_type: pl.String = pa.Field(nullable=True, isin=USAGE_TYPES, description="Usage type, on usage lines")
    calls: pl.Int64 = pa.Field(nullable=True, ge=0, description="Calls summed in the line")
    talk_s: pl.Int64 = pa.Field(nullable=True, ge=0, description="Talk seconds summed in the line")
    billed_s: pl.Int64 = pa.Field(nullable=True, ge=0, description="Billed seconds summed in the line")
    quantity: Quantity = pa.Field(description="Units charged; minutes on usage lines")
    unit: pl.String = pa.Field(description="Unit of the quantity: min, month, pcs ...")
    unit_price: Rate = pa.Field(nullable=True, description="Price of one unit; null where calls had several rates")
    exact_amount: Exact = pa.Field(description="Amount before rounding to the minor unit")
    amount: Money = pa.Field(description="exact_amount rounded once, half-up, to the minor unit")
    currency: pl.String = pa.Field(**CURRENCY, description="ISO 4217 code")
    service_from: pl.Date = pa.Field(description="First day of supply")
    service_to: pl.Date = pa.Field(description="Last day of supply")

    rounded_once = row_check(
        "rounded_once",
        pl.col("amount") == pl.col("exact_amount").round(2, mode="half_away_from_zero"),
        "the amount is rounded half-up once",
    )
    only_credits_below_zero = row_check(
        "only_credits_below_zero",
        (pl.col("amount") >= 0) | pl.col("line_kind").is_in(list(CREDITED)),
        f"only {plurals(CREDITED)} are credited",
    )
    credits_stay_credits = row_check(
        "credits_stay_credits",
        (pl.col("amount") <= 0) | ~pl.col("line_kind").is_in(list(NEVER_CHARGED)),
        f"{plurals(NEVER_CHARGED)} are never charged",
    )
    supply_in_order = row_check("supply_in_order", "service_from <= service_to", "the days of supply are in order")

    named_by_its_first_day = row_check(
        "named_by_its_first_day", pl.col("billing_month").dt.day() == 1, "the month is its first day"
    )
    usage_has_calls = row_check(
        "usage_has_calls",
        "line_kind != 'usage' OR (calls > 0 AND talk_s >= 0 AND billed_s >= 0 AND destination IS NOT NULL)",
        "usage lines say how many calls and seconds they charge, and where to",
    )

    class Config:
        name = "rated_usage"
        unique = ["line_id"]
        metadata = {"partition_by": ["billing_month"]}
