"""The job of close_report: the month is reconciled, and its evidence written as one page and as JSON."""

from telebill_assets.audit.publication import Publication
from telebill_assets.close_report.changes import account_changes, destination_changes, previous, was_invoiced
from telebill_assets.close_report.controls import controls
from telebill_assets.close_report.figures import CloseReport
from telebill_assets.close_report.render import render
from telebill_assets.close_report.trends import ageing, days
from telebill_assets.compute.context import JobContext
from telebill_assets.compute.days import days_of_month
from telebill_assets.compute.reports import month_reports
from telebill_assets.compute.request import JobReport
from telebill_assets.database.migrate import migrate
from telebill_assets.database.server import database_url
from telebill_assets.proof.month_tables import DAILY_STAGES
from telebill_assets.proof.reconcile import reconcile
from telebill_assets.stages.close_report import checks
from telebill_assets.tables.daily_aggregates import DailyAggregates
from telebill_assets.tables.excluded_usage import ExcludedUsage
from telebill_assets.tables.file_register import FileRegister
from telebill_assets.tables.ledger import Ledger
from telebill_assets.tables.rated_usage import RatedUsage
from telebill_assets.tables.raw_cdr import RawCdr
from telebill_assets.tables.suspended_usage import SuspendedUsage
from telebill_assets.tables.table import TableModel
from telebill_assets.tables.taxed_charges import TaxedCharges, TaxLines
from telebill_assets.tables.validated_usage import ValidatedUsage

STAGE = "close_report"
READS: tuple[TableModel, ...] = (
    *(FileRegister, RawCdr, ValidatedUsage, SuspendedUsage, ExcludedUsage, DailyAggregates),
    *(RatedUsage, TaxedCharges, TaxLines, Ledger),
)
WRITES: tuple[TableModel, ...] = ()
AFTER = ("invoices", "invoice_documents")
"""The billing database has the final invoices; the job report of invoice_documents has the verdicts of its checks."""


def run(context: JobContext) -> JobReport:
    """Report one billing month. The page is written also if the month does not reconcile, and says so."""
    publication, settings, month = Publication(context), context.settings, context.partition
    url = database_url(settings)
    migrate(url)
    report = _report(context, url)
    folder = settings.close_dir / f"{month:%Y-%m}"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "close-report.html").write_text(render(report), encoding="utf-8")
    (folder / "close-report.json").write_text(report.model_dump_json(indent=2) + "\n", encoding="utf-8")
    publication.check(checks.month_reconciles(report.reconciliation))
    verdicts = [control.verdict for control in report.controls]
    figures = {
        "controls_passed": str(verdicts.count("pass")),
        "controls_warned": str(verdicts.count("warn")),
        "controls_failed": str(verdicts.count("fail")),
        "report": str(folder / "close-report.html"),
    }
    return publication.finish(figures)


def _report(context: JobContext, url: str) -> CloseReport:
    lake, month = context.lake, context.partition
    ledger = lake.scan(Ledger, period=days_of_month(month), stage=list(DAILY_STAGES))
    compared = was_invoiced(url, previous(month))
    return CloseReport(
        month=month,
        run_id=context.request.run_id,
        code_version=context.request.code_version,
        reconciliation=reconcile(lake, url, month),
        controls=controls(month_reports(context.settings.reports_dir, month)),
        days=days(ledger, month),
        suspense=ageing(lake.scan(SuspendedUsage), month),
        previous_month=previous(month) if compared else None,
        accounts=account_changes(url, month) if compared else [],
        destinations=destination_changes(url, month) if compared else [],
    )
