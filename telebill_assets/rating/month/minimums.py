"""Minimum commitments: what a month of a plan costs at least."""

import polars as pl

from telebill_assets.rating.month.charge_kind import ChargeKind
from telebill_assets.rating.month.month import Month
from telebill_assets.rating.month.plan_limits import charged_by_category, limit_lines, measured
from telebill_assets.rating.tariff import Tariff


def minimum_lines(lines: pl.DataFrame, tariff: Tariff, month: Month) -> pl.DataFrame:
    """One line per account and minimum that is not reached: the shortfall, 64.00 if 36.00 of 100.00 are charged.

    The commitment is prorated by the days on which the account has the plan, and rounded; the rounded lines of the plan
    in scope count towards it. So the lines in scope and the shortfall are the commitment, to the cent.

    Args:
        lines: charge lines with their rounded amount, discounts included.
        tariff: the published tariff.
        month: the billing month.
    """
    charged = charged_by_category(lines, tariff)
    found = measured(tariff.frame("plan_minimums"), charged, tariff, month)
    short = found.with_columns(effect=pl.col("due") - pl.col("counted")).filter(pl.col("effect") > 0)
    return limit_lines(short, "minimum")


MINIMUM = ChargeKind(
    line_kinds=("minimum",),
    lines=lambda given: minimum_lines(given.lines, given.tariff, given.month),
    product="the one that the minimum names",
    reads=("plan_minimums", "products", "subscriptions", "plans"),
    declared_in="plan_minimums",
)
