"""Job reports on disk: the evidence of every run, published or held."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from telebill_assets.compute.days import days_of_month
from telebill_assets.compute.request import JobReport

DAILY_JOBS = ("raw_cdr", "validated_usage", "daily_aggregates")
MONTHLY_JOBS = ("rated_usage", "taxed_charges", "invoices", "invoice_documents")

LATEST = "latest.json"


def save_report(folder: Path, run_id: str, report: JobReport) -> Path:
    """Keep a report as <folder>/<job>/<partition>/<run_id>.json, and as the partition's latest."""
    place = folder / report.job / report.partition.isoformat()
    place.mkdir(parents=True, exist_ok=True)
    text = report.model_dump_json(indent=2)
    path = place / f"{run_id}.json"
    for target in (path, place / LATEST):
        draft = target.with_suffix(".part")
        draft.write_text(text, encoding="utf-8")
        draft.replace(target)
    return path


def latest_report(folder: Path, job: str, partition: date) -> JobReport | None:
    """The newest report of a job for a partition; None if it never ran."""
    path = folder / job / partition.isoformat() / LATEST
    return JobReport.model_validate_json(path.read_text(encoding="utf-8")) if path.is_file() else None


def month_reports(folder: Path, month: date) -> Iterator[tuple[str, date, JobReport | None]]:
    """The newest report of every job and partition that a month is made of; None where a job never ran."""
    runs = [(job, day) for job in DAILY_JOBS for day in days_of_month(month)] + [(job, month) for job in MONTHLY_JOBS]
    return ((job, partition, latest_report(folder, job, partition)) for job, partition in runs)
