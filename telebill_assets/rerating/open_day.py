"""An open day priced again: new files for the day's tables, like those of daily_aggregates, but within a scope."""

from dataclasses import dataclass

from pyspark.sql import DataFrame

from telebill_assets.audit.ledger import count
from telebill_assets.audit.publication import Publication
from telebill_assets.compute.closed import closed_month_unchanged
from telebill_assets.compute.context import JobContext
from telebill_assets.compute.controls import daily_aggregates as controls
from telebill_assets.compute.jobs.daily_aggregates import STAGE, balances, with_text
from telebill_assets.rating.tariff import Tariff
from telebill_assets.rerating.day_ledger import shifted
from telebill_assets.rerating.proposal import Part, StagedFiles
from telebill_assets.rerating.scope import Scope
from telebill_assets.spark.legacy_calls import aggregate, counted, price_calls, unpriced_calls
from telebill_assets.tables.daily_aggregates import DailyAggregates
from telebill_assets.tables.ledger import Ledger
from telebill_assets.tables.reference.accounts import Accounts
from telebill_assets.tables.suspended_usage import SuspendedUsage
from telebill_assets.tables.validated_usage import ValidatedUsage


@dataclass(frozen=True)
class RatedDay:
    """A day's new files, and its aggregates as a frame."""

    part: Part
    aggregates: DataFrame


def rerate_day(context: JobContext, scope: Scope, tariff: Tariff) -> RatedDay:
    """Price the scope's calls of the context's day; all other rows of its tables stay as they are published."""
    day, publication = context.partition, Publication(context)
    calls = scope.of_account(context.lake.read(context.spark, ValidatedUsage, landing_day=day))
    priced = price_calls(calls, tariff).where(scope.covers()).persist()
    published = context.lake.read(context.spark, DailyAggregates, landing_day=day)
    suspended = context.lake.read(context.spark, SuspendedUsage, landing_day=day, stage=STAGE)
    try:
        outside = published.where(~scope.covers())
        aggregates = publication.write(DailyAggregates, outside.unionByName(aggregate(priced)), landing_day=day)
        still = suspended.join(priced.select("path", "line"), ["path", "line"], "left_anti")
        unpriced = with_text(context, unpriced_calls(priced), day)
        unbilled = _kept(still, scope).unionByName(unpriced)
        unbilled = publication.write(SuspendedUsage, unbilled, landing_day=day, stage=STAGE)
        rows = counted(priced, day)
        if scope.filtered:
            before = context.lake.read(context.spark, Ledger, period=day, stage=STAGE)
            inside = published.where(scope.covers())
            rows = shifted(before, priced, inside, suspended, context.reference(Accounts), day)
        ledger = publication.write(Ledger, rows, period=day, stage=STAGE)
        publication.check(*controls.check(context, priced, aggregates, unbilled, ledger))
    finally:
        priced.unpersist()

    counts = count(ledger)
    publication.check(*balances(context, aggregates, ledger, day), closed_month_unchanged(context, aggregates))
    report, staged = publication.set_aside({"priced": str(counts.of("priced")["records"])})
    return RatedDay(Part(report=report, staged=tuple(map(StagedFiles.of, staged))), aggregates)


def _kept(suspended: DataFrame, scope: Scope) -> DataFrame:
    """Suspended calls of other accounts or destinations; without a filter, every call was priced again."""
    return suspended if scope.filtered else suspended.limit(0)
