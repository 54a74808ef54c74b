"""The checks of rated_usage: the month reads what its days published, and charges every account its own calls.

Tasks count what they see of their accounts as `Counted`; the counts of all tasks together are judged here.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from telebill_assets.audit.balance import balance
from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.controls.agreement import ACCOUNTS, AGGREGATES, agreed, agreement, differences
from telebill_assets.audit.controls.services import UNUSED, services_used, unused_services
from telebill_assets.audit.controls.thresholds import Thresholds
from telebill_assets.audit.identities import CALLS, RECORDS, differing
from telebill_assets.audit.tally import Tally, together
from telebill_assets.compute import adjustments
from telebill_assets.rating.month.month import Month

GATES = {
    "every_day_is_there": "daily_aggregates is published for every landing day of the month",
    "days_agree": "On every day, what was received was settled and what was validated was priced",
    "no_call_twice": "No record key is validated on two landing days of the month",
    adjustments.NAME: adjustments.PROVES,
    "month_before_is_there": "What the month before has left for this one is published: units that roll over, "
    "fees billed in advance",
    "usage_balance": "The usage lines charge every priced call, to the last decimal",
}
CONTROLS = (AGGREGATES, ACCOUNTS, UNUSED)
MEASURES = ("records", "talk_s", "billed_s", "amount")
CALL_KEYS = ("period", "currency")
LINE_KEYS = ("currency", "outcome")
ACCOUNT_KEYS = ("account_id", "currency")


@dataclass(frozen=True)
class Counted:
    """What the checks and the ledger look at: sums over some accounts, whole, or over all."""

    calls: pl.DataFrame
    """Calls by landing day and currency: CALL_KEYS and MEASURES."""

    lines: pl.DataFrame
    """Charge lines by LINE_KEYS, which are those of the ledger: MEASURES, calls, and their rounded amount as net."""

    accounts: Tally
    """Accounts whose usage lines do not charge their calls."""

    services: Tally
    """Services that were active all month, with and without calls."""

    @classmethod
    def of(cls, aggregates: pl.DataFrame, lines: pl.DataFrame, services: pl.DataFrame, month: Month) -> "Counted":
        """Count a group of accounts.

        Args:
            aggregates: their daily_aggregates of the month.
            lines: their charge lines.
            services: the service map of these accounts.
            month: the billing month.
        """
        calls = aggregates.rename({"landing_day": "period", "calls": "records", "charge": "amount"})
        usage = lines.filter(pl.col("line_kind") == "usage").select(
            *ACCOUNT_KEYS, "talk_s", "billed_s", records="calls", amount="exact_amount"
        )
        of_account = calls.group_by(ACCOUNT_KEYS).agg(pl.col(MEASURES).sum())
        return cls(
            calls=calls.group_by(CALL_KEYS).agg(pl.col(MEASURES).sum()),
            lines=lines_counted(lines),
            accounts=differences(usage, of_account, ACCOUNT_KEYS, MEASURES),
            services=services_used(services, aggregates, month.first, month.last),
        )

    @classmethod
    def total(cls, parts: Iterable["Counted"]) -> "Counted":
        """The counts of all groups of accounts."""
        found = list(parts)
        lines = pl.concat([part.lines for part in found]).group_by(LINE_KEYS).agg(pl.exclude(LINE_KEYS).sum())
        return cls(
            calls=pl.concat([part.calls for part in found]).group_by(CALL_KEYS).agg(pl.col(MEASURES).sum()),
            lines=lines.sort(LINE_KEYS),
            accounts=together(part.accounts for part in found),
            services=together(part.services for part in found),
        )

    @property
    def net(self) -> dict[str, str]:
        """The rounded charges by currency, without pass-through items: what the job report shows."""
        charged = self.lines.filter(pl.col("outcome") != "pass_through").group_by("currency").agg(pl.col("net").sum())
        return {currency: str(net) for currency, net in charged.sort("currency").iter_rows()}


def lines_counted(lines: pl.DataFrame) -> pl.DataFrame:
    """Charge lines summed as `Counted.lines` says."""
    return lines.group_by("currency", pl.col("line_kind").alias("outcome")).agg(
        pl.len().cast(pl.Int64).alias("records"),
        pl.col("talk_s", "billed_s", "calls").sum(),
        pl.col("exact_amount").sum().alias("amount"),
        pl.col("amount").sum().alias("net"),
    )


def controls(counted: Counted, priced: pl.DataFrame, thresholds: Thresholds) -> list[CheckResult]:
    """The controls of the month.

    Args:
        counted: all accounts together.
        priced: rows of the ledger that say what the month's days priced.
        thresholds: the configured thresholds.
    """
    return [
        agreement(AGGREGATES, counted.calls, priced, CALL_KEYS, MEASURES),
        agreed(ACCOUNTS, counted.accounts, ACCOUNT_KEYS, MEASURES),
        unused_services(counted.services, thresholds),
    ]


def usage_balance(counted: Counted) -> CheckResult:
    """Compare the calls that were read with the usage lines."""
    usage = counted.lines.filter(pl.col("outcome") == "usage")
    measures = ("records", "billed_s", "amount")
    return balance(
        "usage_balance",
        GATES["usage_balance"],
        ("priced", counted.calls.select(pl.col(measures).sum()).row(0, named=True)),
        {"usage lines": usage.with_columns(records="calls").select(pl.col(measures).sum()).row(0, named=True)},
    )


def every_day_is_there(published: Collection[date], days: Sequence[date]) -> CheckResult:
    """A day without calls still has its published, empty aggregates."""
    missing = [day.isoformat() for day in days if day not in published]
    return CheckResult(
        name="every_day_is_there",
        description=GATES["every_day_is_there"],
        passed=not missing,
        figure=f"{len(days) - len(missing)} of {len(days)} days",
        failures=dict.fromkeys(missing, 1),
        samples=missing,
    )


def days_agree(ledger: pl.LazyFrame, days: Sequence[date]) -> CheckResult:
    """A day validated again after it was aggregated no longer agrees.

    Args:
        ledger: what the daily stages counted on these days.
        days: the landing days of the month.
    """
    wrong = {day for identity in (RECORDS, CALLS) for day in differing(ledger, identity)["period"]}
    stale = sorted(day.isoformat() for day in wrong)
    return CheckResult(
        name="days_agree",
        description=GATES["days_agree"],
        passed=not stale,
        figure=f"{len(stale)} of {len(days)} days disagree",
        failures=dict.fromkeys(stale, 1),
        samples=stale,
    )


def month_before_is_there(month: Month, *, rated: bool, carries_over: bool, published: Collection[date]) -> CheckResult:
    """Months follow each other where one depends on the other; the first month has none before it.

    Args:
        month: the billing month.
        rated: whether the charge lines of the month before are published.
        carries_over: whether the tariff lets a month depend on the month before.
        published: landing days whose aggregates are published.
    """
    before = month.previous
    missing = not rated and carries_over and any(before.first <= day <= before.last for day in published)
    figure = "published" if rated else "rated first, because it had calls" if missing else "not needed"
    name = f"{before.first:%Y-%m}"
    return CheckResult(
        name="month_before_is_there",
        description=GATES["month_before_is_there"],
        passed=not missing,
        figure=f"{name}: {figure}",
        failures={name: 1} if missing else {},
        samples=[name] if missing else [],
    )
