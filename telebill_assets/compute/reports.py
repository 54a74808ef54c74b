"""Job reports on disk: the evidence of every run, published or held."""

from datetime import date
from pathlib import Path

from telebill_assets.compute.request import JobReport

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
