"""Computing a proposal: every day or closed month of the scope priced again, audited, and set aside."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from secrets import token_hex

from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.publication import Publication
from telebill_assets.compute.closed import Aggregates, closed_months_of, next_open_month
from telebill_assets.compute.context import JobContext
from telebill_assets.compute.days import days_of_month
from telebill_assets.compute.month_before import files_before
from telebill_assets.compute.request import JobRequest
from telebill_assets.compute.tariff import published_tariff
from telebill_assets.errors import OperatorError
from telebill_assets.lake.lake import Lake
from telebill_assets.rerating.closed_month import JOB, rerate_closed_month
from telebill_assets.rerating.effects import Effect, MonthChange, effects
from telebill_assets.rerating.inputs import snapshots_of
from telebill_assets.rerating.open_day import rerate_day
from telebill_assets.rerating.pricing import Rerating
from telebill_assets.rerating.proposal import Details, Part, Proposal, now, run_id_of
from telebill_assets.rerating.scope import Scope
from telebill_assets.settings import Settings
from telebill_assets.spark.distribute import Cluster
from telebill_assets.stages.daily_aggregates.job import STAGE
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
    found: list[Effect]


def propose(settings: Settings, cluster: Cluster, scope: Scope, step: Step = lambda _: None) -> Proposal:
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
    context = JobContext(request, settings, lake, cluster)
    billing_month = max((next_open_month(month, closed) for month in scope.months if month in closed), default=None)
    differences = Publication(context)
    folder = differences.folder(RerateDifferences, proposal=proposal)
    work = _Work(context, Rerating(proposal, scope, published_tariff(context), folder), step)
    outcomes = [
        work.closed_month(month, billing_month) if billing_month and month in closed else work.open_month(month)
        for month in scope.months
    ]
    parts = [part for outcome in outcomes for part in outcome.parts]
    _require_passed(parts)
    _keep(differences, [effect for outcome in outcomes for effect in outcome.found], proposal)
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


@dataclass(frozen=True)
class _Work:
    """The months of a scope, priced again one after the other."""

    context: JobContext
    rerating: Rerating
    step: Step

    def closed_month(self, month: date, billing_month: date) -> _Outcome:
        """The days of a closed month: their differences are billed with `billing_month`."""
        self.step(f"{month:%Y-%m}")
        adjusted = rerate_closed_month(_at(self.context, JOB, month), self.rerating, billing_month)
        return _Outcome([adjusted.part], adjusted.found)

    def open_month(self, month: date) -> _Outcome:
        """The days of an open month that differ, and the month with them."""
        lake, work, days, parts = self.context.lake, self.rerating, days_of_month(month), []
        after = lake.paths(DailyAggregates, landing_day=_others(work.scope, month))
        for day in work.scope.days_in(month):
            self.step(f"{day}")
            rated = rerate_day(_at(self.context, STAGE, day), work.scope, work.tariff)
            after += rated.aggregates
            if rated.differs or not rated.part.report.published:
                parts.append(rated.part)
        change = MonthChange(
            month=month,
            proposal=work.proposal,
            tariff=work.tariff,
            before=Aggregates(days, lake.paths(DailyAggregates, landing_day=days)),
            after=Aggregates(days, after),
            left=files_before(self.context, month),
            folder=work.folder,
        )
        return _Outcome(parts, effects(self.context, change))


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


def _keep(publication: Publication, found: Sequence[Effect], proposal: str) -> None:
    publication.adopt(RerateDifferences, [each.differences for each in found], proposal=proposal)
    if not publication.finish({}).published:
        raise RerateHeldError("The differences of this re-rating break the rules of rerate_differences.")
