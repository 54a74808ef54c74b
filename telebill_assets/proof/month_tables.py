"""What a month consists of: the tables of its landing days, its charge lines, its final invoices, its ledger."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from telebill_assets.compute.days import days_of_month
from telebill_assets.invoicing.frames import FinalInvoices, final_invoices
from telebill_assets.lake.lake import Lake
from telebill_assets.tables.daily_aggregates import DailyAggregates
from telebill_assets.tables.excluded_usage import ExcludedUsage
from telebill_assets.tables.file_register import FileRegister
from telebill_assets.tables.ledger import Ledger
from telebill_assets.tables.rated_usage import RatedUsage
from telebill_assets.tables.raw_cdr import RawCdr
from telebill_assets.tables.suspended_usage import SuspendedUsage
from telebill_assets.tables.taxed_charges import TaxedCharges, TaxLines
from telebill_assets.tables.validated_usage import ValidatedUsage

MONTHLY_STAGES = ("rated_usage", "taxed_charges", "invoices")
DAILY_STAGES = ("raw_cdr", "validated_usage", "daily_aggregates")


@dataclass(frozen=True)
class DayTables:
    """Published rows of a landing day."""

    register: pl.LazyFrame
    raw: pl.LazyFrame
    validated: pl.LazyFrame
    suspended: pl.LazyFrame
    excluded: pl.LazyFrame
    aggregates: pl.LazyFrame
    ledger: pl.LazyFrame


@dataclass(frozen=True)
class MonthTables:
    """Published rows of a billing month. Nothing is read before it is asked for, and then only what is asked of it.

    Usage comes day by day, because a month of it has no room in memory.
    """

    month: date
    missing_days: list[date]
    """Landing days whose aggregates are not published."""
    days: list[DayTables]
    register: pl.LazyFrame
    validated: pl.LazyFrame
    aggregates: pl.LazyFrame
    rated: pl.LazyFrame
    taxed: pl.LazyFrame
    tax_lines: pl.LazyFrame
    final: FinalInvoices
    ledger: pl.LazyFrame
    """Of the monthly stages."""


def month_tables(lake: Lake, url: str, month: date) -> MonthTables:
    """A billing month, named by its first day, as it is published now. `url` is the billing database."""
    days = days_of_month(month)
    present = {partition["landing_day"] for partition in lake.published_partitions(DailyAggregates)}
    return MonthTables(
        month=month,
        missing_days=[day for day in days if day not in present],
        days=[_day_tables(lake, day) for day in days],
        register=lake.scan(FileRegister, landing_day=days),
        validated=lake.scan(ValidatedUsage, landing_day=days),
        aggregates=lake.scan(DailyAggregates, landing_day=days),
        rated=lake.scan(RatedUsage, billing_month=month),
        taxed=lake.scan(TaxedCharges, billing_month=month),
        tax_lines=lake.scan(TaxLines, billing_month=month),
        final=final_invoices(url, month),
        ledger=lake.scan(Ledger, period=month, stage=list(MONTHLY_STAGES)),
    )


def _day_tables(lake: Lake, day: date) -> DayTables:
    return DayTables(
        register=lake.scan(FileRegister, landing_day=day),
        raw=lake.scan(RawCdr, landing_day=day),
        validated=lake.scan(ValidatedUsage, landing_day=day),
        suspended=lake.scan(SuspendedUsage, landing_day=day),
        excluded=lake.scan(ExcludedUsage, landing_day=day),
        aggregates=lake.scan(DailyAggregates, landing_day=day),
        ledger=lake.scan(Ledger, period=day, stage=list(DAILY_STAGES)),
    )
