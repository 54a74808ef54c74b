"""The controls of daily_aggregates: prices, the tariff they come from, the day's volume, and what waits in suspense."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.controls.coverage import OVERLAPS, PLANS, RATES, plan_coverage, plan_overlaps, rate_coverage
from telebill_assets.audit.controls.rerate import RERATE, rerate
from telebill_assets.audit.controls.second_rating import TABLES_READ
from telebill_assets.audit.controls.services import KNOWN, known_services
from telebill_assets.audit.controls.suspense import SUSPENSE, Waiting, suspense_age
from telebill_assets.audit.controls.thresholds import Thresholds
from telebill_assets.audit.controls.volume import VOLUME, DayVolume, days_before, volume
from telebill_assets.audit.controls.zero_rated import ZERO_RATED, zero_rated
from telebill_assets.audit.together import together
from telebill_assets.compute.context import JobContext
from telebill_assets.compute.controls.thresholds import published_thresholds
from telebill_assets.compute.days import earlier_days
from telebill_assets.spark.legacy_calls import sample_calls
from telebill_assets.tables.daily_aggregates import DailyAggregates
from telebill_assets.tables.ledger import Ledger
from telebill_assets.tables.reference.services import Services
from telebill_assets.tables.registry import TABLES
from telebill_assets.tables.suspended_usage import SuspendedUsage
from telebill_assets.tables.table import table_name

CONTROLS = (RERATE, KNOWN, OVERLAPS, PLANS, RATES, ZERO_RATED, VOLUME, SUSPENSE)


def check(
    context: JobContext, priced: DataFrame, aggregates: DataFrame, suspended: DataFrame, ledger: DataFrame
) -> list[CheckResult]:
    """Judge the day: its priced calls, and the new rows of daily_aggregates, suspended_usage and ledger."""
    day, thresholds = context.partition, published_thresholds(context)
    rows = _reference_rows(context)
    return together(
        lambda: rerate(sample_calls(priced, thresholds.rerate_sample), rows),
        lambda: known_services(aggregates, context.reference(Services)),
        lambda: plan_overlaps(rows["subscriptions"]),
        lambda: plan_coverage(rows["services"], rows["subscriptions"], day, thresholds),
        lambda: rate_coverage(rows, day, thresholds),
        lambda: zero_rated(aggregates, thresholds),
        lambda: _volume(context, ledger, thresholds),
        lambda: suspense_age(_waiting(context, suspended, aggregates), thresholds),
    )


def second_prices(context: JobContext, priced: DataFrame) -> CheckResult:
    """Judge priced calls alone, by the second implementation of pricing."""
    return rerate(sample_calls(priced, published_thresholds(context).rerate_sample), _reference_rows(context))


def _reference_rows(context: JobContext) -> dict[str, list[dict[str, Any]]]:
    read = {*TABLES_READ, table_name(Services)}
    return {name: context.lake.read_arrow(model).to_pylist() for name, model in TABLES.items() if name in read}


def _volume(context: JobContext, ledger: DataFrame, thresholds: Thresholds) -> CheckResult:
    day = context.partition
    before = context.lake.read(context.spark, Ledger, period=days_before(day, thresholds), stage="daily_aggregates")
    summed = (
        before.unionByName(ledger)
        .where("outcome = 'priced'")
        .groupBy(F.col("period").alias("day"), F.coalesce("source", F.lit("re-rated")).alias("source"), "currency")
        .agg(F.sum("records").alias("records"), F.sum("talk_s").alias("seconds"), F.sum("amount").alias("charge"))
    )
    partitions = context.lake.published_partitions(DailyAggregates)
    published = [landed for each in partitions if isinstance(landed := each["landing_day"], date)]
    return volume([DayVolume(**row.asDict()) for row in summed.collect()], day, published, thresholds)


def _waiting(context: JobContext, suspended: DataFrame, aggregates: DataFrame) -> list[Waiting]:
    """Open records by age in days, valued at the day's average charge of a second."""
    day = context.partition
    columns: Sequence[Any] = ("landing_day", "account_id", "talk_s")
    open_records = (
        context.lake.read(context.spark, SuspendedUsage, landing_day=earlier_days(context))
        .unionByName(context.lake.read(context.spark, SuspendedUsage, landing_day=day, stage="validated_usage"))
        .unionByName(suspended)
        .select(*columns)
    )
    per_second = F.sum("charge") / F.greatest(F.sum("talk_s"), F.lit(1))
    of_account = aggregates.groupBy("account_id").agg(per_second.alias("of_account"))
    of_all = aggregates.agg(F.coalesce(per_second, F.lit(0)).alias("of_all"))
    talk_s = F.least(F.greatest(F.coalesce("talk_s", F.lit(0)), F.lit(0)), F.lit(context.settings.max_call_s))
    value = talk_s * F.coalesce("of_account", "of_all")
    waiting = (
        open_records.join(F.broadcast(of_account), "account_id", "left")
        .crossJoin(F.broadcast(of_all))
        .groupBy(F.datediff(F.lit(day), F.col("landing_day")).alias("age_days"))
        .agg(F.count("*").alias("records"), F.sum(talk_s).alias("talk_s"), F.sum(value).alias("value"))
    )
    return [Waiting(**row.asDict()) for row in waiting.collect()]
