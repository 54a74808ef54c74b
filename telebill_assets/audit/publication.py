"""Write, audit, publish: new files become visible only if no blocking check failed."""

from collections.abc import Sequence
from datetime import date

import polars as pl

from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.table_checks import together, verdicts
from telebill_assets.audit.unique_keys import unique_verdict
from telebill_assets.audit.written import Written, repeated_keys, write_examined
from telebill_assets.compute.context import JobContext
from telebill_assets.compute.holds import HeldTable, hold, supersede
from telebill_assets.compute.request import JobReport, TableReport
from telebill_assets.compute.suspense_records import suspense_records
from telebill_assets.lake.data_files import scan_files
from telebill_assets.lake.lake import Replaces, Staged
from telebill_assets.lake.stored_files import StoredFile
from telebill_assets.tables.suspended_usage import SuspendedUsage
from telebill_assets.tables.table import TableModel, table_name, unique_columns

Value = date | str


class Publication:
    """Collects a job's staged tables and check results; `finish` publishes all of them or none."""

    def __init__(self, context: JobContext) -> None:
        self._context = context
        self._staged: list[Staged] = []
        self._replaces: list[Replaces] = []
        self._checks: list[CheckResult] = []

    def folder(self, model: TableModel, **partition: Value) -> str:
        """A new folder for tasks that write a partition's files; hand what they wrote to `adopt`."""
        return self._context.lake.staging_folder(model, self._context.request.run_id, **partition)

    def adopt(self, model: TableModel, written: Sequence[Written], **partition: Value) -> None:
        """Take files that tasks wrote and examined, and check that no two rows of them share a key."""
        lake, request = self._context.lake, self._context.request
        replaces = lake.last_change(model, **partition)
        files = [each.file for each in written if each.file]
        staged = lake.staged(model, files, request.run_id, **partition)
        self._staged.append(staged)
        self._replaces.append(replaces)
        found = together(each.findings for each in written)
        (rules, *warnings) = verdicts(model, found)
        self.check(_all_examined(rules, found.rows, staged.rows), *warnings)
        if columns := unique_columns(model):
            repeated = repeated_keys(self._context.cluster, self.files_of(model), model, columns)
            self.check(unique_verdict(model, staged.rows, repeated))

    def write(self, model: TableModel, frame: pl.DataFrame, **partition: Value) -> pl.DataFrame:
        """Write, examine and adopt a small table; return its rows."""
        self.adopt(model, [write_examined(frame, model, self.folder(model, **partition))], **partition)
        return frame

    def files_of(self, model: TableModel) -> list[StoredFile]:
        """The data files that this job wrote to a table."""
        return [
            StoredFile(path, rows)
            for staged in self._staged
            if staged.model is model
            for path, rows in zip(staged.files, staged.file_rows, strict=True)
        ]

    def rows_of(self, model: TableModel) -> pl.LazyFrame:
        """The rows that this job wrote to a table."""
        return scan_files([file.path for file in self.files_of(model)], model)

    def check(self, *results: CheckResult) -> None:
        """Add the verdicts of checks between tables."""
        self._checks += results

    def rows(self, model: TableModel) -> int:
        """Rows written to a table by this job."""
        return sum(staged.rows for staged in self._staged if staged.model is model)

    @property
    def held(self) -> bool:
        """Whether a blocking check has failed so far."""
        return any(check.blocking and not check.passed for check in self._checks)

    def finish(self, figures: dict[str, str], breakdown: dict[str, dict[str, str]] | None = None) -> JobReport:
        """Publish if every blocking check passed, and report either way. The ledger was written last, so it is
        published last: what it says is always already visible.
        """
        held, version = self.held, self._context.request.code_version
        published = [None if held else self._context.lake.publish(staged, version) for staged in self._staged]
        report = self._report(published, figures, breakdown or {})
        return self._kept(report) if held else self._superseding(report)

    def set_aside(self, figures: dict[str, str]) -> tuple[JobReport, tuple[Staged, ...]]:
        """Report without publishing; who approves the staged tables later publishes them in this order."""
        return self._report([None] * len(self._staged), figures, {}), tuple(self._staged)

    def _report(
        self, snapshots: Sequence[int | None], figures: dict[str, str], breakdown: dict[str, dict[str, str]]
    ) -> JobReport:
        request = self._context.request
        tables = [
            TableReport(
                table=table_name(staged.model), rows=staged.rows, location=staged.folder, snapshot_id=snapshot_id
            )
            for staged, snapshot_id in zip(self._staged, snapshots, strict=True)
        ]
        return JobReport(
            job=request.job,
            partition=request.partition,
            published=not self.held,
            tables=tables,
            checks=self._checks,
            figures=figures,
            breakdown=breakdown,
        )

    def _kept(self, report: JobReport) -> JobReport:
        context = self._context
        tables = [HeldTable.of(*each) for each in zip(self._staged, self._replaces, strict=True)]
        hold(context.lake, context.request, report, tables, context.lake.reads.all())
        return report

    def _superseding(self, report: JobReport) -> JobReport:
        supersede(self._context.lake, report.job, report.partition)
        return report.model_copy(update={"records": self._records()})

    def _records(self) -> dict[str, list[dict[str, str]]]:
        """Tables that say more than counts about what was published."""
        suspended = [staged.partition for staged in self._staged if staged.model is SuspendedUsage]
        return suspense_records(self._context, suspended[0]) if suspended else {}


def _all_examined(rules: CheckResult, examined: int, written: int) -> CheckResult:
    """The verdict on the rows, failed if the files do not hold exactly the rows that were examined."""
    if examined == written:
        return rules
    differ = f"{examined:,} rows examined, {written:,} in the files"
    failures = {**rules.failures, "written": abs(examined - written)}
    return rules.model_copy(update={"passed": False, "figure": f"{rules.figure}; {differ}", "failures": failures})
