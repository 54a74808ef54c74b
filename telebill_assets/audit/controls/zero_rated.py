"""Zero-rated calls: a price of nothing is either an offer or a hole in the rate deck."""

import polars as pl

from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.controls.control import Control, percent
from telebill_assets.audit.controls.thresholds import Thresholds

ZERO_RATED = Control("zero_rated", "Only the usual share of talk time is priced at nothing", blocking=False)
SHOWN = 10


def zero_rated(aggregates: pl.DataFrame | pl.LazyFrame, thresholds: Thresholds) -> CheckResult:
    """Share of talk seconds in daily_aggregates whose charge is zero, with the destinations that have most of them."""
    free_s = pl.col("talk_s").filter(pl.col("charge") == 0).sum().alias("free_s")
    found = aggregates.lazy().group_by("destination").agg(pl.col("talk_s").sum(), free_s).collect()
    talk_s, free = int(found["talk_s"].sum()), int(found["free_s"].sum())
    share = percent(free, talk_s)
    most = found.filter(pl.col("free_s") > 0).sort("free_s", "destination", descending=[True, False]).head(SHOWN)
    rows = most.rows(named=True)
    return ZERO_RATED.result(
        passed=share <= thresholds.zero_rated_percent,
        figure=f"{free:,} of {talk_s:,} talk seconds ({share} %) cost nothing",
        threshold=f"{thresholds.zero_rated_percent} %",
        failures={row["destination"]: row["free_s"] for row in rows},
        breakdown={row["destination"]: f"{row['free_s']:,} of {row['talk_s']:,} s" for row in rows},
    )
