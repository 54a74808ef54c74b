"""A small month that is right: one day of calls on the whole road, and its tables as frames."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import polars as pl

from telebill_assets.compute.days import days_of_month
from telebill_assets.compute.request import JobReport, JobRequest
from telebill_assets.compute.runner import job_context
from telebill_assets.compute.tariff import lake_tariff
from telebill_assets.demo.landing_files import Generator
from telebill_assets.demo.reference_files import write_reference_files
from telebill_assets.invoicing.assembly import Assembly, assemble
from telebill_assets.lake.lake import Lake
from telebill_assets.mediation.layouts import LAYOUTS
from telebill_assets.rating.call.price_calls import price_calls
from telebill_assets.reference.load import load
from telebill_assets.reference.publish import publish as publish_reference
from telebill_assets.settings import Settings
from telebill_assets.stages.road import STAGES
from telebill_assets.tables.daily_aggregates import DailyAggregates
from telebill_assets.tables.registry import TABLES
from telebill_assets_tests.support.in_process import InProcess
from telebill_assets_tests.support.published import publish

DAY, MONTH = date(2020, 4, 3), date(2020, 4, 1)
DAILY = ("raw_cdr", "validated_usage", "daily_aggregates")
MONTHLY = ("rated_usage", "taxed_charges", "invoices")
ASSEMBLED = ("invoices", "invoice_lines", "invoice_taxes", "holds")
Row = dict[str, Any]


@dataclass(frozen=True)
class Tables:
    """The healthy tables, with faults put into some of them."""

    tables: Mapping[str, pl.DataFrame]

    def rows(self, name: str) -> list[Row]:
        """Rows of a table."""
        return self.tables[name].to_dicts()

    def frame(self, name: str) -> pl.DataFrame:
        """A table as a frame."""
        return self.tables[name]

    def assembly(self) -> Assembly:
        """The invoices, before they are numbered."""
        return Assembly(*[self.frame(name) for name in ASSEMBLED])

    def having(self, name: str, rows: list[Row]) -> "Tables":
        """The same with other rows in a table."""
        return replace(self, tables={**self.tables, name: pl.DataFrame(rows, self.tables[name].schema)})


@dataclass(frozen=True)
class HealthyMonth:
    """A home in which the month ran, and what the jobs reported."""

    settings: Settings
    reports: Mapping[str, JobReport]

    def run(self, job: str) -> JobReport:
        """Run a job again."""
        return run_job(self.settings, job)

    def tables(self) -> Tables:
        """All tables that are published, with the priced calls and the assembled invoices."""
        lake = Lake.open(self.settings)
        found = {name: lake.frame(model) for name, model in TABLES.items()}
        found["priced"] = price_calls(found["validated_usage"], lake_tariff(lake))
        read = [found[name] for name in ("rated_usage", "taxed_charges", "tax_lines", "accounts", "sellers")]
        assembly = assemble(*read, month=MONTH)
        parts = (assembly.invoices, assembly.lines, assembly.taxes, assembly.holds)
        return Tables(found | dict(zip(ASSEMBLED, parts, strict=True)))


def run_job(settings: Settings, job: str) -> JobReport:
    """One job of the day or the month."""
    partition = DAY if job in DAILY else MONTH
    request = JobRequest(job=job, partition=partition, run_id=f"run-{uuid4().hex[:8]}", code_version="test")
    return STAGES[job].run(job_context(request, settings, InProcess(settings)))


def build(home: Path, database_url: str, suretax_url: str) -> HealthyMonth:
    """Generate a day of four files with all faults of records, and run the month; its other days are empty."""
    settings = Settings(home=home, database_url=database_url, suretax_url=suretax_url)
    write_reference_files(settings.reference_dir)
    Generator(settings.landing_dir, 5, 4, 40).write_days([DAY])
    lake = Lake.open(settings)
    publish_reference(load(settings.reference_dir, LAYOUTS), lake, "reference", "test")
    reports = {job: run_job(settings, job) for job in DAILY}
    for day in days_of_month(MONTH):
        if day != DAY:
            publish(lake, DailyAggregates, landing_day=day)
    reports |= {job: run_job(settings, job) for job in MONTHLY}
    return HealthyMonth(settings, reports)
