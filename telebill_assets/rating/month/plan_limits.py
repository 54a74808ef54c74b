"""Limits of what a plan charges in a month: what they are measured with, and the lines that keep to them.

A limit is prorated by the days on which the account has the plan: of 100.00 a month, 7 of 30 days are 23.33.
"""

import polars as pl

from telebill_assets.rating.month.exact import AMOUNT, CHARGE, QUANTITY, decimal, half_up, whole
from telebill_assets.rating.month.month import Month
from telebill_assets.rating.month.plan_charges import counts
from telebill_assets.rating.month.subscriptions import active_plans
from telebill_assets.rating.tariff import Tariff


def charged_by_category(lines: pl.DataFrame, tariff: Tariff) -> pl.DataFrame:
    """Rounded amounts of lines by account_id, plan_id and category of their product, as `charged`.

    Lines without plan_id are charges of the account and left out.
    """
    categories = tariff.frame("products").select("product", "category")
    return (
        lines.filter(pl.col("plan_id").is_not_null())
        .join(categories, on="product")
        .group_by("account_id", "plan_id", "category")
        .agg(pl.col("amount").sum().cast(AMOUNT).alias("charged"))
    )


def measured(limits: pl.DataFrame, charged: pl.DataFrame, tariff: Tariff, month: Month) -> pl.DataFrame:
    """Every limit of the plans that accounts have in the month, with what it comes to and what counts.

    Args:
        limits: plan_id, amount, scope, and columns to keep.
        charged: made by `charged_by_category`.
        tariff: the published tariff.
        month: the billing month.

    Returns:
        The limits with account_id, currency, active_from and active_to; `due` is their amount, prorated and rounded,
        and `counted` the charges in their scope.
    """
    prorated = whole(pl.col("amount"), AMOUNT.scale) * pl.col("active_days").cast(pl.Int128)
    counted = (
        charged.join(limits.select("plan_id", "scope").unique(), on="plan_id")
        .filter(counts(pl.col("scope"), pl.col("category")))
        .group_by("account_id", "plan_id", "scope")
        .agg(pl.col("charged").sum().cast(AMOUNT).alias("counted"))
    )
    return (
        active_plans(tariff, month)
        .join(limits, on="plan_id")
        .join(counted, on=["account_id", "plan_id", "scope"], how="left")
        .with_columns(pl.col("counted").fill_null(0), due=decimal(half_up(prorated, month.days), AMOUNT))
    )


def limit_lines(found: pl.DataFrame, kind: str) -> pl.DataFrame:
    """One line per limit that was measured and has an `effect`; the column named like the kind is its description."""
    return found.select(
        *("account_id", "plan_id", "currency", "product"),
        pl.concat_str("account_id", pl.lit(kind), "plan_id", kind, separator="-").alias("line_id"),
        pl.lit(kind).alias("line_kind"),
        pl.col(kind).alias("description"),
        pl.lit(1).cast(QUANTITY).alias("quantity"),
        pl.lit("month").alias("unit"),
        pl.col("effect").cast(CHARGE).alias("exact_amount"),
        pl.col("active_from").alias("service_from"),
        pl.col("active_to").alias("service_to"),
    )
