"""The controls of validated_usage: are the day's calls plausible, timely and each there once?"""

from pyspark.sql import DataFrame, Observation
from pyspark.sql import functions as F

from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.controls.plausibility import (
    DURATIONS,
    LATE,
    TIMES,
    WRONG_TIME_REASONS,
    duration_plausibility,
    late_arrivals,
    observe_calls,
    time_plausibility,
)
from telebill_assets.audit.controls.similar_calls import SIMILAR, similar_calls
from telebill_assets.compute.context import JobContext
from telebill_assets.compute.controls.thresholds import published_thresholds

CONTROLS = (DURATIONS, TIMES, LATE, SIMILAR)


def observe(context: JobContext, calls: DataFrame) -> tuple[DataFrame, Observation]:
    """The calls, counted while they are written."""
    return observe_calls(calls, context.partition, published_thresholds(context))


def check(context: JobContext, observed: Observation, calls: DataFrame, ledger: DataFrame) -> list[CheckResult]:
    """Judge the day's calls: what was observed while they were written, the written calls, the stage's ledger."""
    thresholds, counts = published_thresholds(context), observed.get
    wrong_time = F.col("reason").isin(*WRONG_TIME_REASONS)
    by_source = ledger.groupBy("source").agg(
        F.sum("records").alias("records"), F.sum(F.when(wrong_time, F.col("records"))).alias("wrong")
    )
    rows = by_source.collect()
    return [
        duration_plausibility(counts, thresholds),
        time_plausibility(
            {row["source"]: row["records"] for row in rows},
            {row["source"]: row["wrong"] for row in rows if row["wrong"]},
            thresholds,
        ),
        late_arrivals(counts, thresholds),
        similar_calls(calls, counts["calls"], thresholds),
    ]
