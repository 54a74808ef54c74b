"""Before and after: what a change of prices does to priced calls, summed by any columns."""

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

EXACT_TOTAL = pl.Decimal(28, 10)
MEASURES: Mapping[str, pl.DataType] = {
    "calls": pl.Int64(),
    "talk_s": pl.Int64(),
    "billed_s": pl.Int64(),
    "charge": EXACT_TOTAL,
}
"""Columns of both sides that are summed, those of daily_aggregates, and their types."""


def usage_of(priced: pl.DataFrame) -> pl.DataFrame:
    """Priced calls as rows that `compare` can sum: each is one call, without charge if it has no price."""
    return priced.with_columns(pl.lit(1, pl.Int64).alias("calls"), pl.col("billed_s", "charge").fill_null(0))


def compare(
    before: pl.DataFrame,
    after: pl.DataFrame,
    keys: Sequence[str],
    measures: Mapping[str, pl.DataType] = MEASURES,
) -> pl.DataFrame:
    """Sum both sides by the keys and put the sums beside each other.

    The sides may be sums already, of parts of the rows: what is compared is the same.

    Args:
        before: rows with the keys and measures, such as daily_aggregates or `usage_of(price_calls(...))`.
        after: the same columns.
        keys: columns to sum by; null is a value like any other. No keys: one row of totals.
        measures: columns that are summed, and their types; the charge is always one of them.

    Returns:
        The keys; for each measure `<measure>_before` and `<measure>_after`, 0 where a side has no row; and
        `difference`, charge_after - charge_before. Seconds are whole, charges EXACT_TOTAL and exact. One row per
        key, in no particular order.
    """
    sides = {"before": before, "after": after}
    both = pl.concat(
        [
            frame.select(*keys, *[pl.col(name).cast(kind).alias(f"{name}_{side}") for name, kind in measures.items()])
            for side, frame in sides.items()
        ],
        how="diagonal",
    )
    sums = [pl.col(f"{name}_{side}").sum().cast(kind) for name, kind in measures.items() for side in sides]
    summed = both.group_by(keys).agg(sums) if keys else both.select(sums)
    difference = (pl.col("charge_after") - pl.col("charge_before")).cast(EXACT_TOTAL)
    return summed.with_columns(difference=difference)


def changed(compared: pl.DataFrame, measures: Iterable[str] = MEASURES) -> pl.DataFrame:
    """The rows of `compare` in which a measure differs."""
    return compared.filter(
        pl.any_horizontal([pl.col(f"{name}_before") != pl.col(f"{name}_after") for name in measures])
    )
