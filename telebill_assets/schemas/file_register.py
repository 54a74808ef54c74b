"""The file register: one row per landed file."""

import pandera.pyspark as pa
import pyspark.sql.types as T

from telebill_assets.schemas.reasons import FILE_REASONS, SET_ASIDE_REASONS
from telebill_assets.schemas.table import Table, row_rule

FILE_STATUSES = ("landed", "duplicate", "suspended", "set_aside", "held")


class FileRegister(Table):
    """Every file of a landing day, with its hash, its size and what became of it."""

    landing_day: T.DateType = pa.Field(description="Date of the landing folder")
    path: T.StringType = pa.Field(description="Path below the landing zone: <source>/<day>/<name>")
    source: T.StringType = pa.Field(description="CDR source, from the path")
    layout: T.StringType = pa.Field(nullable=True, description="Recognised layout; null if unreadable")
    file_id: T.StringType = pa.Field(str_matches="^[0-9a-f]{64}$", description="SHA-256 of the file as received")
    bytes: T.LongType = pa.Field(ge=0, description="Size as received, in bytes")
    records: T.LongType = pa.Field(ge=0, description="Records read, without headers and blank lines")
    declared_records: T.LongType = pa.Field(nullable=True, description="Records that its trailer or manifest declares")
    declared_s: T.LongType = pa.Field(nullable=True, description="Seconds that its trailer or manifest declares")
    series: T.StringType = pa.Field(nullable=True, description="Numbered series of files that its name belongs to")
    sequence_nr: T.LongType = pa.Field(nullable=True, description="Its number in the series")
    status: T.StringType = pa.Field(isin=FILE_STATUSES, description="landed, duplicate, suspended, set_aside or held")
    reason: T.StringType = pa.Field(
        nullable=True, isin=(*FILE_REASONS, *SET_ASIDE_REASONS), description="Why the file is not simply landed"
    )
    detail: T.StringType = pa.Field(nullable=True, description="What was found and what was expected")
    duplicate_of_day: T.DateType = pa.Field(nullable=True, description="Landing day of the first arrival")
    duplicate_of_path: T.StringType = pa.Field(nullable=True, description="Path of the first arrival")

    set_aside_with_reason = row_rule(
        "set_aside_with_reason",
        "(status IN ('landed', 'duplicate')) = (reason IS NULL)",
        "files that are not read, and only they, say why",
    )
    duplicate_of_a_file = row_rule(
        "duplicate_of_a_file",
        "(status = 'duplicate') = (duplicate_of_path IS NOT NULL AND duplicate_of_day IS NOT NULL)",
        "duplicates, and only they, name the first arrival",
    )
    first_came_first = row_rule(
        "first_came_first", "duplicate_of_day <= landing_day", "the first arrival is not of a later day"
    )

    class Config:
        name = "file_register"
        unique = ["path"]
        metadata = {"partition_by": ["landing_day"]}
