"""The job of daily_aggregates: every validated call of a landing day is priced, then summed per account and rate.

Tasks price the calls of some files and sum them; the sums of an account meet by its group (rating.account_groups), and
each group's rows are written to a file of their own, so that a month can read the whole of some accounts. The calls
that invoices itemise are kept beside the sums, in the same groups: documents print them as they were priced here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from telebill_assets.audit.controls.rerate import merge_samples, sample_calls
from telebill_assets.audit.ledger import ledger_rows
from telebill_assets.audit.publication import Publication
from telebill_assets.audit.written import Written, write_examined
from telebill_assets.compute.context import JobContext
from telebill_assets.compute.request import JobReport
from telebill_assets.compute.tariff import TARIFF_TABLES, published_tariff
from telebill_assets.lake.data_files import scan_files, write_file
from telebill_assets.lake.stored_files import StoredFile, cut
from telebill_assets.rating.account_groups import AccountGroup, groups_for, split
from telebill_assets.rating.call.aggregates import (
    aggregate,
    merge_aggregates,
    merge_outcomes,
    outcomes,
    unpriced_calls,
)
from telebill_assets.rating.call.itemised_calls import itemised_calls, itemising_accounts
from telebill_assets.rating.call.price_calls import price_calls
from telebill_assets.rating.tariff import CallTariff, Tariff
from telebill_assets.stages.daily_aggregates import checks
from telebill_assets.tables.daily_aggregates import DailyAggregates
from telebill_assets.tables.ledger import Ledger
from telebill_assets.tables.priced_calls import PricedCalls
from telebill_assets.tables.raw_cdr import RawCdr
from telebill_assets.tables.reference.accounts import Accounts
from telebill_assets.tables.reference.controls import Controls
from telebill_assets.tables.suspended_usage import SuspendedUsage
from telebill_assets.tables.table import TableModel, conform
from telebill_assets.tables.usage_adjustments import UsageAdjustments
from telebill_assets.tables.validated_usage import ValidatedUsage

STAGE = "daily_aggregates"
READS: tuple[TableModel, ...] = (
    *(ValidatedUsage, RawCdr, DailyAggregates, SuspendedUsage, UsageAdjustments, Ledger),
    *TARIFF_TABLES,
    Controls,
)
WRITES: tuple[TableModel, ...] = (DailyAggregates, PricedCalls, SuspendedUsage, Ledger)


@dataclass(frozen=True)
class Day:
    """What every pricing task of the day needs."""

    tariff: CallTariff
    groups: int
    """Groups of accounts that the day's aggregates are written in."""
    sample: int
    """Calls that are priced a second time, by another implementation."""
    itemising: pl.Series
    """Accounts whose calls are kept one by one."""
    folder: str
    calls_folder: str
    unpriced_folder: str

    @classmethod
    def of(cls, context: JobContext, publication: Publication, tariff: Tariff) -> "Day":
        """The context's day, whose files go to new staging folders."""
        day = context.partition
        return cls(
            tariff=tariff.prepared(),
            groups=groups_for(sum(file.rows for file in context.lake.files(ValidatedUsage, landing_day=day))),
            sample=context.thresholds.rerate_sample,
            itemising=itemising_accounts(context.reference(Accounts)),
            folder=publication.folder(DailyAggregates, landing_day=day),
            calls_folder=publication.folder(PricedCalls, landing_day=day),
            unpriced_folder=publication.folder(SuspendedUsage, landing_day=day, stage=STAGE),
        )


@dataclass(frozen=True)
class Priced:
    """What a task priced: the ledger's sums, a sample of its calls, and the file of calls without a price, if any."""

    outcomes: pl.DataFrame
    sample: pl.DataFrame
    unpriced: str | None


@dataclass(frozen=True)
class Sums:
    """What a task hands over of a group of accounts: sums of its calls, and those calls that invoices itemise."""

    aggregates: pl.DataFrame
    calls: pl.DataFrame


@dataclass(frozen=True)
class Group:
    """The files of a group of accounts: daily_aggregates and priced_calls."""

    aggregates: Written
    calls: Written


