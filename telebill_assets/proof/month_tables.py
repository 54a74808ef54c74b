"""What a month consists of: the tables of its landing days, its charge lines, its final invoices, its ledger."""

from dataclasses import dataclass
from datetime import date

from pyspark.sql import DataFrame, SparkSession

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
class MonthTables:
    """Published rows of a billing month."""

    month: date
    missing_days: list[date]
    """Landing days whose aggregates are not published."""
    register: DataFrame
    raw: DataFrame
    validated: DataFrame
    suspended: DataFrame
    excluded: DataFrame
    aggregates: DataFrame
    rated: DataFrame
    taxed: DataFrame
    tax_lines: DataFrame
    final: FinalInvoices
    ledger: DataFrame


def month_tables(spark: SparkSession, lake: Lake, url: str, month: date) -> MonthTables:
    """Read a billing month, named by its first day, as it is published now. `url` is the billing database."""
    days = days_of_month(month)
    present = {partition["landing_day"] for partition in lake.published_partitions(DailyAggregates)}
    daily = lake.read(spark, Ledger, period=days, stage=list(DAILY_STAGES))
    return MonthTables(
        month=month,
        missing_days=[day for day in days if day not in present],
        register=lake.read(spark, FileRegister, landing_day=days),
        raw=lake.read(spark, RawCdr, landing_day=days),
        validated=lake.read(spark, ValidatedUsage, landing_day=days),
        suspended=lake.read(spark, SuspendedUsage, landing_day=days),
        excluded=lake.read(spark, ExcludedUsage, landing_day=days),
        aggregates=lake.read(spark, DailyAggregates, landing_day=days),
        rated=lake.read(spark, RatedUsage, billing_month=month),
        taxed=lake.read(spark, TaxedCharges, billing_month=month),
        tax_lines=lake.read(spark, TaxLines, billing_month=month),
        final=final_invoices(spark, url, month),
        ledger=daily.unionByName(lake.read(spark, Ledger, period=month, stage=list(MONTHLY_STAGES))),
    )
