"""Before and after: what a change of prices does to priced calls, summed by any columns."""

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from operator import or_

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

EXACT_TOTAL = "decimal(28,10)"
MEASURES = {"calls": "long", "talk_s": "long", "billed_s": "long", "charge": EXACT_TOTAL}
"""Columns of both sides that are summed, those of daily_aggregates, and their types."""


def usage_of(priced: DataFrame) -> DataFrame:
    """Calls from price_calls as rows that `compare` can sum: each is one call, without charge if it has no price."""
    return priced.withColumns(
        {
            "calls": F.lit(1).cast("long"),
            **{name: F.coalesce(name, F.lit(0)) for name in ("billed_s", "charge")},
        }
    )


def compare(
    before: DataFrame, after: DataFrame, keys: Sequence[str], measures: Mapping[str, str] = MEASURES
) -> DataFrame:
    """Sum both sides by the keys and put the sums beside each other.

    Args:
        before: rows with the keys and measures, such as daily_aggregates or `usage_of(price_calls(...))`.
        after: the same columns.
        keys: columns to sum by; null is a value like any other. No keys: one row of totals.
        measures: columns that are summed, and their types; the charge is always one of them.

    Returns:
        The keys; for each measure `<measure>_before` and `<measure>_after`, 0 where a side has no row; and
        `difference`, charge_after - charge_before. Seconds are long, charges decimal(28,10) and exact. One row per
        key, in no particular order.
    """
    both = _side(before, keys, "before", "after", measures).unionByName(_side(after, keys, "after", "before", measures))
    sums = [
        F.coalesce(F.sum(f"{measure}_{side}"), F.lit(0)).cast(kind).alias(f"{measure}_{side}")
        for measure, kind in measures.items()
        for side in ("before", "after")
    ]
    difference = (F.col("charge_after") - F.col("charge_before")).cast(EXACT_TOTAL)
    return both.groupBy(*keys).agg(*sums).withColumn("difference", difference)


def changed(compared: DataFrame, measures: Iterable[str] = MEASURES) -> DataFrame:
    """The rows of `compare` in which a measure differs."""
    return compared.where(reduce(or_, [F.col(f"{name}_before") != F.col(f"{name}_after") for name in measures]))


def _side(rows: DataFrame, keys: Sequence[str], side: str, other: str, measures: Mapping[str, str]) -> DataFrame:
    mine = [F.col(measure).cast(kind).alias(f"{measure}_{side}") for measure, kind in measures.items()]
    nothing = [_zero(kind).alias(f"{measure}_{other}") for measure, kind in measures.items()]
    return rows.select(*keys, *mine, *nothing)


def _zero(kind: str) -> Column:
    return F.lit(0).cast(kind)
