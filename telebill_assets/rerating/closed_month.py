"""Days of a closed month priced again: the difference to what has been billed becomes adjustments of an open month."""

from dataclasses import dataclass
from datetime import date, timedelta

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from telebill_assets.audit.balance import Totals, balance
from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.ledger import count
from telebill_assets.audit.publication import Publication
from telebill_assets.compute.closed import billed_aggregates
from telebill_assets.compute.context import JobContext
from telebill_assets.compute.controls.daily_aggregates import second_prices
from telebill_assets.compute.days import days_of_month
from telebill_assets.compute.jobs import daily_aggregates as job
from telebill_assets.compute.month_before import month_before
from telebill_assets.rating.adjustments import as_adjustment_lines, changes, with_changes
from telebill_assets.rating.tariff import Tariff
from telebill_assets.rerating.effects import MonthChange
from telebill_assets.rerating.proposal import Part, StagedFiles
from telebill_assets.rerating.scope import Scope
from telebill_assets.spark.legacy import spark_schema
from telebill_assets.spark.legacy_calls import aggregate, price_calls
from telebill_assets.tables.adjustment_lines import AdjustmentLines
from telebill_assets.tables.ledger import Ledger
from telebill_assets.tables.suspended_usage import SuspendedUsage
from telebill_assets.tables.usage_adjustments import UsageAdjustments
from telebill_assets.tables.validated_usage import ValidatedUsage

JOB = "rerate"


@dataclass(frozen=True)
class AdjustedMonth:
    """A closed month's adjustments: new files, what they change, and the lines that bill it."""

    part: Part
    change: MonthChange
    corrections: DataFrame


def rerate_closed_month(
    context: JobContext, scope: Scope, tariff: Tariff, proposal: str, billing_month: date
) -> AdjustedMonth:
    """Price the scope's calls of the context's month, and set the changes aside for `billing_month`."""
    month, publication = context.partition, Publication(context)
    days = scope.days_in(month)
    calls = scope.of_account(context.lake.read(context.spark, ValidatedUsage, landing_day=days))
    priced = price_calls(calls, tariff).where(scope.covers()).persist()
    billed = billed_aggregates(context, days)
    inside = billed.where(scope.covers())
    try:
        changed = _as_adjustments(changes(inside, aggregate(priced)), month, proposal)
        adjustments = publication.write(UsageAdjustments, changed, closed_month=month, proposal=proposal)
        publication.check(
            _calls_balance(context, days, with_changes(billed, adjustments), priced),
            _charges_balance(inside, adjustments, priced),
            _no_call_twice(context, days, adjustments, priced),
            second_prices(context, priced),
        )
    finally:
        priced.unpersist()

    before = billed_aggregates(context, days_of_month(month))
    change = MonthChange(month, before, with_changes(before, adjustments), month_before(context, month))
    lines = as_adjustment_lines(change.corrections(tariff), billing_month, proposal, month)
    corrections = publication.write(AdjustmentLines, lines, billing_month=billing_month, proposal=proposal)
    publication.check(_lines_balance(adjustments, corrections))
    report, staged = publication.set_aside({"adjustment_lines": str(publication.rows(AdjustmentLines))})
    return AdjustedMonth(Part(report=report, staged=tuple(map(StagedFiles.of, staged))), change, corrections)


def _as_adjustments(changed: DataFrame, month: date, proposal: str) -> DataFrame:
    known = {"closed_month": F.lit(month), "proposal": F.lit(proposal)}
    return changed.select(
        *[
            known.get(field.name, F.col(field.name)).cast(field.dataType).alias(field.name)
            for field in spark_schema(UsageAdjustments).fields
        ]
    )


def _calls_balance(context: JobContext, days: list[date], after: DataFrame, priced: DataFrame) -> CheckResult:
    """Every validated call of the days is billed, by now or by these adjustments, or is suspended."""
    lake, spark = context.lake, context.spark
    validated = count(lake.read(spark, Ledger, period=days, stage="validated_usage")).of("validated")
    listed = lake.read(spark, SuspendedUsage, landing_day=days, stage=job.STAGE)
    outside = listed.join(priced.select("path", "line"), ["path", "line"], "left_anti").select("talk_s")
    suspended = outside.unionByName(priced.where("unpriced IS NOT NULL").select("talk_s"))
    return balance(
        "calls_balance",
        job.GATES["calls_balance"],
        ("validated", {"records": validated["records"], "talk_s": validated["talk_s"]}),
        {
            "priced": _sums(after, records=F.sum("calls"), talk_s=F.sum("talk_s")),
            "suspended": _sums(suspended, records=F.count("*"), talk_s=F.sum("talk_s")),
        },
    )


def _charges_balance(inside: DataFrame, adjustments: DataFrame, priced: DataFrame) -> CheckResult:
    measures = {"talk_s": F.sum("talk_s"), "billed_s": F.sum("billed_s"), "amount": F.sum("charge")}
    return balance(
        "charges_balance",
        "What was billed and the adjustments together are every call, second and charge as priced now",
        ("priced now", _sums(priced.where("unpriced IS NULL"), records=F.count("*"), **measures)),
        {
            "billed": _sums(inside, records=F.sum("calls"), **measures),
            "adjustments": _sums(adjustments, records=F.sum("calls"), **measures),
        },
    )


def _no_call_twice(context: JobContext, days: list[date], adjustments: DataFrame, priced: DataFrame) -> CheckResult:
    """A call released on a closed day may have been taken for new, and billed, on a later one."""
    twice = 0
    if not adjustments.where("calls != 0").isEmpty():
        last = context.settings.max_call_age_days + (days[-1] - days[0]).days
        later = [day for day in (days[0] + timedelta(days=n) for n in range(1, last + 1)) if day not in days]
        keys = context.lake.read(context.spark, ValidatedUsage, landing_day=later).select("record_key")
        twice = priced.where("unpriced IS NULL").join(keys, "record_key", "left_semi").count()
    return CheckResult(
        name="no_call_twice",
        description="No call that is billed now was validated on a later landing day too",
        passed=twice == 0,
        figure=f"{twice:,} record keys on a later day",
        failures={"record_key": twice} if twice else {},
    )


def _lines_balance(adjustments: DataFrame, lines: DataFrame) -> CheckResult:
    return balance(
        "adjustment_lines_balance",
        "The adjustments of usage lines are the changes of the calls' charges, to the last decimal",
        ("calls", _sums(adjustments, amount=F.sum("charge"))),
        {"usage lines": _sums(lines.where("corrected_kind = 'usage'"), amount=F.sum("exact_amount"))},
    )


def _sums(frame: DataFrame, **measures: Column) -> Totals:
    row = frame.agg(*[F.coalesce(sum_, F.lit(0)).alias(name) for name, sum_ in measures.items()]).first()
    return row.asDict() if row else {}
