"""Two states of the same figures, before and after, brought together by their keys."""

from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F


def compare(before: DataFrame, after: DataFrame, keys: Sequence[str]) -> DataFrame:
    """Sum all other columns per key on both sides, and keep the keys on which a sum differs.

    Args:
        before: keys and measures; a key may have several rows, and may be null.
        after: the same columns.
        keys: names of the key columns; all other columns are measures, which are numbers.

    Returns:
        The keys, and each measure as <measure>_before and <measure>_after; what a side does not have counts as zero.
    """
    measures = [name for name in before.columns if name not in keys]
    sides = [
        frame.select(
            *keys,
            *[
                (F.col(name) if side == own else F.lit(0).cast(frame.schema[name].dataType)).alias(f"{name}_{side}")
                for name in measures
                for side in ("before", "after")
            ],
        )
        for own, frame in (("before", before), ("after", after))
    ]
    columns = [f"{name}_{side}" for name in measures for side in ("before", "after")]
    differs = " OR ".join(f"{name}_before != {name}_after" for name in measures)
    sums = sides[0].unionByName(sides[1]).groupBy(*keys).agg(*[F.sum(name).alias(name) for name in columns])
    return sums.where(differs)
