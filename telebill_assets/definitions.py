"""What Dagster loads. `build_definitions` takes everything it depends on, so tests can build their own."""

import dagster as dg

from telebill_assets import automation
from telebill_assets.assets.reference import reference_tables
from telebill_assets.assets.stage import stage_asset
from telebill_assets.assets.stage_assets import DAILY, MONTHLY
from telebill_assets.compute.runner import LocalRunner, Runner
from telebill_assets.partitions import partitions
from telebill_assets.settings import Settings
from telebill_assets.stages.road import STAGES


def build_definitions(settings: Settings, runner: Runner | None = None) -> dg.Definitions:
    """Assets, jobs, schedule and sensor of one operator."""
    parts = partitions(settings)
    lake = settings.lake_dir.as_uri()
    places = {
        "invoices": "postgresql:invoice",
        "invoice_documents": settings.documents_dir.as_uri(),
        "close_report": settings.close_dir.as_uri(),
    }
    stages = [
        stage_asset(STAGES[each.name], each, days_or_months, places.get(each.name, f"{lake}/{each.name}"))
        for listed, days_or_months in ((DAILY, parts.daily), (MONTHLY, parts.monthly))
        for each in listed
    ]
    jobs = automation.jobs()
    daily_job = next(job for job in jobs if job.name == automation.DAILY_JOB)
    return dg.Definitions(
        assets=[reference_tables(lake), *stages],
        jobs=jobs,
        schedules=[automation.daily_schedule(daily_job)],
        sensors=[automation.month_close()],
        resources={"runner": runner or LocalRunner(settings)},
        executor=dg.in_process_executor,
    )


defs = build_definitions(Settings())
