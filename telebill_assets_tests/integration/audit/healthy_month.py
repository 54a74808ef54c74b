"""A small month that is right: one day of calls on the whole road, and its tables as Arrow."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession

from telebill_assets.compute.context import JobContext
from telebill_assets.compute.days import days_of_month
from telebill_assets.compute.request import JobReport, JobRequest
from telebill_assets.compute.runner import LocalRunner
from telebill_assets.compute.tariff import published_tariff
from telebill_assets.rating.call.price_calls import price_calls
from telebill_assets.demo.landing_files import Generator
from telebill_assets.demo.reference_files import write_reference_files
from telebill_assets.invoicing.assembly import Assembly, assemble
from telebill_assets.lake.lake import Lake
from telebill_assets.mediation.layouts import LAYOUTS
from telebill_assets.reference.load import load
from telebill_assets.reference.publish import publish
from telebill_assets.settings import Settings
from telebill_assets.tables.daily_aggregates import DailyAggregates
from telebill_assets.tables.reference.accounts import Accounts
from telebill_assets.tables.reference.sellers import Sellers
from telebill_assets.tables.registry import TABLES
from telebill_assets_tests.conftest import SMALL
from telebill_assets_tests.frames import arrow

DAY, MONTH = date(2020, 4, 3), date(2020, 4, 1)
DAILY = ("raw_cdr", "validated_usage", "daily_aggregates")
MONTHLY = ("rated_usage", "taxed_charges", "invoices")
Row = dict[str, Any]


@dataclass(frozen=True)
class Tables:
    """The healthy tables, with faults put into some of them."""

    context: JobContext
    tables: Mapping[str, pa.Table]

    @property
    def spark(self) -> SparkSession:
        return self.context.spark

    def rows(self, name: str) -> list[Row]:
        """Rows of a table."""
        return list(self.tables[name].to_pylist())

    def frame(self, name: str) -> DataFrame:
        """A table as a frame."""
        return self.spark.createDataFrame(self.tables[name])

    def assembly(self) -> Assembly:
        """The invoices, before they are numbered."""
        return Assembly(*[self.frame(name) for name in ("invoices", "invoice_lines", "invoice_taxes", "holds")])

    def having(self, name: str, rows: list[Row]) -> "Tables":
        """The same with other rows in a table."""
        schema = pa.schema([field.with_nullable(True) for field in self.tables[name].schema])
        return replace(self, tables={**self.tables, name: pa.Table.from_pylist(rows, schema)})


@dataclass(frozen=True)
class HealthyMonth:
    """A home in which the month ran, and what the jobs reported."""

    settings: Settings
    spark: SparkSession
    reports: Mapping[str, JobReport]

    def context(self, partition: date, run_id: str = "healthy") -> JobContext:
        """Surroundings of a job of this partition."""
        request = JobRequest(job="test", partition=partition, run_id=run_id, code_version="test")
        return JobContext(request, self.settings, self.spark, Lake.open(self.settings))

    def run(self, job: str) -> JobReport:
        """Run a job again."""
        return run_job(self.settings, job)

    def tables(self) -> Tables:
        """All tables that are published, with the priced calls and the assembled invoices."""
        day, month = self.context(DAY), self.context(MONTH)
        lake = day.lake
        found = {name: lake.read_arrow(model) for name, model in TABLES.items()}
        calls = lake.frame(TABLES["validated_usage"], landing_day=DAY)
        found["priced"] = price_calls(calls, published_tariff(day)).to_arrow()
        monthly = [lake.read(self.spark, TABLES[name]) for name in ("rated_usage", "taxed_charges", "tax_lines")]
        assembly = assemble(*monthly, month.reference(Accounts), month.reference(Sellers), month=MONTH)
        parts = (assembly.invoices, assembly.lines, assembly.taxes, assembly.holds)
        for name, part in zip(("invoices", "invoice_lines", "invoice_taxes", "holds"), parts, strict=True):
            found[name] = part.toArrow()
        return Tables(day, found)


def run_job(settings: Settings, job: str) -> JobReport:
    """One job of the day or the month."""
    partition = DAY if job in DAILY else MONTH
    request = JobRequest(job=job, partition=partition, run_id=f"run-{uuid4().hex[:8]}", code_version="test")
    return LocalRunner(settings).run(request)


def build(spark: SparkSession, home: Path, suretax_url: str) -> HealthyMonth:
    """Generate a day of four files with all faults of records, and run the month; its other days are empty."""
    settings = Settings(home=home, suretax_url=suretax_url, **SMALL)
    write_reference_files(settings.reference_dir)
    Generator(settings.landing_dir, 5, 4, 40).write_days([DAY])
    lake = Lake.open(settings)
    publish(load(settings.reference_dir, LAYOUTS), lake, "reference", "test")
    reports = {job: run_job(settings, job) for job in DAILY}
    for day in days_of_month(MONTH):
        if day != DAY:
            lake.publish(lake.stage_arrow(arrow(DailyAggregates), DailyAggregates, "empty", landing_day=day), "test")
    reports |= {job: run_job(settings, job) for job in MONTHLY}
    return HealthyMonth(settings, spark, reports)


def republish(month: HealthyMonth, name: str, rows: list[Row], **partition: Any) -> None:
    """Publish other rows of a partition, as a stage with a fault would."""
    model = TABLES[name]
    lake = Lake.open(month.settings)
    lake.publish(lake.stage_arrow(arrow(model, *rows), model, f"fault-{uuid4().hex[:8]}", **partition), "fault")
