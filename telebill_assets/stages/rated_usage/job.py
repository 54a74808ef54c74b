"""The job of rated_usage: a month's aggregates and charges become charge lines.

A task rates some accounts, whole: it reads their aggregates of all days, which lie in files of their own
(rating.account_groups), and what the month before has left for them. Nothing is shuffled.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from telebill_assets.audit.controls.services import services_used
from telebill_assets.audit.ledger import ledger_rows
from telebill_assets.audit.publication import Publication
from telebill_assets.audit.written import Written, write_examined
from telebill_assets.compute import adjustments
from telebill_assets.compute.context import JobContext
from telebill_assets.compute.days import days_of_month
from telebill_assets.compute.month_before import FilesBefore, files_before
from telebill_assets.compute.request import JobReport
from telebill_assets.compute.tariff import TARIFF_TABLES, published_tariff
from telebill_assets.lake.data_files import scan_files
from telebill_assets.rating.account_groups import AccountGroup, files_of, month_groups
from telebill_assets.rating.month.charge_lines import rate_month
from telebill_assets.rating.tariff import Tariff
from telebill_assets.stages.rated_usage import checks
from telebill_assets.tables.adjustment_lines import AdjustmentLines
from telebill_assets.tables.allowance_balances import AllowanceBalances
from telebill_assets.tables.daily_aggregates import DailyAggregates
from telebill_assets.tables.ledger import Ledger
from telebill_assets.tables.line_kinds import bears_tax
from telebill_assets.tables.rated_usage import RatedUsage
from telebill_assets.tables.reference.controls import Controls
from telebill_assets.tables.rerate_register import RerateRegister
from telebill_assets.tables.table import TableModel
from telebill_assets.tables.types import known_sum
from telebill_assets.tables.validated_usage import ValidatedUsage

STAGE = "rated_usage"
READS: tuple[TableModel, ...] = (
    *(DailyAggregates, ValidatedUsage, RatedUsage, AllowanceBalances, AdjustmentLines, RerateRegister, Ledger),
    *TARIFF_TABLES,
    Controls,
)
WRITES: tuple[TableModel, ...] = (RatedUsage, AllowanceBalances, Ledger)


@dataclass(frozen=True)
class BillingMonth:
    """What every task of the month needs."""

    month: date
    tariff: Tariff
    before: FilesBefore | None
    lines_folder: str
    balances_folder: str


@dataclass(frozen=True)
class Accounts:
    """Some whole accounts: their group, and the files of daily_aggregates that may hold them."""

    group: AccountGroup
    files: Sequence[str]


@dataclass(frozen=True)
class Rated:
    """What a task rated: the files it wrote, the ledger's sums of its lines, and what the checks compare."""

    lines: Written
    balances: Written
    counted: pl.DataFrame
    compared: checks.Compared


def run(context: JobContext) -> JobReport:
    """Make the charge lines of one billing month."""
    month, lake, publication = context.partition, context.lake, Publication(context)
    paths = lake.paths(DailyAggregates, landing_day=days_of_month(month))
    shared = BillingMonth(
        month=month,
        tariff=published_tariff(context),
        before=files_before(context, month),
        lines_folder=publication.folder(RatedUsage, billing_month=month),
        balances_folder=publication.folder(AllowanceBalances, billing_month=month),
    )
    groups = month_groups(paths)
    rated = context.cluster.each([Accounts(group, files_of(group, paths)) for group in groups], rate_accounts, shared)
    corrections = adjustments.charges(context, month)
    adjusted = write_examined(corrections, RatedUsage, shared.lines_folder)
    publication.adopt(RatedUsage, [*(part.lines for part in rated), adjusted], billing_month=month)
    publication.adopt(AllowanceBalances, [part.balances for part in rated], billing_month=month)
    sums = _summed([*(part.counted for part in rated), counted(corrections)])
    ledger = publication.write(Ledger, ledger_rows(sums, STAGE, month), period=month, stage=STAGE)
    publication.check(*checks.check(context, publication, ledger, shared.tariff, [part.compared for part in rated]))
    net = publication.rows_of(RatedUsage).filter(bears_tax(pl.col("line_kind")))
    by_currency = net.group_by("currency").agg(pl.col("amount").sum()).sort("currency").collect()
    figures = {"charge_lines": str(publication.rows(RatedUsage))}
    return publication.finish(figures, {"net": {currency: str(amount) for currency, amount in by_currency.iter_rows()}})


def rate_accounts(accounts: Accounts, shared: BillingMonth) -> Rated:
    """Rate the month of the accounts of a group."""
    group, month = accounts.group, shared.month
    aggregates = scan_files(accounts.files, DailyAggregates).filter(group.rows).collect()
    before = shared.before.of_group(group) if shared.before else None
    tariff = shared.tariff.of_accounts(group.rows)
    rated = rate_month(aggregates, tariff, month, before)
    return Rated(
        lines=write_examined(rated.lines, RatedUsage, shared.lines_folder, group.file_prefix),
        balances=write_examined(rated.balances, AllowanceBalances, shared.balances_folder, group.file_prefix),
        counted=counted(rated.lines),
        compared=checks.compare(
            aggregates, rated.lines, services_used(tariff.frame("services"), aggregates, *_ends(month))
        ),
    )


def counted(lines: pl.DataFrame) -> pl.DataFrame:
    """The ledger's sums of charge lines, by currency and kind."""
    sums = ("talk_s", "billed_s", "exact_amount")
    by_kind = lines.group_by("currency", outcome="line_kind")
    return by_kind.agg(pl.len().cast(pl.Int64).alias("records"), *(known_sum(name) for name in sums)).rename(
        {"exact_amount": "amount"}
    )


def _summed(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    return (
        pl.concat(parts, how="vertical_relaxed")
        .group_by("currency", "outcome")
        .agg(known_sum(name) for name in ("records", "talk_s", "billed_s", "amount"))
    )


def _ends(month: date) -> tuple[date, date]:
    days = days_of_month(month)
    return days[0], days[-1]
