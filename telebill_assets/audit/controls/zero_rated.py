"""Zero-rated calls: a price of nothing is either an offer or a hole in the rate deck."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.controls.control import Control, percent
from telebill_assets.audit.controls.thresholds import Thresholds

ZERO_RATED = Control("zero_rated", "Only the usual share of talk time is priced at nothing", blocking=False)
SHOWN = 10


def zero_rated(aggregates: DataFrame, thresholds: Thresholds) -> CheckResult:
    """Share of talk seconds in daily_aggregates whose charge is zero, with the destinations that have most of them."""
    free = F.when(F.col("charge") == 0, F.col("talk_s")).otherwise(0)
    by_destination = aggregates.groupBy("destination").agg(F.sum("talk_s").alias("talk_s"), F.sum(free).alias("free_s"))
    rows = by_destination.where("free_s > 0").orderBy(F.desc("free_s"), "destination").limit(SHOWN).collect()
    total = aggregates.agg(
        F.coalesce(F.sum("talk_s"), F.lit(0)).alias("talk_s"), F.coalesce(F.sum(free), F.lit(0)).alias("free_s")
    ).first()
    talk_s, free_s = (total["talk_s"], total["free_s"]) if total else (0, 0)
    share = percent(free_s, talk_s)
    return ZERO_RATED.result(
        passed=share <= thresholds.zero_rated_percent,
        figure=f"{free_s:,} of {talk_s:,} talk seconds ({share} %) cost nothing",
        threshold=f"{thresholds.zero_rated_percent} %",
        failures={row["destination"]: row["free_s"] for row in rows},
        breakdown={row["destination"]: f"{row['free_s']:,} of {row['talk_s']:,} s" for row in rows},
    )