def run(context: JobContext) -> JobReport:
    """Price and sum the calls of one landing day."""
    day, publication = context.partition, Publication(context)
    parts, groups = price_day(context, publication, published_tariff(context))
    adopt_groups(publication, groups, day)
    texts = with_texts(context, publication, [part.unpriced for part in parts if part.unpriced])
    publication.adopt(SuspendedUsage, texts, landing_day=day, stage=STAGE)
    counted = merge_outcomes([part.outcomes for part in parts])
    ledger = publication.write(Ledger, ledger_rows(counted, STAGE, day), period=day, stage=STAGE)
    sample = merge_samples([part.sample for part in parts], context.thresholds.rerate_sample) if parts else None
    publication.check(*checks.check(context, publication, ledger, sample))
    return publication.finish(*checks.figures(ledger))


def price_day(context: JobContext, publication: Publication, tariff: Tariff) -> tuple[list[Priced], list[Group]]:
    """Price a day's calls and write its sums and itemised calls to staging folders, by groups of accounts."""
    files = context.lake.files(ValidatedUsage, landing_day=context.partition)
    return context.cluster.by_key(cut(files), price_files, write_group, Day.of(context, publication, tariff))


def adopt_groups(publication: Publication, groups: Sequence[Group], day: date) -> None:
    """Take the files of all groups of a day."""
    publication.adopt(DailyAggregates, [group.aggregates for group in groups], landing_day=day)
    publication.adopt(PricedCalls, [group.calls for group in groups], landing_day=day)


def price_files(files: Sequence[StoredFile], day: Day) -> tuple[Priced, dict[int, Sums]]:
    """Price the calls of some files; hand over their sums by group of accounts."""
    calls = scan_files([file.path for file in files], ValidatedUsage).collect()
    return sum_calls(price_calls(calls, day.tariff), day)


def sum_calls(priced: pl.DataFrame, day: Day) -> tuple[Priced, dict[int, Sums]]:
    """Sum priced calls, keep a sample of them and those that are itemised, and write those without a price."""
    unpriced = conform(unpriced_calls(priced), SuspendedUsage)
    kept = write_file(unpriced, SuspendedUsage, day.unpriced_folder, "unpriced-") if len(unpriced) else None
    sums, calls = split(aggregate(priced), day.groups), itemised_calls(priced, day.itemising)
    calls_of, none = split(calls, day.groups), calls.clear()
    by_group = {group.number: Sums(part, calls_of.get(group, none)) for group, part in sums.items()}
    return Priced(outcomes(priced), sample_calls(priced, day.sample), kept), by_group


def write_group(number: int, parts: list[Sums], day: Day) -> Group:
    """Write the sums of a group of accounts over all files, and its itemised calls."""
    aggregates = merge_aggregates([part.aggregates for part in parts])
    return group_files(number, aggregates, pl.concat([part.calls for part in parts]), day)


def group_files(number: int, aggregates: pl.DataFrame, calls: pl.DataFrame, day: Day) -> Group:
    """Write the files of a group of accounts. Calls are in order of their accounts, so few are read in vain later."""
    prefix = AccountGroup(number, day.groups).file_prefix
    return Group(
        write_examined(aggregates, DailyAggregates, day.folder, prefix),
        write_examined(calls.sort("account_id"), PricedCalls, day.calls_folder, prefix),
    )


def with_texts(context: JobContext, publication: Publication, unpriced: Sequence[str]) -> list[Written]:
    """Write the calls without a price to suspended_usage, with their original text."""
    if not unpriced:
        return []
    folder = publication.folder(SuspendedUsage, landing_day=context.partition, stage=STAGE)
    pieces = cut(context.lake.files(RawCdr, landing_day=context.partition))
    return context.cluster.each(pieces, write_with_texts, (unpriced, folder))


def write_with_texts(files: Sequence[StoredFile], shared: tuple[Sequence[str], str]) -> Written:
    """Write those of the suspended calls that some files of raw_cdr have the text of."""
    unpriced, folder = shared
    calls = scan_files(unpriced, SuspendedUsage).drop("raw").collect()
    raw = scan_files([file.path for file in files], RawCdr).select("path", "line", "raw")
    of_calls = raw.filter(pl.col("path").is_in(calls["path"].unique().implode())).collect()
    return write_examined(conform(of_calls.join(calls, on=["path", "line"]), SuspendedUsage), SuspendedUsage, folder)
