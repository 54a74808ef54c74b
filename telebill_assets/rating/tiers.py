"""Tiers: what a quantity costs that is priced by how much of it there is, not unit by unit.

Production months and `telebill quote` both price by `tier_charges`.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

GRADUATED, VOLUME, PACKAGE = "graduated", "volume", "package"
QUANTITY = "decimal(18,8)"
PRICE = "decimal(18,10)"
BLOCKS = "decimal(18,0)"
TIER_CHARGE = "decimal(36,18)"
TIER_COLUMNS = (
    f"schedule string, model string, tier int, above {QUANTITY}, up_to {QUANTITY}, unit_price {PRICE}, flat {PRICE}, "
    f"increment {QUANTITY}, unit_size decimal(2,0)"
)


Schedule = tuple[str, int, Sequence[Mapping[str, Any]]]
"""Model, units of quantity in one priced unit (60 if seconds are priced by the minute), and tiers."""


def tiers_frame(spark: SparkSession, schedules: Mapping[str, Schedule]) -> DataFrame:
    """Tiers as `tier_charges` takes them.

    Args:
        spark: the session.
        schedules: by name. Their tiers have up_to, unit_price, flat and increment in priced units, lowest first.
            up_to is cumulative and inclusive; null has no end. A null increment sells exact fractions.
    """
    rows: list[tuple[Any, ...]] = []
    for name, (model, size, tiers) in schedules.items():
        above = Decimal(0)
        for number, tier in enumerate(tiers, start=1):
            up_to, increment = (None if tier[key] is None else tier[key] * size for key in ("up_to", "increment"))
            prices = (tier[key] or Decimal(0) for key in ("unit_price", "flat"))
            rows.append((name, model, number, above, up_to, *prices, increment, Decimal(size)))
            above = up_to if up_to is not None else above
    return spark.createDataFrame(rows, TIER_COLUMNS)


def tier_charges(quantities: DataFrame, tiers: DataFrame) -> DataFrame:
    """Price quantities by their schedule of tiers.

    `graduated` and `package`: each tier prices the part of the quantity that lies in it, and the flat price of
    every tier that is reached is due. `volume`: the tier that holds the quantity prices all of it. The first tier
    is always reached. A tier with an increment sells whole increments; the last is started, not finished.

    Args:
        quantities: schedule, quantity (decimal(18,8), not negative), and columns to keep.
        tiers: made by `tiers_frame`.

    Returns:
        One row per quantity and tier that prices it: the quantity's columns, tier, above, up_to, unit_price, increment,
        unit_size, part (of the quantity), blocks (started increments; null without increment), metered (price
        of the part) and flat, both decimal(36,18) and exact unless unit_size divides them.
    """
    first, reached = F.col("tier") == 1, F.col("quantity") > F.col("above")
    held = F.col("quantity") <= F.coalesce("up_to", "quantity")
    volume = F.col("model") == VOLUME
    in_tier = F.least("quantity", F.coalesce("up_to", "quantity")) - F.col("above")
    part = F.when(volume, F.col("quantity")).otherwise(in_tier)
    priced = (
        quantities.join(F.broadcast(tiers), "schedule")
        .where((first | reached) & (held | ~volume))
        .withColumn("part", part.cast(QUANTITY))
        .withColumn("blocks", _started(F.col("part"), F.col("increment")))
    )
    by_block = (F.col("blocks") * F.col("unit_price")).cast(TIER_CHARGE)
    by_unit = (F.col("part") * F.col("unit_price") / F.col("unit_size")).cast(TIER_CHARGE)
    return priced.select(
        *quantities.columns,
        *("tier", "above", "up_to", "unit_price", "increment", "unit_size", "part", "blocks"),
        F.when(F.col("increment").isNull(), by_unit).otherwise(by_block).alias("metered"),
        F.col("flat").cast(TIER_CHARGE).alias("flat"),
    )


def beyond_the_last_tier(quantity: Decimal, ends: Iterable[Decimal | None]) -> bool:
    """Whether no tier holds a quantity, because the last one ends before it."""
    return all(end is not None and quantity > end for end in ends)


def _started(part: Column, increment: Column) -> Column:
    """Whole increments that hold the part."""
    begun = F.when(part % increment > 0, 1).otherwise(0)
    return (F.call_function("div", part, increment) + begun).cast(BLOCKS)
