"""controls.yaml: thresholds of the audit's controls that differ from their defaults."""

import pandera.polars as pa
import polars as pl

from telebill_assets.tables.table import Table


class Controls(Table):
    """Thresholds of controls, holidays, and the files expected of each source."""

    parameter: pl.String = pa.Field(
        str_matches="^[a-z0-9_]+$", description="Name of the threshold, holiday, or files_per_day"
    )
    source: pl.String = pa.Field(nullable=True, description="CDR source, with files_per_day")
    value: pl.String = pa.Field(description="Its value, as text")

    class Config:
        name = "controls"
        unique = ["parameter", "source", "value"]
