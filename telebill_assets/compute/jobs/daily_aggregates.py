"""The job of daily_aggregates: every validated call is priced, then summed per account and rate."""

from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from telebill_assets.audit.balance import balance
from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.identities import CALLS, identity_check
from telebill_assets.audit.ledger import count, ledger_rows
from telebill_assets.audit.publication import Publication
from telebill_assets.compute import closed
from telebill_assets.compute.context import JobContext
from telebill_assets.compute.controls import daily_aggregates as controls
from telebill_assets.compute.request import JobReport
from telebill_assets.compute.tariff import published_tariff
from telebill_assets.mediation.aggregate import aggregate, unpriced_calls
from telebill_assets.rating.call.price_calls import price_calls
from telebill_assets.tables.daily_aggregates import DailyAggregates
from telebill_assets.tables.ledger import Ledger
from telebill_assets.tables.raw_cdr import RawCdr
from telebill_assets.tables.suspended_usage import SuspendedUsage
from telebill_assets.tables.validated_usage import ValidatedUsage

STAGE = "daily_aggregates"
TABLES = (
    DailyAggregates,
    SuspendedUsage,
    Ledger,
)
GATES = {
    "calls_balance": "Every validated call is priced or suspended for want of a plan or rate",
    "every_file_priced": "In every file, the calls and seconds validated are those priced or suspended",
    "charges_balance": "The aggregates hold every priced call, second and charge",
    closed.NAME: closed.PROVES,
}
CONTROLS = controls.CONTROLS


def run(context: JobContext) -> JobReport:
    """Price and sum the calls of one landing day."""
    day, publication = context.partition, Publication(context)
    calls = context.lake.read(context.spark, ValidatedUsage, landing_day=day)
    priced = price_calls(calls, published_tariff(context)).persist()
    try:
        aggregates = publication.write(DailyAggregates, aggregate(priced), landing_day=day)
        suspended = with_text(context, unpriced_calls(priced), day)
        suspended = publication.write(SuspendedUsage, suspended, landing_day=day, stage=STAGE)
        ledger = publication.write(Ledger, counted(priced, day), period=day, stage=STAGE)
        publication.check(*controls.check(context, priced, aggregates, suspended, ledger))
    finally:
        priced.unpersist()

    counts = count(ledger)
    publication.check(*balances(context, aggregates, ledger, day), closed.closed_month_unchanged(context, aggregates))
    priced_totals = counts.of("priced")
    figures = {"priced": str(priced_totals["records"]), "billed_s": str(priced_totals["billed_s"])}
    return publication.finish(figures, {"suspended": counts.by_reason("suspended")})


def balances(context: JobContext, aggregates: DataFrame, ledger: DataFrame, day: date) -> list[CheckResult]:
    """The verdicts on a day: its ledger against what was validated, its aggregates against the ledger."""
    counts = count(ledger)
    outcomes = {name: counts.of(name) for name in ("priced", "suspended")}
    summed = aggregates.agg(
        F.coalesce(F.sum("calls"), F.lit(0)).alias("records"),
        F.coalesce(F.sum("talk_s"), F.lit(0)).alias("talk_s"),
        F.coalesce(F.sum("billed_s"), F.lit(0)).alias("billed_s"),
        F.coalesce(F.sum("charge"), F.lit(0)).alias("amount"),
    ).first()
    validated = context.lake.read(context.spark, Ledger, period=day, stage="validated_usage")
    received = count(validated).of("validated")
    return [
        balance(
            "calls_balance",
            GATES["calls_balance"],
            ("validated", {"records": received["records"], "talk_s": received["talk_s"]}),
            outcomes,
        ),
        identity_check(validated.unionByName(ledger), CALLS, "every_file_priced", GATES["every_file_priced"]),
        balance(
            "charges_balance",
            GATES["charges_balance"],
            ("priced", outcomes["priced"]),
            {"in aggregates": summed.asDict() if summed else {}},
        ),
    ]


def with_text(context: JobContext, unpriced: DataFrame, day: date) -> DataFrame:
    """Suspended calls with their original text."""
    raw = context.lake.read(context.spark, RawCdr, landing_day=day).select("path", "line", "raw")
    return raw.join(F.broadcast(unpriced), ["path", "line"])


def counted(priced: DataFrame, day: date) -> DataFrame:
    """Ledger rows of priced calls: per file, what was priced and what was suspended for which reason."""
    outcome = F.when(F.col("unpriced").isNull(), "priced").otherwise("suspended")
    sums = priced.groupBy(
        "path", "source", "currency", outcome.alias("outcome"), F.col("unpriced").alias("reason")
    ).agg(
        F.count("*").alias("records"),
        F.sum("talk_s").alias("talk_s"),
        F.sum("billed_s").alias("billed_s"),
        F.sum("charge").alias("amount"),
    )
    return ledger_rows(sums, STAGE, day)
