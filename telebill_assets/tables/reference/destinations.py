"""destinations.csv: prefixes and what they reach."""

import pandera.polars as pa
import polars as pl

from telebill_assets.tables.reference.validity import validity_check
from telebill_assets.tables.table import Table


class Destinations(Table):
    """E.164 prefixes; the longest one that starts a number names its destination."""

    prefix: pl.String = pa.Field(str_matches="^[0-9]{1,15}$", description="E.164 digits without plus")
    destination: pl.String = pa.Field(description="Destination; several prefixes may share it")
    name: pl.String = pa.Field(description="Name on the invoice")
    country: pl.String = pa.Field(str_matches="^[A-Z0-9]{2,3}$", description="ISO country, or 001 for global")
    destination_group: pl.String = pa.Field(description="Group, for allowances and reports")
    valid_from: pl.Date = pa.Field(nullable=True, description="First call date; empty: always")
    valid_to: pl.Date = pa.Field(nullable=True, description="Last call date; empty: open")

    dates_in_order = validity_check()

    class Config:
        name = "destinations"
        unique = ["prefix", "valid_from"]
