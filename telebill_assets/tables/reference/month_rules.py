"""plans.yaml: what holds for a plan's whole month: allowances, tiers, fees, discounts, maximums and minimums.

`destination_groups` of these tables are names with commas between them; * stands for every group.
"""

import pandera.polars as pa
import polars as pl

from telebill_assets.tables.reference.validity import validity_check
from telebill_assets.tables.table import Table
from telebill_assets.tables.types import Money, Quantity, Rate

UNITS = ("s", "min", "call", "message")
"""Billed seconds, billed minutes, calls, or messages."""
ALLOWANCE_SCOPES = ("account", "service")
MOST_MONTHS_KEPT = 24
TIER_MODELS = ("graduated", "volume", "package")
DIRECTIONS = ("outbound", "inbound", "*")
BILLED = ("arrears", "advance")
SCOPES = ("usage", "recurring", "all")


class PlanAllowances(Table):
    """Units included in a plan per month, for the account or for each of its services."""

    plan_id: pl.String = pa.Field(description="Plan")
    allowance: pl.String = pa.Field(description="Name of the allowance on the invoice")
    position: pl.Int32 = pa.Field(ge=1, description="Allowances of a plan are used in this order")
    units: pl.Int64 = pa.Field(gt=0, description="Billed seconds, calls or messages included a month")
    unit: pl.String = pa.Field(isin=("s", "call", "message"), description="What is included")
    scope: pl.String = pa.Field(isin=ALLOWANCE_SCOPES, description="Shared by the account, or for each service")
    destination_groups: pl.String = pa.Field(description="Destination groups whose calls use it, or *")
    valid_from: pl.Date = pa.Field(nullable=True, description="Call date from which it may be used; empty: any")
    valid_to: pl.Date = pa.Field(nullable=True, description="Last call date on which it may be used; empty: open")
    rollover_months: pl.Int32 = pa.Field(
        ge=0, le=MOST_MONTHS_KEPT, description="Months for which unused units are kept"
    )

    dates_in_order = validity_check()

    class Config:
        name = "plan_allowances"
        unique = ["plan_id", "allowance"]


class PlanTiers(Table):
    """Tiers that price a month's usage of destination groups instead of the calls' own rates."""

    plan_id: pl.String = pa.Field(description="Plan")
    tiers: pl.String = pa.Field(description="Name of the list of tiers on the invoice")
    tier: pl.Int32 = pa.Field(ge=1, description="Number of the tier in its list")
    model: pl.String = pa.Field(isin=TIER_MODELS, description="graduated, volume or package")
    unit: pl.String = pa.Field(isin=UNITS, description="What is counted and priced")
    destination_groups: pl.String = pa.Field(description="Destination groups whose calls are counted, or *")
    direction: pl.String = pa.Field(isin=DIRECTIONS, description="Calls that are counted: outbound, inbound or *")
    product: pl.String = pa.Field(description="Usage product, which decides the tax code")
    up_to: Quantity = pa.Field(gt=0, nullable=True, description="End of the tier, cumulative, inclusive; empty: none")
    unit_price: Rate = pa.Field(ge=0, nullable=True, description="Price of a unit, or of a started increment of units")
    flat: Rate = pa.Field(ge=0, nullable=True, description="Price of reaching the tier; the first is always reached")
    increment: Quantity = pa.Field(gt=0, nullable=True, description="Units sold together; empty: exact fractions")

    class Config:
        name = "plan_tiers"
        unique = ["plan_id", "tiers", "tier"]


class PlanFees(Table):
    """Recurring fees of a plan, charged per subscribed unit and month, prorated by the day."""

    plan_id: pl.String = pa.Field(description="Plan")
    product: pl.String = pa.Field(description="Product, which decides the tax code")
    description: pl.String = pa.Field(description="Text of the line on the invoice")
    unit: pl.String = pa.Field(description="What is counted: seat, line, trunk")
    unit_price: Rate = pa.Field(ge=0, description="Price of one unit a month")
    billed: pl.String = pa.Field(isin=BILLED, description="With the month itself, or with the month before it")

    class Config:
        name = "plan_fees"
        unique = ["plan_id", "product", "description"]


class PlanDiscounts(Table):
    """Discounts on what a plan charges, in percent or as an amount a month."""

    plan_id: pl.String = pa.Field(description="Plan")
    discount: pl.String = pa.Field(description="Name of the discount on the invoice")
    position: pl.Int32 = pa.Field(ge=1, description="Discounts of a plan follow each other in this order")
    percent: Rate = pa.Field(gt=0, le=100, nullable=True, description="Percent of what earlier discounts have left")
    amount: Money = pa.Field(gt=0, nullable=True, description="Amount a month; what is discounted never gets below 0")
    scope: pl.String = pa.Field(isin=SCOPES, description="What is discounted: usage, recurring fees or both")
    destination_groups: pl.String = pa.Field(description="Only calls to these destination groups, or *")
    valid_from: pl.Date = pa.Field(nullable=True, description="First day of its first month; empty: any")
    valid_to: pl.Date = pa.Field(nullable=True, description="Last day of its last month; empty: open")

    dates_in_order = validity_check()

    class Config:
        name = "plan_discounts"
        unique = ["plan_id", "discount"]


class PlanMaximums(Table):
    """What a month of a plan costs at most; the excess is credited."""

    plan_id: pl.String = pa.Field(description="Plan")
    maximum: pl.String = pa.Field(description="Name of the maximum on the invoice")
    amount: Money = pa.Field(gt=0, description="Largest charge of a whole month, without tax")
    scope: pl.String = pa.Field(isin=SCOPES, description="What counts: usage, recurring fees or both, discounted")
    product: pl.String = pa.Field(description="Product of the credit, which decides the tax code")

    class Config:
        name = "plan_maximums"
        unique = ["plan_id", "scope"]


class PlanMinimums(Table):
    """What a month of a plan costs at least; the shortfall is charged."""

    plan_id: pl.String = pa.Field(description="Plan")
    minimum: pl.String = pa.Field(description="Name of the commitment on the invoice")
    amount: Money = pa.Field(gt=0, description="Least charge of a whole month, without tax")
    scope: pl.String = pa.Field(isin=SCOPES, description="What counts: usage, recurring fees or both, discounted")
    product: pl.String = pa.Field(description="Product of the shortfall, which decides the tax code")

    class Config:
        name = "plan_minimums"
        unique = ["plan_id", "minimum"]
