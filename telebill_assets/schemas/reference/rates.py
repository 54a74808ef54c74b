"""rates.csv: the rate decks."""

import pandera.pyspark as pa
import pyspark.sql.types as T

from telebill_assets.schemas.table import Table, row_rule
from telebill_assets.schemas.types import Rate
from telebill_assets.schemas.validated_usage import DIRECTIONS, JURISDICTIONS, USAGE_TYPES

ANY = "*"


class Rates(Table):
    """One rate group of one rate: what a call costs from `from_s` on, per deck, destination, band and date."""

    rate_deck: T.StringType = pa.Field(description="Rate deck")
    destination: T.StringType = pa.Field(description="Destination")
    usage_type: T.StringType = pa.Field(
        nullable=True,
        isin=(ANY, *USAGE_TYPES),
        description="voice, sms (seconds are messages), conference (per participant); * or empty: voice",
    )
    jurisdiction: T.StringType = pa.Field(isin=(ANY, *JURISDICTIONS), description="Jurisdiction; * for any other")
    direction: T.StringType = pa.Field(isin=(ANY, *DIRECTIONS), description="Direction; * for any other")
    band: T.StringType = pa.Field(description="Rate band of the plan; * for any other")
    valid_from: T.DateType = pa.Field(description="First call date")
    valid_to: T.DateType = pa.Field(nullable=True, description="Last call date; empty: open")
    from_s: T.IntegerType = pa.Field(ge=0, description="Second of the call at which the group begins; the first is 0")
    connect_fee: Rate = pa.Field(ge=0, description="Charged once for a call of more than 0 s; first group only")
    rate: Rate = pa.Field(ge=0, description="Price of unit_s seconds")
    unit_s: T.IntegerType = pa.Field(gt=0, le=3600, description="Seconds the rate is for")
    increment_s: T.IntegerType = pa.Field(gt=0, le=3600, description="Seconds are rounded up to whole increments")

    dates_in_order = row_rule("dates_in_order", "valid_from <= valid_to", "valid_to is not before valid_from")
    fee_in_first_group = row_rule(
        "fee_in_first_group", "from_s = 0 OR connect_fee = 0", "only the group at 0 s has a connect fee"
    )

    class Config:
        name = "rates"
        unique = [
            *("rate_deck", "destination", "usage_type", "jurisdiction", "direction", "band"),
            *("valid_from", "from_s"),
        ]
