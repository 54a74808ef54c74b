"""The charge lines of a month: every effect is a line of its own, so the lines explain the total."""

from datetime import date
from typing import NamedTuple

import polars as pl

from telebill_assets.rating.month.allowance_lines import allowance_balances
from telebill_assets.rating.month.charge_kind import Given
from telebill_assets.rating.month.exact import AMOUNT, rounded
from telebill_assets.rating.month.kinds import CHARGE_KINDS
from telebill_assets.rating.month.month import Month
from telebill_assets.rating.month.month_before import MonthBefore
from telebill_assets.rating.month.month_usage import grants, month_usage
from telebill_assets.rating.month.usage_lines import alphabetical, calls_by_rate
from telebill_assets.rating.tariff import Tariff
from telebill_assets.tables.allowance_balances import AllowanceBalances
from telebill_assets.tables.rated_usage import RatedUsage
from telebill_assets.tables.table import conform, from_rows


class RatedMonth(NamedTuple):
    """What a month's usage and tariff make."""

    lines: pl.DataFrame
    """Rows of rated_usage, kind by kind as in CHARGE_KINDS. exact_amount is kept to ten decimals; amount is rounded
    half-up to the minor unit once.
    """

    balances: pl.DataFrame
    """Rows of allowance_balances."""


def rate_month(aggregates: pl.DataFrame, tariff: Tariff, month: date, before: MonthBefore | None = None) -> RatedMonth:
    """Rate a billing month of whole accounts: all accounts that are in any of the arguments.

    To rate some accounts only, pass their aggregates, `tariff.of_accounts(own)` and `MonthBefore.kept(..., own)`: the
    lines are those that they have among all.

    Args:
        aggregates: daily_aggregates of all landing days of the month.
        tariff: the published tariff, with all rules of its plans.
        month: first day of the billing month.
        before: the month before, for units that roll over and fees billed in advance; null if it was not billed.
    """
    period, aggregates = Month(month), alphabetical(aggregates)
    calls = calls_by_rate(aggregates)
    granted = grants(calls, tariff, period, before.balances if before else None)
    usage = month_usage(aggregates, granted, tariff)
    given = Given(calls, usage, tariff, period, before, from_rows([], RatedUsage))
    for kind in CHARGE_KINDS:
        if kind.declared(tariff):
            made = as_rated_usage(kind.lines(given), month)
            given = given._replace(lines=pl.concat([given.lines, made]))
    balances = allowance_balances(granted, usage, tariff, period)
    return RatedMonth(given.lines, conform(balances, AllowanceBalances))


def charge_lines(
    aggregates: pl.DataFrame, tariff: Tariff, month: date, before: MonthBefore | None = None
) -> pl.DataFrame:
    """The charge lines of a month, without the allowance balances that `rate_month` also returns."""
    return rate_month(aggregates, tariff, month, before).lines


def as_rated_usage(lines: pl.DataFrame, month: date) -> pl.DataFrame:
    """Lines in the columns of rated_usage, each amount rounded half-up to the minor unit once."""
    amount = rounded(pl.col("exact_amount"), AMOUNT.scale)
    return conform(lines.with_columns(billing_month=pl.lit(month), amount=amount), RatedUsage)
