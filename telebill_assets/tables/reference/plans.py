"""plans.yaml: the plans, flattened into tables of plans, decks and rate bands; month rules have their own."""

import pandera.polars as pa
import polars as pl

from telebill_assets.tables.table import Table, row_check
from telebill_assets.tables.types import Rate

ROUNDING_METHODS = ("half_up", "up", "down")
ROUNDING_POINTS = ("call", "line")
BAND_POLICIES = ("start", "split")
MAX_POLICIES = ("cap", "disconnect")
INBOUND_ON = ("origin", "called")
DATES = r"^(--|[0-9]{4}-)[0-9]{2}-[0-9]{2}( (--|[0-9]{4}-)[0-9]{2}-[0-9]{2})*$"


class Plans(Table):
    """Plans: currency, rate deck and rounding."""

    plan_id: pl.String = pa.Field(description="Plan")
    name: pl.String = pa.Field(description="Name of the plan")
    currency: pl.String = pa.Field(str_matches="^[A-Z]{3}$", description="ISO 4217 code, two decimals")
    rate_deck: pl.String = pa.Field(description="Rate deck that is asked first")
    rounding_method: pl.String = pa.Field(isin=ROUNDING_METHODS, description="half_up, up or down")
    rounding_decimals: pl.Int32 = pa.Field(ge=0, le=8, description="Decimals of a call's charge")
    rounding_point: pl.String = pa.Field(
        isin=ROUNDING_POINTS, description="call: each call is rounded; line: only the line is"
    )

    band_policy: pl.String = pa.Field(
        nullable=True,
        isin=BAND_POLICIES,
        description="start (default): the band at the start rules the call; split: the call is cut at edges",
    )
    min_charge: Rate = pa.Field(nullable=True, ge=0, description="Least charge of a call that is charged")
    min_on_free: pl.Boolean = pa.Field(
        nullable=True, description="Whether calls with a free rate have the minimum charge too; default: no"
    )
    max_charge: Rate = pa.Field(nullable=True, ge=0, description="Highest charge of a call")
    max_policy: pl.String = pa.Field(
        nullable=True,
        isin=MAX_POLICIES,
        description="cap (default): only the charge ends at the maximum; disconnect: billed seconds do too",
    )
    inbound_on: pl.String = pa.Field(
        nullable=True,
        isin=INBOUND_ON,
        description="Number that inbound calls are priced on: origin (default; always, if toll-free) or called",
    )

    maximum_not_below_minimum = row_check(
        "maximum_not_below_minimum",
        "min_charge <= max_charge",
        "max_charge is not below min_charge",
        column="max_charge",
        expected="no less than min_charge {min_charge}",
    )

    class Config:
        name = "plans"
        unique = ["plan_id"]


class PlanDecks(Table):
    """Default decks of a plan: asked in their order where the plan's own deck has no rate."""

    plan_id: pl.String = pa.Field(description="Plan")
    position: pl.Int32 = pa.Field(gt=0, description="Place in the order")
    rate_deck: pl.String = pa.Field(description="Rate deck")

    class Config:
        name = "plan_decks"
        unique = ["plan_id", "rate_deck"]


class PlanBands(Table):
    """Rate bands of a plan in the account's time zone; the highest weight wins."""

    plan_id: pl.String = pa.Field(description="Plan")
    band: pl.String = pa.Field(description="Name of the band; rates refer to it")
    days: pl.String = pa.Field(
        nullable=True, str_matches="^[1-7]+$", description="ISO weekdays, such as 12345; empty: every day"
    )
    dates: pl.String = pa.Field(
        nullable=True, str_matches=DATES, description="The only dates it holds on: YYYY-MM-DD, or --MM-DD every year"
    )
    start_s: pl.Int32 = pa.Field(ge=0, lt=86400, description="First second of the day")
    end_s: pl.Int32 = pa.Field(
        ge=0, le=86400, description="End, exclusive, second of the day; of the next day if not after the start"
    )
    weight: pl.Int32 = pa.Field(ge=0, description="Precedence where bands overlap")

    class Config:
        name = "plan_bands"
        unique = ["plan_id", "band", "days", "dates", "start_s"]
