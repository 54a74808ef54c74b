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
from telebill_assets.compute.context import JobContext
from telebill_assets.compute.controls.thresholds import published_thresholds
from telebill_assets.mediation.sequences import CLOCK_SHAPED
from telebill_assets.schemas.file_register import FileRegister
from telebill_assets.schemas.reference.sources import Sources

SIXTY = 60
CONTROLS = (EXPECTED, SEQUENCE, DUPLICATES, TRAILERS)


def check(context: JobContext, registered: DataFrame, raw: DataFrame) -> list[CheckResult]:
    """Judge the day's files; `registered` and `raw` are the new rows of file_register and raw_cdr."""
    day, thresholds = context.partition, published_thresholds(context)
    files = _days_before(context, day, max(thresholds.silent_days, thresholds.sequence_days)).unionByName(registered)
    counted = files.groupBy("source", F.col("landing_day").alias("day"), "status").agg(F.count("*").alias("files"))
    by_status = [SourceFiles(**row.asDict()) for row in counted.collect()]
    sources = context.lake.read_arrow(Sources)["source"].to_pylist()
    numbered = files.where(F.col("landing_day") >= F.lit(day - timedelta(days=thresholds.sequence_days)))
    return [
        expected_files(by_status, sources, day, thresholds),
        file_sequence(_without_clocks(numbered), day, thresholds),
        duplicate_files(by_status, day, thresholds),
        _trailers(registered, raw),
    ]


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


def _trailers(registered: DataFrame, raw: DataFrame) -> CheckResult:
    """Seconds are summed only for files that declare something; most do not."""
    declaring = registered.where("status = 'landed' AND (declared_records IS NOT NULL OR declared_s IS NOT NULL)")
    counted = raw.join(F.broadcast(declaring.where("declared_s IS NOT NULL").select("path")), "path", "left_semi")
    return trailer_totals(declaring, counted.groupBy("path").agg(F.sum("talk_s").alias("seconds")))
