"""The controls of daily_aggregates: prices, the tariff they come from, the day's volume, and what waits in suspense."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.controls.coverage import OVERLAPS, PLANS, RATES, plan_coverage, plan_overlaps, rate_coverage
from telebill_assets.audit.controls.rerate import RERATE, rerate
from telebill_assets.audit.controls.second_rating import TABLES_READ
from telebill_assets.audit.controls.services import KNOWN, known_services
from telebill_assets.audit.controls.suspense import SUSPENSE, suspense_age, waiting
from telebill_assets.audit.controls.thresholds import Thresholds
from telebill_assets.audit.controls.volume import VOLUME, day_volumes, days_before, volume
from telebill_assets.audit.controls.zero_rated import ZERO_RATED, zero_rated
from telebill_assets.compute.context import JobContext
from telebill_assets.compute.controls.thresholds import published_thresholds
from telebill_assets.compute.days import earlier_days
from telebill_assets.tables.daily_aggregates import DailyAggregates
from telebill_assets.tables.ledger import Ledger
from telebill_assets.tables.reference.services import Services
from telebill_assets.tables.registry import TABLES
from telebill_assets.tables.suspended_usage import SuspendedUsage
from telebill_assets.tables.table import table_name

CONTROLS = (RERATE, KNOWN, OVERLAPS, PLANS, RATES, ZERO_RATED, VOLUME, SUSPENSE)


Frame = pl.DataFrame | pl.LazyFrame
Calls = Sequence[Mapping[str, Any]]


def check(context: JobContext, sample: Calls, aggregates: Frame, suspended: Frame, ledger: Frame) -> list[CheckResult]:
    """Judge the day: a sample of its priced calls, and the new rows of daily_aggregates, suspended_usage and ledger."""
    lake, day, thresholds = context.lake, context.partition, published_thresholds(context)
    rows, open_records = _reference_rows(context), _open_records(context, suspended)
    return [
        rerate(sample, rows),
        known_services(aggregates, lake.frame(Services)),
        plan_overlaps(rows["subscriptions"]),
        plan_coverage(rows["services"], rows["subscriptions"], day, thresholds),
        rate_coverage(rows, day, thresholds),
        zero_rated(aggregates, thresholds),
        _volume(context, ledger, thresholds),
        suspense_age(waiting(open_records, aggregates, day, context.settings.max_call_s), thresholds),
    ]


def second_prices(context: JobContext, sample: Calls) -> CheckResult:
    """Judge a sample of priced calls alone, by the second implementation of pricing."""
    return rerate(sample, _reference_rows(context))


def _reference_rows(context: JobContext) -> dict[str, list[dict[str, Any]]]:
    read = {*TABLES_READ, table_name(Services)}
    return {name: context.lake.frame(model).to_dicts() for name, model in TABLES.items() if name in read}


def _volume(context: JobContext, ledger: Frame, thresholds: Thresholds) -> CheckResult:
    day = context.partition
    before = context.lake.scan(Ledger, period=days_before(day, thresholds), stage="daily_aggregates")
    volumes = [*day_volumes(before), *day_volumes(ledger)]
    partitions = context.lake.published_partitions(DailyAggregates)
    published = [landed for each in partitions if isinstance(landed := each["landing_day"], date)]
    return volume(volumes, day, published, thresholds)


def _open_records(context: JobContext, suspended: Frame) -> pl.LazyFrame:
    """What waits: all suspense of earlier days, what validation suspended today, and the calls without a price."""
    lake, columns = context.lake, ("landing_day", "account_id", "talk_s")
    parts = (
        lake.scan(SuspendedUsage, landing_day=earlier_days(context)),
        lake.scan(SuspendedUsage, landing_day=context.partition, stage="validated_usage"),
        suspended.lazy(),
    )
    return pl.concat([part.select(columns) for part in parts])
