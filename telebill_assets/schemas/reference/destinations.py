"""destinations.csv: prefixes and what they reach."""

import pandera.pyspark as pa
import pyspark.sql.types as T

from telebill_assets.schemas.table import Table


class Destinations(Table):
    """E.164 prefixes; the longest one that starts a number names its destination."""

    prefix: T.StringType = pa.Field(str_matches="^[0-9]{1,15}$", description="E.164 digits without plus")
    destination: T.StringType = pa.Field(description="Destination; several prefixes may share it")
    name: T.StringType = pa.Field(description="Name on the invoice")
    country: T.StringType = pa.Field(str_matches="^[A-Z0-9]{2,3}$", description="ISO country, or 001 for global")
    destination_group: T.StringType = pa.Field(description="Group, for allowances and reports")

    class Config:
        name = "destinations"
        unique = ["prefix"]
