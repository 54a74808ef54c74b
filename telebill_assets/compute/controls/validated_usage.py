"""The controls of validated_usage: are the day's calls plausible, timely and each there once?"""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.controls.plausibility import (
    DURATIONS,
    LATE,
    TIMES,
    WRONG_TIME_REASONS,
    call_counts,
    duration_plausibility,
    late_arrivals,
    time_plausibility,
)
from telebill_assets.audit.controls.similar_calls import SIMILAR, similar_calls
from telebill_assets.audit.measure import Counts
from telebill_assets.compute.context import JobContext
from telebill_assets.compute.controls.thresholds import published_thresholds

CONTROLS = (DURATIONS, TIMES, LATE, SIMILAR)


def counts(context: JobContext) -> dict[str, Column]:
    """What is counted while the calls are written."""
    return call_counts(context.partition, published_thresholds(context))


def check(context: JobContext, counted: Counts, calls: DataFrame) -> list[CheckResult]:
    """Judge the day's calls: what was counted while they were written, and the written calls."""
    thresholds = published_thresholds(context)
    return [
        duration_plausibility(counted, thresholds),
        late_arrivals(counted, thresholds),
        similar_calls(calls, counted["calls"], thresholds),
    ]


def check_times(context: JobContext, ledger: DataFrame) -> CheckResult:
    """Judge the times of all records by the stage's ledger."""
    wrong_time = F.col("reason").isin(*WRONG_TIME_REASONS)
    by_source = ledger.groupBy("source").agg(
        F.sum("records").alias("records"), F.sum(F.when(wrong_time, F.col("records"))).alias("wrong")
    )
    rows = by_source.collect()
    return time_plausibility(
        {row["source"]: row["records"] for row in rows},
        {row["source"]: row["wrong"] for row in rows if row["wrong"]},
        published_thresholds(context),
    )
