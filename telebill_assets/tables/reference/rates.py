"""rates.csv: the rate decks."""

import pandera.polars as pa
import polars as pl

from telebill_assets.tables.reference.validity import validity_check
from telebill_assets.tables.table import Table, row_check
from telebill_assets.tables.types import Rate
from telebill_assets.tables.validated_usage import DIRECTIONS, JURISDICTIONS, USAGE_TYPES

ANY = "*"


class Rates(Table):
    """One rate group of one rate: what a call costs from `from_s` on, per deck, destination, band and date."""

    rate_deck: pl.String = pa.Field(description="Rate deck")
    destination: pl.String = pa.Field(description="Destination")
    usage_type: pl.String = pa.Field(
        nullable=True,
        isin=(ANY, *USAGE_TYPES),
        description="voice, sms (seconds are messages), conference (per participant); * or empty: voice",
    )
    jurisdiction: pl.String = pa.Field(isin=(ANY, *JURISDICTIONS), description="Jurisdiction; * for any other")
    direction: pl.String = pa.Field(isin=(ANY, *DIRECTIONS), description="Direction; * for any other")
    band: pl.String = pa.Field(description="Rate band of the plan; * for any other")
    valid_from: pl.Date = pa.Field(description="First call date")
    valid_to: pl.Date = pa.Field(nullable=True, description="Last call date; empty: open")
    from_s: pl.Int32 = pa.Field(ge=0, description="Second of the call at which the group begins; the first is 0")
    connect_fee: Rate = pa.Field(ge=0, description="Charged once for a call of more than 0 s; first group only")
    rate: Rate = pa.Field(ge=0, description="Price of unit_s seconds")
    unit_s: pl.Int32 = pa.Field(gt=0, le=3600, description="Seconds the rate is for")
    increment_s: pl.Int32 = pa.Field(gt=0, le=3600, description="Seconds are rounded up to whole increments")

    dates_in_order = validity_check()
    fee_in_first_group = row_check(
        "fee_in_first_group",
        "from_s = 0 OR connect_fee = 0",
        "only the group at 0 s has a connect fee",
        column="connect_fee",
        expected="0, because only the group at 0 s has a connect fee",
    )

    class Config:
        name = "rates"
        unique = [
            *("rate_deck", "destination", "usage_type", "jurisdiction", "direction", "band"),
            *("valid_from", "from_s"),
        ]
