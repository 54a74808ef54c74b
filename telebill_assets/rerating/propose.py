"""Computing a proposal: every day or closed month of the scope priced again, audited, and set aside."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import reduce
from secrets import token_hex

from pyspark.sql import DataFrame, SparkSession

from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.publication import Publication
from telebill_assets.compute.closed import closed_months_of, next_open_month
from telebill_assets.compute.context import JobContext
from telebill_assets.compute.days import days_of_month
from telebill_assets.compute.jobs import daily_aggregates as job
from telebill_assets.compute.month_before import month_before
from telebill_assets.compute.request import JobRequest
from telebill_assets.compute.tariff import published_tariff
from telebill_assets.errors import OperatorError
from telebill_assets.lake.lake import Lake
from telebill_assets.rating.adjustments import changes
from telebill_assets.rating.tariff import Tariff
from telebill_assets.rerating.closed_month import JOB, rerate_closed_month
from telebill_assets.rerating.effects import MonthChange
from telebill_assets.rerating.inputs import snapshots_of
from telebill_assets.rerating.open_day import rerate_day
from telebill_assets.rerating.proposal import Details, Part, Proposal, now, run_id_of
from telebill_assets.rerating.scope import Scope
from telebill_assets.settings import Settings
from telebill_assets.spark.distribute import Cluster
from telebill_assets.tables.daily_aggregates import DailyAggregates
from telebill_assets.tables.rerate_differences import RerateDifferences

Step = Callable[[str], None]
"""Told what is being priced."""


class RerateHeldError(OperatorError):
    """The audit of a re-rating failed: nothing was kept of it, and readers see what they saw before."""


@dataclass(frozen=True)
class _Outcome:
    """What became of one month of the scope."""

    parts: list[Part]
    change: MonthChange
    corrections: DataFrame


def propose(settings: Settings, spark: SparkSession, scope: Scope, step: Step = lambda _: None) -> Proposal:
    """Price the scope again with the published tariff, and keep what would change as a proposal.

    Days without a difference have no part in it. Nothing that readers of the stages see is changed.

    Raises:
        InvalidInputError: days that are not published, or an unknown account or destination.
        RerateHeldError: a blocking check failed.
    """
    lake = Lake.open(settings)
    scope.require_known(lake)
    inputs, closed = snapshots_of(lake, scope), closed_months_of(settings)
    started = now()
    proposal = f"{started:%Y%m%d-%H%M%S}-{token_hex(2)}"
    request = JobRequest(job=JOB, partition=scope.first, run_id=run_id_of(proposal), code_version=settings.code_version)
    context = JobContext(request, settings, lake, Cluster(settings))
    tariff = published_tariff(context)
    billing_month = max((next_open_month(month, closed) for month in scope.months if month in closed), default=None)
    outcomes = []
    for month in scope.months:
        if month in closed and billing_month:
            step(f"{month:%Y-%m}")
            adjusted = rerate_closed_month(_at(context, JOB, month), scope, tariff, proposal, billing_month)
            outcomes.append(_Outcome([adjusted.part], adjusted.change, adjusted.corrections))
        else:
            outcomes.append(_open_month(context, scope, tariff, month, step))
    parts = [part for outcome in outcomes for part in outcome.parts]
    _require_passed(parts)
    differences = [outcome.change.differences(outcome.corrections, proposal) for outcome in outcomes]
    _keep(context, reduce(DataFrame.unionByName, differences), proposal)
    changed = tuple(part for part in parts if any(files.rows for files in part.staged))
    found = Proposal(
        proposal=proposal,
        first_day=scope.first,
        last_day=scope.last,
        account_id=scope.account,
        destination=scope.destination,
        billing_month=billing_month,
        proposed_at=started,
        code_version=settings.code_version,
        details=Details(
            inputs={table: dict(partitions) for table, partitions in inputs.items()},
            closed_months=tuple(month for month in scope.months if month in closed),
            parts=changed,
        ),
    )
    found.save(lake)
    return found


def _open_month(context: JobContext, scope: Scope, tariff: Tariff, month: date, step: Step) -> _Outcome:
    """The days of an open month that differ, and the month with them."""
    lake, spark = context.lake, context.spark
    after, parts = lake.read(spark, DailyAggregates, landing_day=_others(scope, month)), []
    for day in scope.days_in(month):
        step(f"{day}")
        rated = rerate_day(_at(context, job.STAGE, day), scope, tariff)
        after = after.unionByName(rated.aggregates)
        published = lake.read(spark, DailyAggregates, landing_day=day)
        failed = not rated.part.report.published
        if failed or not changes(published, rated.aggregates).isEmpty():
            parts.append(rated.part)
    before = lake.read(spark, DailyAggregates, landing_day=days_of_month(month))
    change = MonthChange(month, before, after, month_before(context, month))
    return _Outcome(parts, change, change.corrections(tariff))


def _others(scope: Scope, month: date) -> list[date]:
    days = set(scope.days_in(month))
    return [day for day in days_of_month(month) if day not in days]


def _at(context: JobContext, name: str, partition: date) -> JobContext:
    return replace(context, request=context.request.model_copy(update={"job": name, "partition": partition}))


def _require_passed(parts: list[Part]) -> None:
    failed = [
        (part.report.partition, check)
        for part in parts
        for check in part.report.checks
        if check.blocking and not check.passed
    ]
    if failed:
        said = [f"{partition} {_verdict(check)}" for partition, check in failed]
        raise RerateHeldError("\n".join(["The audit holds this re-rating back; nothing was published.", *said]))


def _verdict(check: CheckResult) -> str:
    return f"{check.name} failed: {check.figure}"


def _keep(context: JobContext, differences: DataFrame, proposal: str) -> None:
    publication = Publication(context)
    publication.write(RerateDifferences, differences, proposal=proposal)
    if not publication.finish({}).published:
        raise RerateHeldError("The differences of this re-rating break the rules of rerate_differences.")
