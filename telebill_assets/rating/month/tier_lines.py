"""Tiers of a month: what they charge, and the calls' own charges that they replace."""

from collections.abc import Mapping
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any

import polars as pl

from telebill_assets.rating.month import tiers as tier_rules
from telebill_assets.rating.month.allowance_lines import counted, shown_unit
from telebill_assets.rating.month.allowances import Used
from telebill_assets.rating.month.charge_kind import ChargeKind
from telebill_assets.rating.month.exact import CHARGE, CHARGE_DECIMALS, QUANTITY, decimal, half_up, rounded, whole
from telebill_assets.rating.month.month import Month
from telebill_assets.rating.month.month_usage import charge_of
from telebill_assets.rating.month.subscriptions import active_plans
from telebill_assets.rating.month.tiers import VOLUME, tier_charges, tiers_frame
from telebill_assets.rating.month.usage_lines import hyphenated
from telebill_assets.rating.tariff import Tariff

UNIT_SIZES = {"s": 1, "min": 60, "call": 1, "message": 1}
"""Units of month_usage in one priced unit."""
KEYS = ("account_id", "plan_id", "currency", "tiers")
WORDS = pl.Schema(
    {"schedule": pl.String, "tier": pl.Int64, "product": pl.String, "label": pl.String, "unit": pl.String}
)


def tier_lines(usage: Used, tariff: Tariff, month: Month) -> pl.DataFrame:
    """Lines of the tiers, after allowances.

    A negative line per jurisdiction takes off what the calls cost by their own rates; then each tier has a line for
    its part of the month's usage, and one for its flat price. An account whose calls all lie in the first tier, or
    that made none, pays the first flat price.

    Args:
        usage: made by `month_usage`.
        tariff: the published tariff.
        month: the billing month.
    """
    tiered = usage.events.filter(pl.col("tiers").is_not_null())
    return pl.concat([_replaced(tiered), _priced(tiered, tariff, month)], how="diagonal")


def _replaced(tiered: pl.DataFrame) -> pl.DataFrame:
    """What calls that tiers price cost by their own rates, taken off."""
    left = pl.col("charge") - charge_of(pl.col("units") - pl.col("over"))
    summed = (
        tiered.with_columns(replaced=left)
        .group_by(*KEYS, "jurisdiction", "unit")
        .agg(
            pl.col("replaced").sum(),
            pl.col("over").sum(),
            pl.col("call_date").min().alias("service_from"),
            pl.col("call_date").max().alias("service_to"),
        )
    )
    names = ["account_id", pl.lit("tier"), "plan_id", "tiers", "jurisdiction"]
    words = pl.format("{}: calls priced by tiers instead, {}", "tiers", hyphenated("jurisdiction"))
    return summed.filter(pl.col("replaced") != 0).select(
        *("account_id", "plan_id", "currency", "jurisdiction", "service_from", "service_to"),
        pl.concat_str(names, separator="-").alias("line_id"),
        pl.lit("tier").alias("line_kind"),
        pl.format("usage_{}", "jurisdiction").alias("product"),
        words.alias("description"),
        counted(pl.col("over"), pl.col("unit")).alias("quantity"),
        shown_unit(pl.col("unit")).alias("unit"),
        (-pl.col("replaced")).cast(CHARGE).alias("exact_amount"),
    )


