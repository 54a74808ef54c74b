"""Running the jobs through Dagster from the command line, on the instance that the UI shows."""

from collections.abc import Sequence
from pathlib import Path

import dagster as dg

from telebill_assets.assets.events import report_day
from telebill_assets.assets.stage import declared_checks
from telebill_assets.automation import DAILY_JOB, MONTHLY_JOB, REFERENCE_JOB
from telebill_assets.compute.jobs import daily_aggregates
from telebill_assets.compute.request import JobReport
from telebill_assets.definitions import build_definitions
from telebill_assets.errors import OperatorError
from telebill_assets.settings import Settings

DAGSTER_YAML = Path(__file__).with_name("dagster.yaml")

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
"""The events are in the instance, for the UI; the command line shows progress instead."""


class RunFailedError(OperatorError):
    """A Dagster run failed; the message says which step and why, in one line each."""


class Operator:
    """Starts runs and waits for them."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._instance = instance_of(settings)
        self._defs = build_definitions(settings)

    def publish_reference(self) -> None:
        """Check and publish the reference files."""
        self._run(REFERENCE_JOB, None)

    def run_day(self, partition_key: str) -> None:
        """Run the daily assets of one landing day."""
        self._run(DAILY_JOB, partition_key)

    def run_month(self, partition_key: str) -> None:
        """Run the monthly assets of one billing month."""
        self._run(MONTHLY_JOB, partition_key)

    def _run(self, job_name: str, partition_key: str | None) -> None:
        job = self._defs.resolve_job_def(job_name)
        result = job.execute_in_process(
            instance=self._instance, partition_key=partition_key, raise_on_error=False, run_config=QUIET
        )
        if not result.success:
            raise RunFailedError(f"{job_name} {partition_key or ''} failed: {'; '.join(_failures(result))}")


def report_rerated(settings: Settings, reports: Sequence[JobReport]) -> None:
    """Tell Dagster which days were published again by a re-rating, with the verdicts of their checks."""
    checks = declared_checks(daily_aggregates.TABLES, daily_aggregates.GATES, daily_aggregates.CONTROLS)
    with instance_of(settings) as instance:
        for report in reports:
            if report.job == daily_aggregates.STAGE:
                report_day(instance, report, [name for name, _, _ in checks])


def _failures(result: dg.ExecuteInProcessResult) -> list[str]:
    failed = [event for event in result.all_events if event.is_step_failure]
    return [f"{event.step_key}: {_innermost(event.step_failure_data.error)}" for event in failed]


def _innermost(error: "dg.SerializableErrorInfo | None") -> str:
    while error is not None and error.cause is not None:
        error = error.cause
    return _said(error.message) if error else "no reason given"


def _said(message: str) -> str:
    """The last line of a message that says something; a Spark task's error ends with its own."""
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    return lines[-1].split("Error: ", 1)[-1] if lines else "no reason given"


def instance_of(settings: Settings) -> dg.DagsterInstance:
    """The Dagster instance in <home>/dagster, made on first use."""
    settings.dagster_dir.mkdir(parents=True, exist_ok=True)
    config = settings.dagster_dir / "dagster.yaml"
    if not config.exists():
        config.write_text(DAGSTER_YAML.read_text(encoding="utf-8"), encoding="utf-8")
    return dg.DagsterInstance.from_config(str(settings.dagster_dir))
