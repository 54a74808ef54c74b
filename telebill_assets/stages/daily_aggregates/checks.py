"""The checks of daily_aggregates: every call is priced once and summed, by the right tariff, at the right price."""

from datetime import date
from typing import Any

import polars as pl

from telebill_assets.audit.balance import balance
from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.controls.coverage import OVERLAPS, PLANS, RATES, plan_coverage, plan_overlaps, rate_coverage
from telebill_assets.audit.controls.rerate import RERATE, rerate
from telebill_assets.audit.controls.second_rating import TABLES_READ
from telebill_assets.audit.controls.services import KNOWN, known_services
from telebill_assets.audit.controls.suspense import SUSPENSE, suspense_age, waiting
from telebill_assets.audit.controls.volume import VOLUME, day_volumes, days_before, volume
from telebill_assets.audit.controls.zero_rated import ZERO_RATED, zero_rated
from telebill_assets.audit.identities import CALLS, identity_check
from telebill_assets.audit.ledger import count
from telebill_assets.audit.publication import Publication
from telebill_assets.compute import closed
from telebill_assets.compute.context import JobContext
from telebill_assets.compute.days import earlier_days
from telebill_assets.tables.daily_aggregates import DailyAggregates
from telebill_assets.tables.ledger import Ledger
from telebill_assets.tables.reference.services import Services
from telebill_assets.tables.registry import TABLES
from telebill_assets.tables.suspended_usage import SuspendedUsage
from telebill_assets.tables.table import table_name

GATES = {
    "calls_balance": "Every validated call is priced or suspended for want of a plan or rate",
    "every_file_priced": "In every file, the calls and seconds validated are those priced or suspended",
    "charges_balance": "The aggregates hold every priced call, second and charge",
    closed.NAME: closed.PROVES,
}
CONTROLS = (RERATE, KNOWN, OVERLAPS, PLANS, RATES, ZERO_RATED, VOLUME, SUSPENSE)


def check(
    context: JobContext, publication: Publication, ledger: pl.DataFrame, sample: pl.DataFrame | None
) -> list[CheckResult]:
    """Judge the day: the rows written, its ledger, and a sample of its priced calls."""
    aggregates, suspended = publication.rows_of(DailyAggregates), publication.rows_of(SuspendedUsage)
    return [
        *controls(context, aggregates, suspended, ledger, sample),
        *balances(context, aggregates, ledger),
        closed.closed_month_unchanged(context, publication.files_of(DailyAggregates)),
    ]


def controls(
    context: JobContext,
    aggregates: pl.LazyFrame,
    suspended: pl.LazyFrame,
    ledger: pl.DataFrame,
    sample: pl.DataFrame | None,
) -> list[CheckResult]:
    """Prices, the tariff they come from, the day's volume, and what waits in suspense."""
    lake, day, thresholds = context.lake, context.partition, context.thresholds
    rows, open_records = reference_rows(context), _open_records(context, suspended)
    before = lake.scan(Ledger, period=days_before(day, thresholds), stage="daily_aggregates")
    return [
        rerate(sample.to_dicts() if sample is not None else [], rows),
        known_services(aggregates, lake.frame(Services)),
        plan_overlaps(rows["subscriptions"]),
        plan_coverage(rows["services"], rows["subscriptions"], day, thresholds),
        rate_coverage(rows, day, thresholds),
        zero_rated(aggregates, thresholds),
        volume([*day_volumes(before), *day_volumes(ledger)], day, _published_days(context), thresholds),
        suspense_age(waiting(open_records, aggregates, day, context.settings.max_call_s), thresholds),
    ]


def balances(context: JobContext, aggregates: pl.LazyFrame, ledger: pl.DataFrame) -> list[CheckResult]:
    """The day's ledger against what was validated, and its aggregates against the ledger."""
    counts = count(ledger)
    priced = {name: counts.of(name) for name in ("priced", "suspended")}
    validated = context.lake.frame(Ledger, period=context.partition, stage="validated_usage")
    received = count(validated).of("validated")
    return [
        balance(
            "calls_balance",
            GATES["calls_balance"],
            ("validated", {"records": received["records"], "talk_s": received["talk_s"]}),
            priced,
        ),
        identity_check(pl.concat([validated, ledger]), CALLS, "every_file_priced", GATES["every_file_priced"]),
        balance(
            "charges_balance",
            GATES["charges_balance"],
            ("priced", priced["priced"]),
            {"in aggregates": _sums(aggregates)},
        ),
    ]


def figures(ledger: pl.DataFrame) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """Priced calls and billed seconds, and suspended calls by reason: what the job report shows."""
    counts = count(ledger)
    priced = counts.of("priced")
    return (
        {"priced": str(priced["records"]), "billed_s": str(priced["billed_s"])},
        {"suspended": counts.by_reason("suspended")},
    )


def reference_rows(context: JobContext) -> dict[str, list[dict[str, Any]]]:
    """The reference tables that the second implementation prices by, and the service map, as plain rows."""
    read = {*TABLES_READ, table_name(Services)}
    return {name: context.lake.frame(model).to_dicts() for name, model in TABLES.items() if name in read}


def _sums(aggregates: pl.LazyFrame) -> dict[str, Any]:
    measures = {"records": "calls", "talk_s": "talk_s", "billed_s": "billed_s", "amount": "charge"}
    return (
        aggregates.select(pl.col(column).sum().alias(name) for name, column in measures.items())
        .collect()
        .row(0, named=True)
    )


def _published_days(context: JobContext) -> list[date]:
    partitions = context.lake.published_partitions(DailyAggregates)
    return [landed for each in partitions if isinstance(landed := each["landing_day"], date)]


def _open_records(context: JobContext, suspended: pl.LazyFrame) -> pl.LazyFrame:
    """What waits: all suspense of earlier days, what validation suspended today, and the calls without a price."""
    lake, columns = context.lake, ("landing_day", "account_id", "talk_s")
    parts = (
        lake.scan(SuspendedUsage, landing_day=earlier_days(context)),
        lake.scan(SuspendedUsage, landing_day=context.partition, stage="validated_usage"),
        suspended,
    )
    return pl.concat([part.select(columns) for part in parts])
