"""The check of close_report: the month reconciles from files to payable."""

from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.controls.control import Control
from telebill_assets.proof.reconcile import Reconciliation

GATES = {"month_reconciles": "From files to payable, every identity of the month holds, recounted from the tables"}
CONTROLS: tuple[Control, ...] = ()
SAMPLES = 10


def month_reconciles(found: Reconciliation) -> CheckResult:
    """The verdict on a month's reconciliation, with the first differences."""
    failed = {proof.name: proof.differing for proof in found.proofs if not proof.holds}
    return CheckResult(
        name="month_reconciles",
        description=GATES["month_reconciles"],
        passed=found.balanced,
        figure=f"{len(failed)} of {len(found.proofs)} identities differ",
        failures=failed,
        samples=found.failures[:SAMPLES],
    )
