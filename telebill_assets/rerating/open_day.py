"""An open day priced again: new files for the day's tables, like those of daily_aggregates, but within a scope."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from telebill_assets.audit.controls.rerate import merge_samples
from telebill_assets.audit.ledger import count, ledger_rows
from telebill_assets.audit.publication import Publication
from telebill_assets.audit.written import Written, write_examined
from telebill_assets.compute.context import JobContext
from telebill_assets.lake.data_files import scan_files
from telebill_assets.lake.stored_files import cut
from telebill_assets.rating.account_groups import split
from telebill_assets.rating.adjustments import changes
from telebill_assets.rating.call.aggregates import merge_aggregates, merge_outcomes
from telebill_assets.rating.tariff import Tariff
from telebill_assets.rerating.day_ledger import shifted
from telebill_assets.rerating.pricing import PLACE, Piece, PricedAgain, Sums, price_again, published_sums, rows_of
from telebill_assets.rerating.proposal import Part, StagedFiles
from telebill_assets.rerating.scope import Scope
from telebill_assets.stages.daily_aggregates import checks
from telebill_assets.stages.daily_aggregates.job import STAGE, Day, Group, adopt_groups, group_files, with_texts
from telebill_assets.tables.daily_aggregates import DailyAggregates
from telebill_assets.tables.ledger import Ledger
from telebill_assets.tables.priced_calls import PricedCalls
from telebill_assets.tables.reference.accounts import Accounts
from telebill_assets.tables.suspended_usage import SuspendedUsage
from telebill_assets.tables.table import polars_schema
from telebill_assets.tables.validated_usage import ValidatedUsage


@dataclass(frozen=True)
class RatedDay:
    """A day's new files, where its aggregates are, and whether they differ from the published ones."""

    part: Part
    aggregates: Sequence[str]
    differs: bool


@dataclass(frozen=True)
class _Today:
    """What every task of the day needs."""

    pricing: Day
    scope: Scope
    suspended: Sequence[str]
    accounts: pl.DataFrame


@dataclass(frozen=True)
class _NewSums:
    """The new files of a group of accounts, and whether their aggregates differ from the published ones."""

    files: Group
    differs: bool


def rerate_day(context: JobContext, scope: Scope, tariff: Tariff) -> RatedDay:
    """Price the scope's calls of the context's day; all other rows of its tables stay as they are published."""
    day, publication = context.partition, Publication(context)
    parts, sums = _priced(context, publication, scope, tariff)
    adopt_groups(publication, [each.files for each in sums], day)
    unpriced = with_texts(context, publication, [part.priced.unpriced for part in parts if part.priced.unpriced])
    kept = _still_suspended(context, publication, scope, parts)
    publication.adopt(SuspendedUsage, [*unpriced, *kept], landing_day=day, stage=STAGE)
    ledger = publication.write(Ledger, _ledger(context, scope, parts), period=day, stage=STAGE)
    samples = [part.priced.sample for part in parts]
    sample = merge_samples(samples, context.thresholds.rerate_sample) if samples else None
    publication.check(*checks.check(context, publication, ledger, sample))
    report, staged = publication.set_aside({"priced": str(count(ledger).of("priced")["records"])})
    return RatedDay(
        Part(report=report, staged=tuple(map(StagedFiles.of, staged))),
        [file.path for file in publication.files_of(DailyAggregates)],
        differs=any(each.differs for each in sums),
    )


def _priced(
    context: JobContext, publication: Publication, scope: Scope, tariff: Tariff
) -> tuple[list[PricedAgain], list[_NewSums]]:
    lake, day = context.lake, context.partition
    calls = lake.files(ValidatedUsage, landing_day=day)
    today = _Today(
        Day.of(context, publication, tariff),
        scope,
        lake.paths(SuspendedUsage, landing_day=day, stage=STAGE),
        context.reference(Accounts),
    )
    pieces = [Piece(ValidatedUsage, files) for files in cut(calls)]
    pieces += [
        Piece(model, files)
        for model in (DailyAggregates, PricedCalls)
        for files in cut(lake.files(model, landing_day=day))
    ]
    parts, sums = context.cluster.by_key(pieces, split_piece, merge_sums, today)
    return [part for part in parts if part], sums


def split_piece(piece: Piece, today: _Today) -> tuple[PricedAgain | None, Mapping[int, Sums]]:
    """Price calls, or read what is published, and hand over sums and itemised calls by group of accounts."""
    if piece.model is DailyAggregates:
        return None, published_sums(piece, today.pricing.groups)
    if piece.model is PricedCalls:
        return None, published_calls(piece, today.pricing.groups)
    return price_again(piece, today.scope, today.pricing, today.suspended, today.accounts)


def published_calls(piece: Piece, groups: int) -> dict[int, Sums]:
    """The published calls of some files of priced_calls by group of accounts."""
    parts = split(scan_files(piece.paths, PricedCalls).collect(), groups)
    no_sums = pl.DataFrame(schema=polars_schema(DailyAggregates))
    return {group.number: Sums(published=True, rows=no_sums, calls=calls) for group, calls in parts.items()}


def merge_sums(group: int, parts: list[Sums], today: _Today) -> _NewSums:
    """Write the sums and itemised calls of a group of accounts: new ones inside the scope, published ones outside."""
    empty, outside = pl.DataFrame(schema=polars_schema(DailyAggregates)), ~today.scope.covers()
    published = pl.concat([empty, *rows_of(parts, published=True)])
    new = merge_aggregates([published.filter(outside), *rows_of(parts, published=False)])
    calls = pl.concat([part.calls.filter(outside) if part.published else part.calls for part in parts])
    files = group_files(group, new, calls, today.pricing)
    return _NewSums(files, differs=not changes(published, new).is_empty())


def _still_suspended(
    context: JobContext, publication: Publication, scope: Scope, parts: Sequence[PricedAgain]
) -> list[Written]:
    """Suspended calls of other accounts or destinations; without a filter, every call was priced again."""
    if not scope.filtered:
        return []
    partition: dict[str, date | str] = {"landing_day": context.partition, "stage": STAGE}
    suspended = context.lake.frame(SuspendedUsage, landing_day=context.partition, stage=STAGE)
    for part in parts:
        suspended = suspended.join(part.places, on=PLACE, how="anti")
    return [write_examined(suspended, SuspendedUsage, publication.folder(SuspendedUsage, **partition))]


def _ledger(context: JobContext, scope: Scope, parts: Sequence[PricedAgain]) -> pl.DataFrame:
    day = context.partition
    if not scope.filtered:
        outcomes = merge_outcomes([part.priced.outcomes for part in parts])
        return ledger_rows(outcomes, STAGE, day)
    before = context.lake.frame(Ledger, period=day, stage=STAGE)
    replaced = context.lake.scan(DailyAggregates, landing_day=day).filter(scope.covers())
    return shifted(before, [part.shifts for part in parts], replaced, day)
