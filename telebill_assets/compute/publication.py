"""Write, audit, publish: new files become visible only if no blocking check failed."""

from collections.abc import Sequence
from datetime import date

from pyspark.sql import DataFrame

from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.measure import measure, observe
from telebill_assets.audit.rules import schema_check
from telebill_assets.audit.uniqueness import unique_check
from telebill_assets.compute.context import JobContext
from telebill_assets.compute.request import JobReport, TableReport
from telebill_assets.compute.suspense_records import suspense_records
from telebill_assets.lake.lake import Staged
from telebill_assets.schemas.suspended_usage import SuspendedUsage
from telebill_assets.schemas.table import TableModel, table_name

Value = date | str


class Publication:
    """Collects a job's staged tables and check results; `finish` publishes all of them or none."""

    def __init__(self, context: JobContext) -> None:
        self._context = context
        self._staged: list[Staged] = []
        self._checks: list[CheckResult] = []

    def write(self, model: TableModel, frame: DataFrame, **partition: Value) -> DataFrame:
        """Write a table's new files, measure its rules while writing; return the files' content."""
        lake, request = self._context.lake, self._context.request
        observed, measurement = observe(frame, model)
        staged = lake.stage(observed, model, request.run_id, **partition)
        whole = _all_written(model, measurement.rows, staged.rows)
        return self._audited(staged, [schema_check(frame, model), whole, *measurement.results()])

    def adopt(self, model: TableModel, files: list[str], **partition: Value) -> DataFrame:
        """Take files that Spark tasks wrote themselves, and measure their rules in one pass over them."""
        lake, request = self._context.lake, self._context.request
        staged = lake.staged(model, files, request.run_id, **partition)
        return self._audited(staged, measure(lake.read_staged(self._context.spark, staged), model))

    def _audited(self, staged: Staged, findings: list[CheckResult]) -> DataFrame:
        self._staged.append(staged)
        content = self._context.lake.read_staged(self._context.spark, staged)
        self._checks += merged(f"{table_name(staged.model)}_rules", findings)
        if staged.model.to_schema().unique:
            self._checks.append(unique_check(content, staged.model))
        return content

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
        return report if held else report.model_copy(update={"records": self._records()})

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

    def _records(self) -> dict[str, list[dict[str, str]]]:
        """Tables that say more than counts about what was published."""
        suspended = [staged.partition for staged in self._staged if staged.model is SuspendedUsage]
        return suspense_records(self._context, suspended[0]) if suspended else {}


def _all_written(model: TableModel, observed: int, written: int) -> CheckResult:
    return CheckResult(
        name=f"{table_name(model)}_written",
        description="The files hold exactly the rows that were audited while they were written",
        passed=observed == written,
        figure=f"{observed:,} rows audited, {written:,} in the files",
    )


def merged(name: str, findings: list[CheckResult]) -> list[CheckResult]:
    """Fold blocking findings about a table into the one called `name`; warnings stay as they are."""
    blocking = [finding for finding in findings if finding.blocking]
    rules = next(finding for finding in blocking if finding.name == name)
    failed = [finding for finding in blocking if not finding.passed]
    folded = rules.model_copy(
        update={
            "passed": not failed,
            "figure": "; ".join([rules.figure, *(other.figure for other in failed if other is not rules)]),
            "failures": rules.failures | {other.name: 1 for other in failed if other is not rules},
        }
    )
    return [folded, *(finding for finding in findings if not finding.blocking)]
