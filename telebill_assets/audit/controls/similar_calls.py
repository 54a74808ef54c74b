"""Similar calls: two records of one call that no key connects, because two systems wrote it."""

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.controls.control import SAMPLES, Control, percent
from telebill_assets.audit.controls.thresholds import Thresholds

SIMILAR = Control("similar_calls", "Hardly any call of the day looks like another one of the day", blocking=False)
START_S, TALK_S = 2, 1
SLOT_S = 60


def similar_calls(calls: DataFrame, total: int, thresholds: Thresholds) -> CheckResult:
    """Calls with the numbers of the call before, a start within 2 s of it and a duration within 1 s of its.

    Args:
        calls: validated_usage of one landing day.
        total: how many calls that is.
        thresholds: the configured thresholds.
    """
    alike = _alike(calls).persist()
    try:
        found = alike.count()
        rows = alike.orderBy("path", "line").limit(SAMPLES).collect() if found else []
    finally:
        alike.unpersist()
    share = percent(found, total)
    return SIMILAR.result(
        passed=share <= thresholds.similar_calls_percent,
        figure=f"{found:,} of {total:,} calls ({share} %) are like another",
        threshold=f"{thresholds.similar_calls_percent} %",
        failures={"calls": found},
        samples=[f"{row['path']} line {row['line']}" for row in rows],
    )


def _alike(calls: DataFrame) -> DataFrame:
    """Messages are alike by nature. Only calls that share their numbers and minute with another one are sorted."""
    keyed = calls.where("caller IS NOT NULL AND usage_type != 'sms'").select(
        "caller", "callee", F.unix_timestamp("start_at").alias("start_s"), "talk_s", "path", "line"
    )
    near_the_next = keyed.where(F.col("start_s") % SLOT_S >= SLOT_S - START_S)  # is compared there as well
    slotted = _in_slot(keyed, 0).union(_in_slot(near_the_next, 1))
    shared = slotted.groupBy("slot").count().where("count > 1").select("slot")
    in_order = Window.partitionBy("slot").orderBy("start_s", "talk_s", "path", "line")
    return (
        slotted.join(shared, "slot", "left_semi")
        .withColumn("after_s", F.col("start_s") - F.lag("start_s").over(in_order))
        .withColumn("longer_s", F.abs(F.col("talk_s") - F.lag("talk_s").over(in_order)))
        .where(f"after_s <= {START_S} AND longer_s <= {TALK_S}")
        .select("path", "line")
        .distinct()
    )


def _in_slot(calls: DataFrame, later: int) -> DataFrame:
    """The calls with a hash of their numbers and minute, or of a later one."""
    minute = F.floor(F.col("start_s") / SLOT_S) + later
    return calls.select(F.xxhash64("caller", "callee", minute).alias("slot"), "start_s", "talk_s", "path", "line")
