"""The charge lines of a month: every effect is a line of its own, so the lines explain the total."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import polars as pl

from telebill_assets.rating.month.allowance_lines import allowance_balances, allowance_lines
from telebill_assets.rating.month.discounts import discount_lines
from telebill_assets.rating.month.exact import AMOUNT, rounded
from telebill_assets.rating.month.minimums import minimum_lines
from telebill_assets.rating.month.month import Month
from telebill_assets.rating.month.month_usage import grants, month_usage
from telebill_assets.rating.month.one_off import one_off_lines
from telebill_assets.rating.month.recurring import in_advance, recurring_lines
from telebill_assets.rating.month.tier_lines import tier_lines
from telebill_assets.rating.month.usage_lines import alphabetical, calls_by_rate, usage_lines
from telebill_assets.rating.tariff import Tariff
from telebill_assets.tables.allowance_balances import AllowanceBalances
from telebill_assets.tables.rated_usage import RatedUsage
from telebill_assets.tables.table import conform


@dataclass(frozen=True)
class MonthBefore:
    """What the month before has left for this one: its rated_usage and its allowance_balances."""

    lines: pl.DataFrame
    balances: pl.DataFrame

    @classmethod
    def left(cls, lines: pl.LazyFrame, balances: pl.LazyFrame) -> "MonthBefore":
        """Only what a month can need of the lines and balances of its accounts: what was billed in advance, and units
        that remain.
        """
        return cls(in_advance(lines).collect(), balances.filter(pl.col("remaining") > 0).collect())


class RatedMonth(NamedTuple):
    """What a month's usage and tariff make."""

    lines: pl.DataFrame
    """Rows of rated_usage: usage lines; negative allowance lines; tier lines; recurring, one-off and pass-through
    lines; discounts on the plan's lines so far; and last what is missing to the plan's minimums. exact_amount is kept
    to ten decimals; amount is rounded half-up to the minor unit once.
    """

    balances: pl.DataFrame
    """Rows of allowance_balances."""


def rate_month(aggregates: pl.DataFrame, tariff: Tariff, month: date, before: MonthBefore | None = None) -> RatedMonth:
    """Rate a billing month of whole accounts: all accounts that are in any of the arguments.

    To rate some accounts only, pass their aggregates, `tariff.of_accounts(ids)` and the `MonthBefore` of these accounts.

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
    parts = [
        usage_lines(calls, tariff),
        allowance_lines(usage, tariff, period),
        tier_lines(usage, tariff, period),
        recurring_lines(tariff, period, before.lines if before else None),
        one_off_lines(tariff, period),
    ]
    lines = pl.concat([as_rated_usage(part, month) for part in parts])
    for rule in (discount_lines, minimum_lines):
        lines = pl.concat([lines, as_rated_usage(rule(lines, tariff, period), month)])
    balances = allowance_balances(granted, usage, tariff, period)
    return RatedMonth(lines, conform(balances, AllowanceBalances))


def charge_lines(
    aggregates: pl.DataFrame, tariff: Tariff, month: date, before: MonthBefore | None = None
) -> pl.DataFrame:
    """The lines of `rate_month`."""
    return rate_month(aggregates, tariff, month, before).lines


def accounts_of_month(tariff: Tariff, before: MonthBefore | None = None) -> list[str]:
    """Accounts that may have lines or balances though nobody called, in order: a month has these and those that called.
    """
    frames = [tariff.frame(name) for name in tariff.OF_ACCOUNTS]
    frames += [before.lines, before.balances] if before else []
    return pl.concat([frame.select("account_id") for frame in frames]).unique().sort("account_id")["account_id"].to_list()


def as_rated_usage(lines: pl.DataFrame, month: date) -> pl.DataFrame:
    """Lines in the columns of rated_usage, each amount rounded half-up to the minor unit once."""
    amount = rounded(pl.col("exact_amount"), AMOUNT.scale)
    return conform(lines.with_columns(billing_month=pl.lit(month), amount=amount), RatedUsage)
