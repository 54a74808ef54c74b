"""Maximum spends: what a month of a plan costs at most."""

import polars as pl

from telebill_assets.rating.month.charge_kind import ChargeKind
from telebill_assets.rating.month.exact import AMOUNT
from telebill_assets.rating.month.month import Month
from telebill_assets.rating.month.plan_limits import charged_by_category, limit_lines, measured
from telebill_assets.rating.tariff import Tariff


def maximum_lines(lines: pl.DataFrame, tariff: Tariff, month: Month) -> pl.DataFrame:
    """One negative line per account and maximum that is exceeded: the excess, -65.00 if 165.00 are charged of 100.00.

    The maximum is prorated by the days on which the account has the plan, and rounded. The maximums of usage and of
    recurring fees come first; what they credit is no longer charged when the maximum of all is looked at. With usage of
    80.00 of at most 50.00, and fees of 40.00, a maximum of 75.00 for all credits 15.00 after the 30.00 of usage.

    Args:
        lines: charge lines with their rounded amount, discounts included and minimums not.
        tariff: the published tariff.
        month: the billing month.
    """
    maximums = tariff.frame("plan_maximums")
    of_all = pl.col("scope") == "all"
    charged = charged_by_category(lines, tariff)
    parts = _exceeded(measured(maximums.filter(~of_all), charged, tariff, month))
    credited = parts.select("account_id", "plan_id", category="scope", charged=pl.col("effect").cast(AMOUNT))
    whole = _exceeded(measured(maximums.filter(of_all), pl.concat([charged, credited]), tariff, month))
    return limit_lines(pl.concat([parts, whole]), "maximum")


def _exceeded(found: pl.DataFrame) -> pl.DataFrame:
    """The limits of which more is charged than due."""
    return found.with_columns(effect=pl.col("due") - pl.col("counted")).filter(pl.col("effect") < 0)


MAXIMUM = ChargeKind(
    line_kinds=("maximum",),
    lines=lambda given: maximum_lines(given.lines, given.tariff, given.month),
    product="the one that the maximum names, of the category of its scope",
    reads=("plan_maximums", "products", "subscriptions", "plans"),
    declared_in="plan_maximums",
)