def _priced(tiered: pl.DataFrame, tariff: Tariff, month: Month) -> pl.DataFrame:
    """A line for the part of the usage that lies in a tier, and one for its flat price."""
    declared = _declared(tariff)
    sizes = {name: (tiers[0]["model"], UNIT_SIZES[tiers[0]["unit"]], tiers) for name, tiers in declared.items()}
    words = pl.DataFrame(_words(declared), schema=WORDS, orient="row")
    priced = tier_charges(_quantities(tiered, tariff, month), tiers_frame(sizes))
    lines = priced.join(words, on=["schedule", "tier"]).with_columns(line_kind=pl.lit("tier"))
    common = ["account_id", "plan_id", "currency", "product", "service_from", "service_to", "line_kind"]
    line_id = pl.concat_str("account_id", pl.lit("tier"), "plan_id", "tiers", "tier", separator="-")
    name = pl.format("{}: {}", "tiers", "label")
    metered = lines.filter(pl.col("part") > 0).select(
        *common,
        line_id.alias("line_id"),
        name.alias("description"),
        pl.coalesce(pl.col("blocks").cast(QUANTITY), _in_priced_units(pl.col("part"))).alias("quantity"),
        pl.when(pl.col("blocks").is_null()).then("unit").otherwise(pl.lit("pcs")).alias("unit"),
        pl.col("unit_price"),
        rounded(pl.col("metered"), CHARGE_DECIMALS).cast(CHARGE).alias("exact_amount"),
    )
    flat = lines.filter(pl.col("flat") > 0).select(
        *common,
        (line_id + "-flat").alias("line_id"),
        (name + ", flat price").alias("description"),
        pl.lit(1).cast(QUANTITY).alias("quantity"),
        pl.lit("pcs").alias("unit"),
        pl.col("flat").cast(tier_rules.PRICE).alias("unit_price"),
        pl.col("flat").cast(CHARGE).alias("exact_amount"),
    )
    return pl.concat([metered, flat])


def _in_priced_units(part: pl.Expr) -> pl.Expr:
    """Units of month_usage as the tier prices them, with six decimals: 100 s are 1.666667 min."""
    finer = 10 ** (tier_rules.QUANTITY.scale - QUANTITY.scale)
    units = whole(part, tier_rules.QUANTITY.scale)
    return decimal(half_up(units, pl.col("unit_size").cast(pl.Int128) * finer), QUANTITY)


def _quantities(tiered: pl.DataFrame, tariff: Tariff, month: Month) -> pl.DataFrame:
    """What every account of a plan with tiers used of them, which may be nothing."""
    known = tariff.frame("plan_tiers").select("plan_id", "tiers").unique()
    subscribed = active_plans(tariff, month).join(known, on="plan_id")
    used = tiered.group_by(*KEYS).agg(
        pl.col("over").sum(), pl.col("call_date").min().alias("first"), pl.col("call_date").max().alias("last")
    )
    return subscribed.join(used, on=KEYS, how="full", coalesce=True).select(
        *KEYS,
        pl.concat_str("plan_id", "tiers", separator="|").alias("schedule"),
        pl.col("over").fill_null(0).cast(tier_rules.QUANTITY).alias("quantity"),
        pl.coalesce("first", "active_from").alias("service_from"),
        pl.coalesce("last", "active_to").alias("service_to"),
    )


def _declared(tariff: Tariff) -> dict[str, list[dict[str, Any]]]:
    """The tiers of every list of every plan, lowest first, by plan and name."""
    key = itemgetter("plan_id", "tiers")
    rows = sorted(tariff.tables["plan_tiers"].to_pylist(), key=lambda row: (*key(row), row["tier"]))
    return {"|".join(names): list(tiers) for names, tiers in groupby(rows, key=key)}


def _words(declared: Mapping[str, list[dict[str, Any]]]) -> list[tuple[Any, ...]]:
    """What lines of a tier say, as rows of WORDS."""
    return [
        (name, tier["tier"], tier["product"], _label(before["up_to"] if before else Decimal(0), tier), tier["unit"])
        for name, tiers in declared.items()
        for before, tier in zip([None, *tiers], tiers, strict=False)
    ]


def _label(start: Decimal, tier: Mapping[str, Any]) -> str:
    """Such as 'from 100 to 500 min, by 10 min'."""
    unit, end, increment = tier["unit"], tier["up_to"], tier["increment"]
    reach = f"from {_plain(start)} {unit}" if end is None else f"from {_plain(start)} to {_plain(end)} {unit}"
    if tier["model"] == VOLUME:
        reach = f"all at the price {reach}"
    return reach if increment is None else f"{reach}, by {_plain(increment)} {unit}"


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


TIER = ChargeKind(
    line_kinds=("tier",),
    lines=lambda given: tier_lines(given.usage, given.tariff, given.month),
    product="that of the calls on credits for their own charges; else the one that the tiers name",
    reads=("plan_tiers", "subscriptions", "plans"),
    declared_in="plan_tiers",
)
