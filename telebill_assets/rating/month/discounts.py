"""Discounts of a plan: one after the other in the plan's order, each on what the earlier ones have left."""

from typing import Any

import polars as pl

from telebill_assets.rating.month.charge_kind import ChargeKind
from telebill_assets.rating.month.exact import (
    AMOUNT,
    CHARGE,
    CHARGE_DECIMALS,
    QUANTITY,
    decimal,
    half_up,
    rounded,
    whole,
)
from telebill_assets.rating.month.month import Month
from telebill_assets.rating.month.month_usage import ANY, group_names
from telebill_assets.rating.month.plan_charges import KEYS, counts, plan_charges
from telebill_assets.rating.tariff import Tariff

PERCENT = pl.Decimal(18, 8)
RULES = pl.Schema(
    {
        "plan_id": pl.String(),
        "discount": pl.String(),
        "position": pl.Int64(),
        "percent": PERCENT,
        "fixed": AMOUNT,
        "scope": pl.String(),
        "groups": pl.List(pl.String),
    }
)


def discount_lines(lines: pl.DataFrame, tariff: Tariff, month: Month) -> pl.DataFrame:
    """Negative lines, one per account, discount and product (and destination group, if a discount names it).

    The base is the sum of the rounded lines in scope, so that an invoice can be checked with its own figures. A
    percentage is taken of each product's base and rounded once. An amount is used up by the products, the largest
    first. Nothing is discounted below zero.

    Args:
        lines: charge lines with their rounded amount: usage, allowances, tiers and fees.
        tariff: the published tariff.
        month: the billing month; a discount holds in the months from valid_from to valid_to.
    """
    charges = plan_charges(lines, tariff)
    found = [_taken_off(charges, pl.DataFrame([], schema=RULES))]
    rules = pl.DataFrame(_rules(tariff, month), schema=RULES, orient="row").sort("position")
    for _, discounts in rules.group_by("position", maintain_order=True):
        found.append(_taken_off(charges, discounts))
        charges = _less(charges, found[-1])
    group = (
        pl.when(pl.col("destination_group") == ANY)
        .then(pl.lit(""))
        .otherwise(pl.lit(", ") + pl.col("destination_group"))
    )
    names = ["account_id", pl.lit("discount"), "plan_id", "discount", "product", "destination_group"]
    return pl.concat(found).select(
        *("account_id", "plan_id", "currency", "product", "service_from", "service_to"),
        pl.concat_str(names, separator="-").alias("line_id"),
        pl.lit("discount").alias("line_kind"),
        pl.format("{}: {}{}", "discount", "product_name", group).alias("description"),
        pl.lit(1).cast(QUANTITY).alias("quantity"),
        pl.lit("month").alias("unit"),
        (-pl.col("off")).alias("exact_amount"),
    )


def _taken_off(charges: pl.DataFrame, discounts: pl.DataFrame) -> pl.DataFrame:
    """The charges from which their plan's discount takes something, with `discount` and `off`."""
    in_scope = counts(pl.col("scope"), pl.col("category")) & (
        pl.col("groups").is_null() | pl.col("destination_group").is_in(pl.col("groups")).fill_null(value=False)
    )
    joined = charges.join(discounts, on="plan_id").filter(in_scope).sort(-pl.col("left"), *KEYS)
    base = pl.max_horizontal("left", pl.lit(0).cast(AMOUNT))
    base_before = base.cum_sum().over("account_id", "plan_id") - base
    fixed = pl.max_horizontal(pl.min_horizontal(base, pl.col("fixed") - base_before), 0)
    hundredfold = whole(base, AMOUNT.scale) * whole(pl.col("percent"), PERCENT.scale)
    share = decimal(half_up(hundredfold, 100 * 10 ** (AMOUNT.scale + PERCENT.scale - CHARGE_DECIMALS)), CHARGE)
    off = pl.when(pl.col("percent").is_null()).then(fixed.cast(CHARGE)).otherwise(share)
    return (
        joined.with_columns(off=off)
        .filter(rounded(pl.col("off"), AMOUNT.scale) > 0)
        .select(*charges.columns, "discount", "off")
    )


def _less(charges: pl.DataFrame, taken: pl.DataFrame) -> pl.DataFrame:
    """Charges less what was taken off, rounded."""
    left = pl.col("left") - rounded(pl.col("off"), AMOUNT.scale).fill_null(0)
    found = charges.join(taken.select(*KEYS, "off"), on=KEYS, how="left")
    return found.with_columns(left.cast(AMOUNT).alias("left")).select(charges.columns)


def _rules(tariff: Tariff, month: Month) -> list[tuple[Any, ...]]:
    """Discounts of the month, as rows of RULES."""
    names = ("plan_id", "discount", "position", "percent", "amount", "scope")
    return [
        (*(row[name] for name in names), group_names(row["destination_groups"]))
        for row in tariff.tables["plan_discounts"].to_pylist()
        if month.touches(row["valid_from"], row["valid_to"])
    ]


DISCOUNT = ChargeKind(
    line_kinds=("discount",),
    lines=lambda given: discount_lines(given.lines, given.tariff, given.month),
    product="that of the lines which are discounted",
    reads=("plan_discounts", "products", "destinations"),
    declared_in="plan_discounts",
)
