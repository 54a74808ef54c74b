"""The controls of raw_cdr: the files of the day beside those of the days before."""

from datetime import date, timedelta

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.controls.files import (
    DUPLICATES,
    EXPECTED,
    SEQUENCE,
    TRAILERS,
    SourceFiles,
    duplicate_files,
    expected_files,
    file_sequence,
    trailer_totals,
)
from telebill_assets.audit.together import together
from telebill_assets.compute.context import JobContext
from telebill_assets.compute.controls.thresholds import published_thresholds
from telebill_assets.mediation.sequences import CLOCK_SHAPED
from telebill_assets.tables.file_register import FileRegister
from telebill_assets.tables.reference.sources import Sources

SIXTY = 60
CONTROLS = (EXPECTED, SEQUENCE, DUPLICATES, TRAILERS)


def check(context: JobContext, registered: DataFrame, by_file: DataFrame) -> list[CheckResult]:
    """Judge the day's files: their new rows in file_register, and the seconds (`talk_s`) that raw_cdr has of each."""
    day, thresholds = context.partition, published_thresholds(context)
    files = _days_before(context, day, max(thresholds.silent_days, thresholds.sequence_days)).unionByName(registered)
    counted = files.groupBy("source", F.col("landing_day").alias("day"), "status").agg(F.count("*").alias("files"))
    by_status = [SourceFiles(**row.asDict()) for row in counted.collect()]
    sources = context.lake.read_arrow(Sources)["source"].to_pylist()
    numbered = files.where(F.col("landing_day") >= F.lit(day - timedelta(days=thresholds.sequence_days)))
    return together(
        lambda: expected_files(by_status, sources, day, thresholds),
        lambda: file_sequence(_without_clocks(numbered), day, thresholds),
        lambda: duplicate_files(by_status, day, thresholds),
        lambda: _trailers(registered, by_file),
    )


def _days_before(context: JobContext, day: date, days: int) -> DataFrame:
    before = [day - timedelta(days=n) for n in range(1, days + 1)]
    return context.lake.read(context.spark, FileRegister, landing_day=before)


def _without_clocks(files: DataFrame) -> DataFrame:
    """Files but those whose numbers are times of day, by the rule of `sequences.is_clock`, without collecting them."""
    number = F.col("sequence_nr")
    numbers = files.where(F.col("series").rlike(CLOCK_SHAPED.pattern)).groupBy("series")
    in_sixties = (F.max(number % 100) < SIXTY) & (F.max((number / 100).cast("long") % 100) < SIXTY)
    crossed = (F.min(number) / 100).cast("long") < (F.max(number) / 100).cast("long")
    clocks = numbers.agg((in_sixties & crossed).alias("clock")).where("clock").select("series")
    return files.join(F.broadcast(clocks), "series", "left_anti")


def _trailers(registered: DataFrame, by_file: DataFrame) -> CheckResult:
    declaring = registered.where("status = 'landed' AND (declared_records IS NOT NULL OR declared_s IS NOT NULL)")
    return trailer_totals(declaring, by_file.select("path", F.col("talk_s").alias("seconds")))
