"""The checks of invoice_documents: every invoice has its document, unchanged, with the calls that were billed."""

from telebill_assets.audit.balance import balance
from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.controls.control import Control
from telebill_assets.audit.tally import Tally
from telebill_assets.invoicing.documents.archive import DOCUMENTS, PROBLEMS
from telebill_assets.invoicing.documents.detail_check import COMPARED, DIFFERING

GATES = {
    "every_invoice_rendered": "Every final invoice of the month has its document",
    "documents_unchanged": "Every document has the bytes that were recorded when it was first rendered",
    "call_detail_agrees": "Printed calls are those of the usage lines: their number, billed seconds and charges",
}
CONTROLS: tuple[Control, ...] = ()


def check(done: Tally, detail: Tally, final: int) -> list[CheckResult]:
    """Judge what was rendered.

    Args:
        done: what `render_documents` counted, of all groups together.
        detail: what was compared of the invoices that itemise calls.
        final: final invoices of the month.
    """
    written, wrong = done.of(DOCUMENTS), done.of(PROBLEMS)
    return [
        balance(
            "every_invoice_rendered",
            GATES["every_invoice_rendered"],
            ("final", {"invoices": final}),
            {"rendered": {"invoices": written}},
        ),
        CheckResult(
            name="documents_unchanged",
            description=GATES["documents_unchanged"],
            passed=wrong == 0,
            figure=f"{wrong:,} of {written:,} documents have a problem",
            failures={DOCUMENTS: wrong} if wrong else {},
            samples=list(done.samples),
        ),
        _call_detail(detail),
    ]


def _call_detail(detail: Tally) -> CheckResult:
    """The verdict on call detail, and what to do about calls that are missing."""
    compared, wrong = detail.of(COMPARED), detail.of(DIFFERING)
    cure = "; if priced_calls lacks calls, run daily_aggregates of the month's days again" if wrong else ""
    return CheckResult(
        name="call_detail_agrees",
        description=GATES["call_detail_agrees"],
        passed=wrong == 0,
        figure=f"{wrong:,} of {compared:,} invoices with call detail differ from their calls{cure}",
        failures={DOCUMENTS: wrong} if wrong else {},
        samples=list(detail.samples),
    )
