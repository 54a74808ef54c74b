"""The checks of rated_usage: the month reads what its days published, and charges each account its own calls."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from telebill_assets.audit.balance import Totals, balance
from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.controls.agreement import ACCOUNTS, AGGREGATES, agreed, agreement, differences
from telebill_assets.audit.controls.services import UNUSED, unused_services
from telebill_assets.audit.identities import CALLS, RECORDS
from telebill_assets.audit.identities import differing as identity_differs
from telebill_assets.audit.ledger import count
from telebill_assets.audit.publication import Publication
from telebill_assets.audit.tally import Tally, together
from telebill_assets.audit.written import repeated_keys
from telebill_assets.compute import adjustments
from telebill_assets.compute.context import JobContext
from telebill_assets.compute.days import days_of_month
from telebill_assets.rating.month.month import Month
from telebill_assets.rating.tariff import Tariff
from telebill_assets.tables.daily_aggregates import DailyAggregates
from telebill_assets.tables.ledger import Ledger
from telebill_assets.tables.rated_usage import RatedUsage
from telebill_assets.tables.validated_usage import ValidatedUsage

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
OF_DAY, OF_ACCOUNT = ("period", "currency"), ("account_id", "currency")


@dataclass(frozen=True)
class Compared:
    """What the checks need to know of some whole accounts."""

    of_days: pl.DataFrame
    """Aggregates summed by landing day and currency."""
    differing_accounts: Tally
    """Accounts whose usage lines do not charge their calls."""
    charged: pl.DataFrame
    """The usage lines' measures, summed; one row."""
    unused: Tally
    """Services without a call."""


def compare(aggregates: pl.DataFrame, lines: pl.DataFrame, unused: Tally) -> Compared:
    """Compare the aggregates of some accounts with their usage lines."""
    calls = aggregates.rename({"landing_day": "period", "calls": "records", "charge": "amount"})
    usage = lines.filter(pl.col("line_kind") == "usage").select(
        *OF_ACCOUNT, "talk_s", "billed_s", records="calls", amount="exact_amount"
    )
    return Compared(
        of_days=calls.group_by(OF_DAY).agg(pl.col(MEASURES).sum()),
        differing_accounts=differences(usage, calls, OF_ACCOUNT, MEASURES),
        charged=usage.select(pl.col(MEASURES).sum()),
        unused=unused,
    )


def check(
    context: JobContext, publication: Publication, ledger: pl.DataFrame, tariff: Tariff, compared: Sequence[Compared]
) -> list[CheckResult]:
    """Judge the month: its days, the month before, and the lines that were written."""
    days = days_of_month(context.partition)
    of_days = pl.concat(each.of_days for each in compared)
    priced = context.lake.scan(Ledger, period=days, stage="daily_aggregates").filter(pl.col("outcome") == "priced")
    return [
        every_day_is_there(context, days),
        days_agree(context, days),
        no_call_twice(context, days),
        adjustments.balanced(context, context.partition, publication.rows_of(RatedUsage)),
        month_before_is_there(context, tariff),
        usage_balance(of_days, pl.concat(each.charged for each in compared), ledger),
        agreement(AGGREGATES, of_days, priced.collect(), OF_DAY, MEASURES),
        agreed(ACCOUNTS, together(each.differing_accounts for each in compared), OF_ACCOUNT, MEASURES),
        unused_services(together(each.unused for each in compared), context.thresholds),
    ]


def usage_balance(aggregates: pl.DataFrame, charged: pl.DataFrame, ledger: pl.DataFrame) -> CheckResult:
    """The month's aggregates against its usage lines, of which the ledger has the seconds and the charge."""
    measures = ("records", "billed_s", "amount")
    usage = count(ledger).of("usage")
    lines = {"records": _sums(charged)["records"], "billed_s": usage["billed_s"], "amount": usage["amount"]}
    priced = {name: amount for name, amount in _sums(aggregates).items() if name in measures}
    return balance("usage_balance", GATES["usage_balance"], ("priced", priced), {"usage lines": lines})


def every_day_is_there(context: JobContext, days: Sequence[date]) -> CheckResult:
    """A day without calls still has its published, empty aggregates."""
    present = {partition["landing_day"] for partition in context.lake.published_partitions(DailyAggregates)}
    missing = [day.isoformat() for day in days if day not in present]
    return _named(
        "every_day_is_there", f"{len(days) - len(missing)} of {len(days)} days", dict.fromkeys(missing, 1), missing
    )


def days_agree(context: JobContext, days: Sequence[date]) -> CheckResult:
    """A day validated again after it was aggregated no longer agrees."""
    stages = ["raw_cdr", "validated_usage", "daily_aggregates"]
    ledger = context.lake.scan(Ledger, period=list(days), stage=stages)
    wrong = [identity_differs(ledger, identity)["period"] for identity in (RECORDS, CALLS)]
    stale = [day.isoformat() for day in pl.concat(wrong).unique().sort()]
    return _named("days_agree", f"{len(stale)} of {len(days)} days disagree", dict.fromkeys(stale, 1), stale)


def no_call_twice(context: JobContext, days: Sequence[date]) -> CheckResult:
    """Days that ran in parallel could each have taken the same record for new."""
    files = context.lake.files(ValidatedUsage, landing_day=list(days))
    twice = repeated_keys(context.cluster, files, ValidatedUsage, ["record_key"]).keys
    failures = {"record_key": twice} if twice else {}
    return _named("no_call_twice", f"{twice:,} record keys on more than one day", failures)


def month_before_is_there(context: JobContext, tariff: Tariff) -> CheckResult:
    """Months follow each other where one depends on the other; the first month has none before it."""
    month = Month(context.partition).previous
    published = {"billing_month": month.first} in context.lake.published_partitions(RatedUsage)
    days = {partition["landing_day"] for partition in context.lake.published_partitions(DailyAggregates)}
    missing = not published and tariff.carries_over and bool(days & {*days_of_month(month.first)})
    figure = "published" if published else "rated first, because it had calls" if missing else "not needed"
    named = [f"{month.first:%Y-%m}"] if missing else []
    return _named("month_before_is_there", f"{month.first:%Y-%m}: {figure}", dict.fromkeys(named, 1), named)


def _named(name: str, figure: str, failures: dict[str, int], samples: Sequence[str] = ()) -> CheckResult:
    return CheckResult(
        name=name,
        description=GATES[name],
        passed=not failures,
        figure=figure,
        failures=failures,
        samples=list(samples),
    )


def _sums(rows: pl.DataFrame) -> Totals:
    summed: dict[str, Any] = rows.select(pl.col(MEASURES).sum()).row(0, named=True)
    return summed
