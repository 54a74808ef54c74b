"""Tiers: what a quantity costs that is priced by how much of it there is, not unit by unit.

Production months and `telebill quote` both price by `tier_charges`.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import polars as pl

from telebill_assets.rating.month.exact import decimal, half_up, whole

GRADUATED, VOLUME, PACKAGE = "graduated", "volume", "package"
QUANTITY = pl.Decimal(18, 8)
PRICE = pl.Decimal(18, 10)
BLOCKS = pl.Decimal(18, 0)
TIER_CHARGE = pl.Decimal(36, 18)
TIER_COLUMNS = pl.Schema(
    {
        "schedule": pl.String(),
        "model": pl.String(),
        "tier": pl.Int64(),
        "above": QUANTITY,
        "up_to": QUANTITY,
        "unit_price": PRICE,
        "flat": PRICE,
        "increment": QUANTITY,
        "unit_size": pl.Int64(),
    }
)


Schedule = tuple[str, int, Sequence[Mapping[str, Any]]]
"""Model, units of quantity in one priced unit (60 if seconds are priced by the minute), and tiers."""


def tiers_frame(schedules: Mapping[str, Schedule]) -> pl.DataFrame:
    """Tiers as `tier_charges` takes them.

    Args:
        schedules: by name. Their tiers have up_to, unit_price, flat and increment in priced units, lowest first.
            up_to is cumulative and inclusive; null has no end. A null increment sells exact fractions.
    """
    rows: list[tuple[Any, ...]] = []
    for name, (model, size, tiers) in schedules.items():
        above = Decimal(0)
        for number, tier in enumerate(tiers, start=1):
            up_to, increment = (None if tier[key] is None else tier[key] * size for key in ("up_to", "increment"))
            prices = (tier[key] or Decimal(0) for key in ("unit_price", "flat"))
            rows.append((name, model, number, above, up_to, *prices, increment, size))
            above = up_to if up_to is not None else above
    return pl.DataFrame(rows, schema=TIER_COLUMNS, orient="row")


def tier_charges(quantities: pl.DataFrame, tiers: pl.DataFrame) -> pl.DataFrame:
    """Price quantities by their schedule of tiers.

    `graduated` and `package`: each tier prices the part of the quantity that lies in it, and the flat price of
    every tier that is reached is due. `volume`: the tier that holds the quantity prices all of it. The first tier
    is always reached. A tier with an increment sells whole increments; the last is started, not finished.

    Args:
        quantities: schedule, quantity (QUANTITY, not negative), and columns to keep.
        tiers: made by `tiers_frame`.

    Returns:
        One row per quantity and tier that prices it: the quantity's columns, tier, above, up_to, unit_price, increment,
        unit_size, part (of the quantity), blocks (started increments; null without increment), metered (price
        of the part) and flat, both TIER_CHARGE and exact unless unit_size divides them.
    """
    first, reached = pl.col("tier") == 1, pl.col("quantity") > pl.col("above")
    top = pl.min_horizontal("quantity", "up_to")
    volume = pl.col("model") == VOLUME
    part, increment = (whole(pl.col(name), QUANTITY.scale) for name in ("part", "increment"))
    price = whole(pl.col("unit_price"), PRICE.scale)
    by_unit = half_up(part * price, pl.col("unit_size").cast(pl.Int128))
    by_block = whole(pl.col("blocks"), 0) * price * 10**QUANTITY.scale
    return (
        quantities.join(tiers, on="schedule")
        .filter(first | reached, (pl.col("quantity") == top) | ~volume)
        .with_columns(part=pl.when(volume).then("quantity").otherwise(top - pl.col("above")).cast(QUANTITY))
        .with_columns(blocks=decimal((part + increment - 1) // increment, BLOCKS))
        .select(
            *quantities.columns,
            *("tier", "above", "up_to", "unit_price", "increment", "unit_size", "part", "blocks"),
            decimal(pl.coalesce(by_block, by_unit), TIER_CHARGE).alias("metered"),
            pl.col("flat").cast(TIER_CHARGE),
        )
    )


def beyond_the_last_tier(quantity: Decimal, ends: Iterable[Decimal | None]) -> bool:
    """Whether no tier holds a quantity, because the last one ends before it."""
    return all(end is not None and quantity > end for end in ends)
