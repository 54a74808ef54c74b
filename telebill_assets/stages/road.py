"""The stages in the order of the road: what each is called, runs, reads, writes, and checks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType

from telebill_assets.audit.controls.control import Control
from telebill_assets.audit.table_checks import check_names
from telebill_assets.compute.context import JobContext
from telebill_assets.compute.request import JobReport
from telebill_assets.lake.access import DeclaredAccess
from telebill_assets.stages.close_report import checks as close_report_checks
from telebill_assets.stages.close_report import job as close_report
from telebill_assets.stages.daily_aggregates import checks as daily_aggregates_checks
from telebill_assets.stages.daily_aggregates import job as daily_aggregates
from telebill_assets.stages.invoice_documents import checks as invoice_documents_checks
from telebill_assets.stages.invoice_documents import job as invoice_documents
from telebill_assets.stages.invoices import checks as invoices_checks
from telebill_assets.stages.invoices import job as invoices
from telebill_assets.stages.rated_usage import checks as rated_usage_checks
from telebill_assets.stages.rated_usage import job as rated_usage
from telebill_assets.stages.raw_cdr import checks as raw_cdr_checks
from telebill_assets.stages.raw_cdr import job as raw_cdr
from telebill_assets.stages.taxed_charges import checks as taxed_charges_checks
from telebill_assets.stages.taxed_charges import job as taxed_charges
from telebill_assets.stages.validated_usage import checks as validated_usage_checks
from telebill_assets.stages.validated_usage import job as validated_usage
from telebill_assets.tables.table import TableModel


@dataclass(frozen=True)
class Stage:
    """A stage of the road."""

    name: str
    run: Callable[[JobContext], JobReport]
    reads: Sequence[TableModel]
    """The tables it reads, also earlier days and months of those that it writes itself."""
    tables: Sequence[TableModel]
    """The tables it writes; the first one is the asset's own."""
    after: Sequence[str]
    """Stages of which it reads what is no table of the lake: rows of the billing database, job reports."""
    gates: Mapping[str, str]
    """Checks that are always made, with their meaning; they all block."""
    controls: Sequence[Control]

    @classmethod
    def of(cls, job: ModuleType, checks: ModuleType) -> "Stage":
        """A stage from its two modules."""
        after = getattr(job, "AFTER", ())
        return cls(job.STAGE, job.run, job.READS, job.WRITES, after, checks.GATES, checks.CONTROLS)

    @property
    def access(self) -> DeclaredAccess:
        """What its job is allowed to read and write in the lake."""
        return DeclaredAccess(self.name, self.reads, self.tables)

    @property
    def checks(self) -> list[tuple[str, str, bool]]:
        """Name, description and blocking of all its checks: those of its tables, its gates, its controls."""
        of_tables = [named for model in self.tables for named in check_names(model)]
        gates = [(name, description, True) for name, description in self.gates.items()]
        return [*of_tables, *gates, *((each.name, each.meaning, each.blocking) for each in self.controls)]


STAGES: Mapping[str, Stage] = {
    stage.name: stage
    for stage in (
        Stage.of(raw_cdr, raw_cdr_checks),
        Stage.of(validated_usage, validated_usage_checks),
        Stage.of(daily_aggregates, daily_aggregates_checks),
        Stage.of(rated_usage, rated_usage_checks),
        Stage.of(taxed_charges, taxed_charges_checks),
        Stage.of(invoices, invoices_checks),
        Stage.of(invoice_documents, invoice_documents_checks),
        Stage.of(close_report, close_report_checks),
    )
}
