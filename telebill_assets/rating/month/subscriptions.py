"""Which plans an account has in a month, and on how many of its days."""

import polars as pl

from telebill_assets.rating.month.month import Month
from telebill_assets.rating.tariff import Tariff


def active_plans(tariff: Tariff, month: Month) -> pl.DataFrame:
    """account_id, plan_id, currency, active_from, active_to and active_days in the month.

    A plan that an account has twice in a month is one row, with the days of both.
    """
    valid_from, valid_to = pl.col("valid_from"), pl.col("valid_to")
    return (
        tariff.frame("subscriptions")
        .filter(month.overlaps(valid_from, valid_to))
        .join(tariff.frame("plans").select("plan_id", "currency"), on="plan_id")
        .group_by("account_id", "plan_id", "currency")
        .agg(
            month.active_from(valid_from).min().alias("active_from"),
            month.active_to(valid_to).max().alias("active_to"),
            month.active_days(valid_from, valid_to).sum().alias("active_days"),
        )
    )
