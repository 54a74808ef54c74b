"""Write, audit, publish: new files become visible only if no blocking check failed."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from pyspark.sql import Column, DataFrame

from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.examine import examine, one_job_session
from telebill_assets.audit.measure import Counts, observe
from telebill_assets.audit.rules import schema_check
from telebill_assets.audit.together import Asked
from telebill_assets.compute.context import JobContext
from telebill_assets.compute.holds import HeldTable, hold, supersede
from telebill_assets.compute.request import JobReport, TableReport
from telebill_assets.compute.suspense_records import suspense_records
from telebill_assets.lake.lake import Replaces, Staged
from telebill_assets.tables.suspended_usage import SuspendedUsage
from telebill_assets.tables.table import TableModel, table_name

Value = date | str


class Publication:
    """Collects a job's staged tables and check results; `finish` publishes all of them or none.

    Written tables are examined while the job goes on with the next one.
    """

    def __init__(self, context: JobContext) -> None:
        self._context = context
        self._auditor = one_job_session(context.spark)
        self._staged: list[Staged] = []
        self._replaces: list[Replaces] = []
        self._auditors = Asked()
        self._asked: list[Callable[[], Sequence[CheckResult]]] = []
        self._counted: dict[str, Counts] = {}

    def write(
        self, model: TableModel, frame: DataFrame, also: Mapping[str, Column] | None = None, **partition: Value
    ) -> DataFrame:
        """Write a table's new files, measure its rules while writing; return the files' content.

        What `also` names is aggregated on the way, for `counted`.
        """
        lake, request = self._context.lake, self._context.request
        replaces = lake.last_change(model, **partition)
        observed, measurement = observe(frame, model, also)
        staged = lake.stage(observed, model, request.run_id, **partition)
        self._counted[table_name(model)] = measurement.counts
        whole = _all_written(model, measurement.rows, staged.rows)
        return self._audited(staged, replaces, [schema_check(frame, model), whole], measurement.counts)

    def adopt(self, model: TableModel, files: list[str], **partition: Value) -> DataFrame:
        """Take files that Spark tasks wrote themselves, and measure their rules in one pass over them."""
        lake, request = self._context.lake, self._context.request
        replaces = lake.last_change(model, **partition)
        staged = lake.staged(model, files, request.run_id, **partition)
        return self._audited(staged, replaces, [], None)

    def _audited(
        self, staged: Staged, replaces: Replaces, findings: list[CheckResult], counts: Counts | None
    ) -> DataFrame:
        self._staged.append(staged)
        self._replaces.append(replaces)
        self.ask(lambda: self._examined(staged, findings, counts))
        return self._context.lake.read_staged(self._context.spark, staged)

    def _examined(self, staged: Staged, findings: list[CheckResult], counts: Counts | None) -> list[CheckResult]:
        table = table_name(staged.model)
        examined = examine(self._context.lake.read_staged(self._auditor, staged), staged.model, counts)
        unique = [check for check in examined if check.name == f"{table}_unique"]
        rules = [check for check in examined if check not in unique]
        return [*merged(f"{table}_rules", [*findings, *rules]), *unique]

    def check(self, *results: CheckResult) -> None:
        """Add the verdicts of checks between tables."""
        self._asked.append(lambda: results)

    def ask(self, checks: Callable[[], Sequence[CheckResult]]) -> None:
        """Ask checks of written tables while the job goes on; their errors are raised when the verdicts are needed."""
        self._asked.append(self._auditors.ask(checks).result)

    @property
    def _checks(self) -> list[CheckResult]:
        return [verdict for verdicts in self._asked for verdict in verdicts()]

    def rows(self, model: TableModel) -> int:
        """Rows written to a table by this job."""
        return sum(staged.rows for staged in self._staged if staged.model is model)

    def counted(self, model: TableModel) -> Counts:
        """What was counted while a table was written."""
        return self._counted[table_name(model)]

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
