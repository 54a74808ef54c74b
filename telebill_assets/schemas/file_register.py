"""The file register: one row per landed file."""

import pandera.pyspark as pa
import pyspark.sql.types as T

from telebill_assets.schemas.reasons import FILE_REASONS
from telebill_assets.schemas.table import Table

FILE_STATUSES = ("landed", "duplicate", "suspended")


class FileRegister(Table):
    """Every file of a landing day, with its hash, its size and what became of it."""

    landing_day: T.DateType = pa.Field(description="Date of the landing folder")
    path: T.StringType = pa.Field(description="Path below the landing zone: <source>/<day>/<name>")
    source: T.StringType = pa.Field(description="CDR source, from the path")
    layout: T.StringType = pa.Field(nullable=True, description="Recognised layout; null if unreadable")
    file_id: T.StringType = pa.Field(str_matches="^[0-9a-f]{64}$", description="SHA-256 of the file as received")
    bytes: T.LongType = pa.Field(ge=0, description="Size as received, in bytes")
    records: T.LongType = pa.Field(ge=0, description="Records read, without headers and blank lines")
    status: T.StringType = pa.Field(isin=FILE_STATUSES, description="landed, duplicate or suspended")
    reason: T.StringType = pa.Field(nullable=True, isin=tuple(FILE_REASONS), description="Why the file is suspended")
    detail: T.StringType = pa.Field(nullable=True, description="What was found and what was expected")
    duplicate_of_day: T.DateType = pa.Field(nullable=True, description="Landing day of the first arrival")
    duplicate_of_path: T.StringType = pa.Field(nullable=True, description="Path of the first arrival")

    class Config:
        name = "file_register"
        unique = ["path"]
        metadata = {"partition_by": ["landing_day"]}
