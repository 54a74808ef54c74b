"""Running the jobs through Dagster from the command line, on the instance that the UI shows."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import dagster as dg

from telebill_assets.assets.events import discarded_event
from telebill_assets.automation import DAILY_JOB, MONTHLY_JOB, REFERENCE_JOB
from telebill_assets.compute import holds
from telebill_assets.compute.reports import latest_report, save_report
from telebill_assets.compute.request import JobReport, JobRequest
from telebill_assets.compute.runner import Runner
from telebill_assets.definitions import build_definitions
from telebill_assets.errors import OperatorError
from telebill_assets.lake.lake import Lake
from telebill_assets.settings import Settings
from telebill_assets.stages.daily_aggregates import job as daily_aggregates

DAGSTER_YAML = Path(__file__).with_name("dagster.yaml")

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
"""The events are in the instance, for the UI; the command line shows progress instead."""


class RunFailedError(OperatorError):
    """A Dagster run failed; the message says which step and why, in one line each."""


class Operator:
    """Starts runs and waits for them."""

    def __init__(self, settings: Settings, runner: Runner | None = None) -> None:
        self._instance = instance_of(settings)
        self._defs = build_definitions(settings, runner)

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


class ReportRunner(Runner):
    """Computes nothing: tells Dagster what was published already."""

    def __init__(self, settings: Settings, reports: Sequence[JobReport]) -> None:
        super().__init__(settings)
        self._reports = {(report.job, report.partition): report for report in reports}

    def run(self, request: JobRequest) -> JobReport:
        return self._reports[request.job, request.partition]


def report_rerated(settings: Settings, reports: Sequence[JobReport]) -> None:
    """Show the days that a re-rating published again as runs in Dagster, with the verdicts of their checks.

    Raises:
        RunFailedError: Dagster could not be told; the days are published nevertheless.
    """
    days = [report.partition for report in reports if report.job == daily_aggregates.STAGE]
    _run_asset(settings, ReportRunner(settings, reports), daily_aggregates.STAGE, *days)


class ReleaseRunner(Runner):
    """Publishes what the audit held back instead of computing it again, in the name of a person."""

    def __init__(self, settings: Settings, by: str, reason: str) -> None:
        super().__init__(settings)
        self._by, self._reason = by, reason

    def run(self, request: JobRequest) -> JobReport:
        report = holds.release(
            Lake.open(self.settings), request.job, request.partition, by=self._by, reason=self._reason
        )
        save_report(self.settings.reports_dir, request.run_id, report)
        return report


def release_held(settings: Settings, asset: str, period: date, *, by: str, reason: str) -> JobReport:
    """Publish a partition that the audit held back, as a run of its asset that Dagster shows.

    Raises:
        InvalidInputError: no name, no reason, or nothing is held.
        ReleaseRefusedError: what is held must not become visible any more.
        RunFailedError: Dagster could not be told.
    """
    holds.require_releasable(Lake.open(settings), asset, period, by=by, reason=reason)
    _run_asset(settings, ReleaseRunner(settings, by, reason), asset, period)
    report = latest_report(settings.reports_dir, asset, period)
    if report is None:
        raise RunFailedError(f"The release of {asset} {period} left no report")
    return report


def _run_asset(settings: Settings, runner: Runner, asset: str, *periods: date) -> None:
    """Each of these partitions of an asset as a run of its own, one after the other."""
    known = build_definitions(settings, runner).resolve_assets_def(asset)
    with instance_of(settings) as instance:
        for period in periods:
            result = dg.materialize(
                [known],
                partition_key=period.isoformat(),
                instance=instance,
                run_config=QUIET,
                raise_on_error=False,
            )
            if not result.success:
                raise RunFailedError(f"The run of {asset} {period} failed: {'; '.join(_failures(result))}")


def discard_held(settings: Settings, asset: str, period: date, *, by: str, reason: str) -> holds.Hold:
    """Delete the files of a partition that the audit held back, and say so in the instance.

    Raises:
        InvalidInputError: no name, no reason, or nothing is held.
    """
    found = holds.discard(Lake.open(settings), asset, period, by=by, reason=reason)
    with instance_of(settings) as instance:
        instance.report_runless_asset_event(discarded_event(found))
    return found


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
