"""sources.csv: the systems that send CDRs."""

import pandera.polars as pa
import polars as pl

from telebill_assets.tables.table import Table

COMPLETENESS = ("newline", "trailer", "manifest")
FILE_NAMES = ("unique", "reused")


class Sources(Table):
    """CDR sources: layout, time zone and numbering habits of each sending system."""

    source: pl.String = pa.Field(str_matches="^[a-z0-9_-]+$", description="Name of the landing folder")
    layout: pl.String = pa.Field(description="Layouts of its files, by space; see docs/sources.md")
    time_zone: pl.String = pa.Field(description="IANA zone of stamps that carry none")
    country: pl.String = pa.Field(str_matches="^[A-Z]{2}$", description="ISO country of national numbers")
    country_code: pl.String = pa.Field(str_matches="^[0-9]{1,3}$", description="E.164 country code, no plus")
    trunk_prefix: pl.String = pa.Field(nullable=True, description="National trunk prefix, such as 0 or 1")
    international_prefix: pl.String = pa.Field(
        description="International prefixes, by space, such as 00 or 011; `none`: long numbers without prefix are E.164"
    )
    encoding: pl.String = pa.Field(nullable=True, description="Encoding of its files; empty: the layout's")
    completeness: pl.String = pa.Field(
        nullable=True,
        isin=COMPLETENESS,
        description="What every whole file has: newline at its end, trailer, or a row in manifest.csv",
    )
    file_names: pl.String = pa.Field(
        nullable=True, isin=FILE_NAMES, description="unique (default): a name that comes again is held; reused"
    )

    class Config:
        name = "sources"
        unique = ["source"]
