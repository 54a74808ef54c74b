"""The charge lines of a month: every effect is a line of its own, so the lines explain the total."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import polars as pl

from telebill_assets.rating.month.allowance_lines import allowance_balances, allowance_lines
from telebill_assets.rating.month.allowances import Used
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
from telebill_assets.tables.table import conform, from_rows


@dataclass(frozen=True)
class MonthBefore:
    """What the month before has left for this one: its rated_usage and its allowance_balances."""

    lines: pl.DataFrame
    balances: pl.DataFrame

    @classmethod
    def kept(cls, lines: pl.LazyFrame, balances: pl.LazyFrame, own: pl.Expr | None = None) -> "MonthBefore":
        """Of published tables only what the next month can need: what was billed in advance, and units that remain.

        Args:
            lines: rated_usage of the month before.
            balances: its allowance_balances.
            own: the condition on account_id of the accounts that are rated; null: all.
        """
        mine = pl.lit(value=True) if own is None else own
        left = balances.filter(mine, pl.col("remaining") > 0)
        return cls(lines.filter(mine, in_advance()).collect(), left.collect())


class Given(NamedTuple):
    """What lines of a kind can be made of."""

    calls: pl.DataFrame
    usage: Used
    tariff: Tariff
    month: Month
    before: MonthBefore | None
    lines: pl.DataFrame
    """The lines so far, of all kinds before."""


class Kind(NamedTuple):
    """A kind of charge lines, and the table of the tariff that declares it: no rows, no such lines."""

    declared_in: str | None
    lines: Callable[[Given], pl.DataFrame]


KINDS = (
    Kind(None, lambda given: usage_lines(given.calls, given.tariff)),
    Kind("plan_allowances", lambda given: allowance_lines(given.usage, given.tariff, given.month)),
    Kind("plan_tiers", lambda given: tier_lines(given.usage, given.tariff, given.month)),
    Kind(None, lambda given: recurring_lines(given.tariff, given.month, given.before.lines if given.before else None)),
    Kind("charges", lambda given: one_off_lines(given.tariff, given.month)),
    Kind("plan_discounts", lambda given: discount_lines(given.lines, given.tariff, given.month)),
    Kind("plan_minimums", lambda given: minimum_lines(given.lines, given.tariff, given.month)),
)
"""The kinds of charge lines. Discounts look at the lines so far, and minimums at what discounts have left."""


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
    for kind in KINDS:
        if kind.declared_in is None or tariff.tables[kind.declared_in].num_rows:
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
