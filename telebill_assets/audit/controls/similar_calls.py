"""Similar calls: two records of one call that no key connects, because two systems wrote it.

The calls of a day are compared across all its files: each task gives its `candidates`, all candidates of a pair of
numbers come to one place, `alike` finds the similar ones there, and the findings of all places are added up.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.controls.control import SAMPLES, Control, percent
from telebill_assets.audit.controls.thresholds import Thresholds
from telebill_assets.tables.types import unix_seconds

SIMILAR = Control("similar_calls", "Hardly any call of the day looks like another one of the day", blocking=False)
START_S, TALK_S = 2, 1


@dataclass(frozen=True)
class SimilarCalls:
    """How many calls are like another one, and the first of them as path and line."""

    calls: int
    first: Sequence[tuple[str, int]]

    @classmethod
    def total(cls, parts: Iterable["SimilarCalls"]) -> "SimilarCalls":
        """The findings about different pairs of numbers as one."""
        found = list(parts)
        return cls(sum(part.calls for part in found), sorted(row for part in found for row in part.first)[:SAMPLES])


def candidates(calls: pl.DataFrame) -> pl.DataFrame:
    """What must be compared of calls of validated_usage: pair (a hash of both numbers), start_s, talk_s, path, line.

    Messages are alike by nature and left out. Paths are categories, so that a path is sent once and not per call.
    """
    return calls.filter(pl.col("caller").is_not_null() & (pl.col("usage_type") != "sms")).select(
        pl.struct("caller", "callee").hash().alias("pair"),
        unix_seconds("start_at").cast(pl.UInt32).alias("start_s"),
        pl.col("talk_s").cast(pl.UInt32),
        pl.col("path").cast(pl.Categorical),
        pl.col("line").cast(pl.UInt32),
    )


def alike(calls: pl.DataFrame) -> SimilarCalls:
    """Calls with the numbers of the call before, a start within 2 s of it and a duration within 1 s of its.

    Args:
        calls: all `candidates` of some pairs of numbers.
    """
    shared = calls.filter(pl.col("pair").is_duplicated()).with_columns(
        pl.col("start_s", "talk_s").cast(pl.Int64), pl.col("path").cast(pl.String)
    )
    in_order = shared.sort("pair", "start_s", "talk_s", "path", "line")
    same_pair = pl.col("pair") == pl.col("pair").shift()
    after_s, longer_s = pl.col("start_s").diff(), pl.col("talk_s").diff().abs()
    found = in_order.filter(same_pair & (after_s <= START_S) & (longer_s <= TALK_S)).select("path", "line")
    return SimilarCalls(found.height, found.sort("path", "line").head(SAMPLES).rows())


def similar_calls(found: SimilarCalls, total: int, thresholds: Thresholds) -> CheckResult:
    """Judge the share of the day's calls that are like another one.

    Args:
        found: the similar calls of the day.
        total: how many calls the day has.
        thresholds: the configured thresholds.
    """
    share = percent(found.calls, total)
    return SIMILAR.result(
        passed=share <= thresholds.similar_calls_percent,
        figure=f"{found.calls:,} of {total:,} calls ({share} %) are like another",
        threshold=f"{thresholds.similar_calls_percent} %",
        failures={"calls": found.calls},
        samples=[f"{path} line {line}" for path, line in found.first],
    )
