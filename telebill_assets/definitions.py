"""What Dagster loads. `build_definitions` takes everything it depends on, so tests can build their own."""

import dagster as dg

from telebill_assets import automation
from telebill_assets.assets.close_report import close_report
from telebill_assets.assets.daily_aggregates import daily_aggregates
from telebill_assets.assets.invoice_documents import invoice_documents
from telebill_assets.assets.invoices import invoices
from telebill_assets.assets.rated_usage import rated_usage
from telebill_assets.assets.raw_cdr import raw_cdr
from telebill_assets.assets.reference import reference_tables
from telebill_assets.assets.taxed_charges import taxed_charges
from telebill_assets.assets.validated_usage import validated_usage
from telebill_assets.compute.runner import LocalRunner, Runner
from telebill_assets.partitions import partitions
from telebill_assets.settings import Settings


def build_definitions(settings: Settings, runner: Runner | None = None) -> dg.Definitions:
    """Assets, jobs, schedule and sensor of one operator."""
    parts = partitions(settings)
    lake = settings.lake_dir.as_uri()
    daily = [build(parts, f"{lake}/{build.__name__}") for build in (raw_cdr, validated_usage, daily_aggregates)]
    monthly = [build(parts, f"{lake}/{build.__name__}") for build in (rated_usage, taxed_charges)]
    final = [
        invoices(parts, "postgresql:invoice"),
        invoice_documents(parts, settings.documents_dir.as_uri()),
        close_report(parts, settings.close_dir.as_uri()),
    ]
    jobs = automation.jobs()
    daily_job = next(job for job in jobs if job.name == automation.DAILY_JOB)
    return dg.Definitions(
        assets=[reference_tables(lake), *daily, *monthly, *final],
        jobs=jobs,
        schedules=[automation.daily_schedule(daily_job)],
        sensors=[automation.month_close()],
        resources={"runner": runner or LocalRunner(settings)},
        executor=dg.in_process_executor,
    )


defs = build_definitions(Settings())
