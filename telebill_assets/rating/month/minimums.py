"""Minimum commitments: what a month of a plan costs at least."""

import polars as pl

from telebill_assets.rating.month.exact import AMOUNT, CHARGE, QUANTITY, decimal, half_up, whole
from telebill_assets.rating.month.month import Month
from telebill_assets.rating.month.plan_charges import counts, plan_charges
from telebill_assets.rating.month.subscriptions import active_plans
from telebill_assets.rating.tariff import Tariff


def minimum_lines(lines: pl.DataFrame, tariff: Tariff, month: Month) -> pl.DataFrame:
    """One line per account and minimum that is not reached: the shortfall.

    The commitment is prorated by the days on which the account has the plan, and rounded; the rounded lines of the plan
    in scope count towards it. So the lines in scope and the shortfall are the commitment, to the cent.

    Args:
        lines: charge lines with their rounded amount, discounts included.
        tariff: the published tariff.
        month: the billing month.
    """
    minimums = tariff.frame("plan_minimums")
    keys = ["account_id", "plan_id", "minimum"]
    counted = (
        plan_charges(lines, tariff)
        .join(minimums.select("plan_id", "minimum", "scope"), on="plan_id")
        .filter(counts(pl.col("scope"), pl.col("category")))
        .group_by(keys)
        .agg(pl.col("left").sum().alias("counted"))
    )
    prorated = whole(pl.col("amount"), AMOUNT.scale) * pl.col("active_days").cast(pl.Int128)
    due = decimal(half_up(prorated, month.days), AMOUNT)
    return (
        active_plans(tariff, month)
        .join(minimums, on="plan_id")
        .join(counted, on=keys, how="left")
        .with_columns(shortfall=due - pl.col("counted").fill_null(0))
        .filter(pl.col("shortfall") > 0)
        .select(
            *("account_id", "plan_id", "currency", "product"),
            pl.concat_str("account_id", pl.lit("minimum"), "plan_id", "minimum", separator="-").alias("line_id"),
            pl.lit("minimum").alias("line_kind"),
            pl.col("minimum").alias("description"),
            pl.lit(1).cast(QUANTITY).alias("quantity"),
            pl.lit("month").alias("unit"),
            pl.col("shortfall").cast(CHARGE).alias("exact_amount"),
            pl.col("active_from").alias("service_from"),
            pl.col("active_to").alias("service_to"),
        )
    )
