"""The file register: one row per landed file."""

import pandera.polars as pa
import polars as pl

from telebill_assets.tables.reasons import FILE_REASONS, SET_ASIDE_REASONS
from telebill_assets.tables.table import Table, row_check

FILE_STATUSES = ("landed", "duplicate", "suspended", "set_aside", "held")


class FileRegister(Table):
    """Every file of a landing day, with its hash, its size and what became of it."""

    landing_day: pl.Date = pa.Field(description="Date of the landing folder")
    path: pl.String = pa.Field(description="Path below the landing zone: <source>/<day>/<name>")
    source: pl.String = pa.Field(description="CDR source, from the path")
    layout: pl.String = pa.Field(nullable=True, description="Recognised layout; null if unreadable")
    file_id: pl.String = pa.Field(str_matches="^[0-9a-f]{64}$", description="SHA-256 of the file as received")
    bytes: pl.Int64 = pa.Field(ge=0, description="Size as received, in bytes")
    records: pl.Int64 = pa.Field(ge=0, description="Records read, without headers and blank lines")
    declared_records: pl.Int64 = pa.Field(nullable=True, description="Records that its trailer or manifest declares")
    declared_s: pl.Int64 = pa.Field(nullable=True, description="Seconds that its trailer or manifest declares")
    series: pl.String = pa.Field(nullable=True, description="Numbered series of files that its name belongs to")
    sequence_nr: pl.Int64 = pa.Field(nullable=True, description="Its number in the series")
    status: pl.String = pa.Field(isin=FILE_STATUSES, description="landed, duplicate, suspended, set_aside or held")
    reason: pl.String = pa.Field(
        nullable=True, isin=(*FILE_REASONS, *SET_ASIDE_REASONS), description="Why the file is not simply landed"
    )
    detail: pl.String = pa.Field(nullable=True, description="What was found and what was expected")
    duplicate_of_day: pl.Date = pa.Field(nullable=True, description="Landing day of the first arrival")
    duplicate_of_path: pl.String = pa.Field(nullable=True, description="Path of the first arrival")

    set_aside_with_reason = row_check(
        "set_aside_with_reason",
        "(status IN ('landed', 'duplicate')) = (reason IS NULL)",
        "files that are not read, and only they, say why",
    )
    duplicate_of_a_file = row_check(
        "duplicate_of_a_file",
        "(status = 'duplicate') = (duplicate_of_path IS NOT NULL AND duplicate_of_day IS NOT NULL)",
        "duplicates, and only they, name the first arrival",
    )
    first_came_first = row_check(
        "first_came_first", "duplicate_of_day <= landing_day", "the first arrival is not of a later day"
    )

    class Config:
        name = "file_register"
        unique = ["path"]
        metadata = {"partition_by": ["landing_day"]}
