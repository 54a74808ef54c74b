"""The job of rated_usage: a month's aggregates and charges become charge lines."""

from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from telebill_assets.audit.balance import balance
from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.identities import CALLS, RECORDS, differing
from telebill_assets.audit.ledger import count, ledger_rows
from telebill_assets.audit.publication import Publication
from telebill_assets.compute import adjustments
from telebill_assets.compute.context import JobContext
from telebill_assets.compute.controls import rated_usage as controls
from telebill_assets.compute.days import days_of_month
from telebill_assets.compute.month_before import month_before
from telebill_assets.compute.request import JobReport
from telebill_assets.compute.tariff import published_tariff
from telebill_assets.rating.charge_lines import MonthBefore, balances, charge_lines
from telebill_assets.rating.month import Month
from telebill_assets.rating.tariff import Tariff
from telebill_assets.tables.allowance_balances import AllowanceBalances
from telebill_assets.tables.daily_aggregates import DailyAggregates
from telebill_assets.tables.ledger import Ledger
from telebill_assets.tables.rated_usage import RatedUsage
from telebill_assets.tables.validated_usage import ValidatedUsage

STAGE = "rated_usage"
TABLES = (
    RatedUsage,
    AllowanceBalances,
    Ledger,
)
GATES = {
    "every_day_is_there": "daily_aggregates is published for every landing day of the month",
    "days_agree": "On every day, what was received was settled and what was validated was priced",
    "no_call_twice": "No record key is validated on two landing days of the month",
    adjustments.NAME: adjustments.PROVES,
    "month_before_is_there": "What the month before has left for this one is published: units that roll over, "
    "fees billed in advance",
    "usage_balance": "The usage lines charge every priced call, to the last decimal",
}
CONTROLS = controls.CONTROLS


def run(context: JobContext) -> JobReport:
    """Make the charge lines of one billing month."""
    month, publication = context.partition, Publication(context)
    days = days_of_month(month)
    aggregates = context.lake.read(context.spark, DailyAggregates, landing_day=days)
    tariff, before = published_tariff(context), month_before(context, month)
    own = charge_lines(aggregates, tariff, month, before)
    corrections = adjustments.charges(context, month)
    lines = publication.write(RatedUsage, own.unionByName(corrections), billing_month=month)
    publication.write(AllowanceBalances, balances(aggregates, tariff, month, before), billing_month=month)
    ledger = publication.write(Ledger, _counted(lines, month), period=month, stage=STAGE)

    usage = count(ledger).of("usage")
    summed = aggregates.agg(
        F.coalesce(F.sum("calls"), F.lit(0)).alias("records"),
        F.coalesce(F.sum("billed_s"), F.lit(0)).alias("billed_s"),
        F.coalesce(F.sum("charge"), F.lit(0)).alias("amount"),
    ).first()
    charged = lines.where("line_kind = 'usage'").agg(F.coalesce(F.sum("calls"), F.lit(0)).alias("calls")).first()
    publication.check(
        _every_day_is_there(context, days),
        _days_agree(context, days),
        _no_call_twice(context, days),
        adjustments.balanced(context, month, lines),
        month_before_is_there(context, tariff, before),
        balance(
            "usage_balance",
            GATES["usage_balance"],
            ("priced", summed.asDict() if summed else {}),
            {
                "usage lines": {
                    "records": charged["calls"] if charged else 0,
                    "billed_s": usage["billed_s"],
                    "amount": usage["amount"],
                }
            },
        ),
    )
    publication.check(*controls.check(context, aggregates, lines, days))
    return publication.finish({"charge_lines": str(publication.rows(RatedUsage))}, {"net": _net(lines)})


def _counted(lines: DataFrame, month: date) -> DataFrame:
    counted = lines.groupBy("currency", F.col("line_kind").alias("outcome")).agg(
        F.count("*").alias("records"),
        F.sum("talk_s").alias("talk_s"),
        F.sum("billed_s").alias("billed_s"),
        F.sum("exact_amount").alias("amount"),
    )
    return ledger_rows(counted, STAGE, month)


def _every_day_is_there(context: JobContext, days: list[date]) -> CheckResult:
    """A day without calls still has its published, empty aggregates."""
    present = {partition["landing_day"] for partition in context.lake.published_partitions(DailyAggregates)}
    missing = [day.isoformat() for day in days if day not in present]
    return CheckResult(
        name="every_day_is_there",
        description=GATES["every_day_is_there"],
        passed=not missing,
        figure=f"{len(days) - len(missing)} of {len(days)} days",
        failures=dict.fromkeys(missing, 1),
        samples=missing,
    )


def month_before_is_there(context: JobContext, tariff: Tariff, before: MonthBefore | None) -> CheckResult:
    """Months follow each other where one depends on the other; the first month has none before it."""
    month = Month(context.partition).previous
    days = {partition["landing_day"] for partition in context.lake.published_partitions(DailyAggregates)}
    missing = before is None and tariff.carries_over and bool(days & {*days_of_month(month.first)})
    figure = "published" if before else "rated first, because it had calls" if missing else "not needed"
    return CheckResult(
        name="month_before_is_there",
        description=GATES["month_before_is_there"],
        passed=not missing,
        figure=f"{month.first:%Y-%m}: {figure}",
        failures={f"{month.first:%Y-%m}": 1} if missing else {},
        samples=[f"{month.first:%Y-%m}"] if missing else [],
    )


def _days_agree(context: JobContext, days: list[date]) -> CheckResult:
    """A day validated again after it was aggregated no longer agrees."""
    ledger = context.lake.read(
        context.spark, Ledger, period=days, stage=["raw_cdr", "validated_usage", "daily_aggregates"]
    )
    wrong = differing(ledger, RECORDS).select("period").union(differing(ledger, CALLS).select("period")).distinct()
    stale = sorted(row["period"].isoformat() for row in wrong.collect())
    return CheckResult(
        name="days_agree",
        description=GATES["days_agree"],
        passed=not stale,
        figure=f"{len(stale)} of {len(days)} days disagree",
        failures=dict.fromkeys(stale, 1),
        samples=stale,
    )


def _no_call_twice(context: JobContext, days: list[date]) -> CheckResult:
    """Days that ran in parallel could each have taken the same record for new."""
    keys = context.lake.read(context.spark, ValidatedUsage, landing_day=days).select("record_key")
    repeated = keys.groupBy(F.xxhash64("record_key").alias("key_hash")).count().where("count > 1").select("key_hash")
    suspects = keys.withColumn("key_hash", F.xxhash64("record_key")).join(
        F.broadcast(repeated), "key_hash", "left_semi"
    )
    twice = suspects.groupBy("record_key").count().where("count > 1").count()
    return CheckResult(
        name="no_call_twice",
        description=GATES["no_call_twice"],
        passed=twice == 0,
        figure=f"{twice:,} record keys on more than one day",
        failures={"record_key": twice} if twice else {},
    )


def _net(lines: DataFrame) -> dict[str, str]:
    rows = lines.where("line_kind != 'pass_through'").groupBy("currency").agg(F.sum("amount").alias("net")).collect()
    return {row["currency"]: str(row["net"]) for row in sorted(rows, key=lambda row: str(row["currency"]))}
