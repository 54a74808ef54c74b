"""sources.csv: the systems that send CDRs."""

import pandera.pyspark as pa
import pyspark.sql.types as T

from telebill_assets.schemas.table import Table


class Sources(Table):
    """CDR sources: layout, time zone and numbering habits of each sending system."""

    source: T.StringType = pa.Field(str_matches="^[a-z0-9_-]+$", description="Name of the landing folder")
    layout: T.StringType = pa.Field(description="Layout of its files, see docs/sources.md")
    time_zone: T.StringType = pa.Field(description="IANA zone of stamps that carry none")
    country: T.StringType = pa.Field(str_matches="^[A-Z]{2}$", description="ISO country of national numbers")
    country_code: T.StringType = pa.Field(str_matches="^[0-9]{1,3}$", description="E.164 country code, no plus")
    trunk_prefix: T.StringType = pa.Field(nullable=True, description="National trunk prefix, such as 0 or 1")
    international_prefix: T.StringType = pa.Field(description="International prefix, such as 00 or 011")

    class Config:
        name = "sources"
        unique = ["source"]
