"""destinations.csv: prefixes and what they reach."""

import pandera.pyspark as pa
import pyspark.sql.types as T

from telebill_assets.schemas.table import Table, row_rule


class Destinations(Table):
    """E.164 prefixes; the longest one that starts a number names its destination."""

    prefix: T.StringType = pa.Field(str_matches="^[0-9]{1,15}$", description="E.164 digits without plus")
    destination: T.StringType = pa.Field(description="Destination; several prefixes may share it")
    name: T.StringType = pa.Field(description="Name on the invoice")
    country: T.StringType = pa.Field(str_matches="^[A-Z0-9]{2,3}$", description="ISO country, or 001 for global")
    destination_group: T.StringType = pa.Field(description="Group, for allowances and reports")
    valid_from: T.DateType = pa.Field(nullable=True, description="First call date; empty: always")
    valid_to: T.DateType = pa.Field(nullable=True, description="Last call date; empty: open")

    dates_in_order = row_rule("dates_in_order", "valid_from <= valid_to", "valid_to is not before valid_from")

    class Config:
        name = "destinations"
        unique = ["prefix", "valid_from"]
