"""The checks of invoice_documents: every final invoice has its document, and no document has changed."""

from telebill_assets.audit.balance import balance
from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.controls.control import Control
from telebill_assets.audit.tally import Tally
from telebill_assets.invoicing.documents.archive import DOCUMENTS, PROBLEMS

GATES = {
    "every_invoice_rendered": "Every final invoice of the month has its document",
    "documents_unchanged": "Every document has the bytes that were recorded when it was first rendered",
}
CONTROLS: tuple[Control, ...] = ()


def check(done: Tally, final: int) -> list[CheckResult]:
    """Judge what was rendered.

    Args:
        done: what `render_documents` counted, of all groups together.
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
    ]
