"""controls.yaml: thresholds of the audit's controls that differ from their defaults."""

import pandera.pyspark as pa
import pyspark.sql.types as T

from telebill_assets.schemas.table import Table


class Controls(Table):
    """Thresholds of controls, holidays, and the files expected of each source."""

    parameter: T.StringType = pa.Field(
        str_matches="^[a-z0-9_]+$", description="Name of the threshold, holiday, or files_per_day"
    )
    source: T.StringType = pa.Field(nullable=True, description="CDR source, with files_per_day")
    value: T.StringType = pa.Field(description="Its value, as text")

    class Config:
        name = "controls"
        unique = ["parameter", "source", "value"]
