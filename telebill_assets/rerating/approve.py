"""Approval: a proposal is published exactly as it was shown, once, or refused because its inputs are not the same."""

from datetime import date
from pathlib import Path

from telebill_assets.compute.closed import closed_months_of
from telebill_assets.compute.reports import save_report
from telebill_assets.compute.request import JobReport
from telebill_assets.database.server import database_url
from telebill_assets.errors import InvalidInputError, OperatorError
from telebill_assets.invoicing.billing_run import billing_lock
from telebill_assets.lake.lake import Lake
from telebill_assets.rerating.inputs import changed_since
from telebill_assets.rerating.proposal import Part, Proposal, find, now
from telebill_assets.settings import Settings
from telebill_assets.tables.rated_usage import RatedUsage
from telebill_assets.tables.rerate_register import APPROVED, PROPOSED, PUBLISHED

LONGEST_REASON = 120
SHOWN = 5


class ApprovalRefusedError(OperatorError):
    """The proposal cannot be published any more; the message says why."""


def require_reason(name: str | None, reason: str | None) -> tuple[str, str]:
    """Who approves, and why; the reason is printed on adjustment lines.

    Raises:
        InvalidInputError: one of them is missing, or they are not one short line.
    """
    found = {"--approve": (name or "").strip(), "--reason": (reason or "").strip()}
    wrong = [
        f"{option} is missing: an approval needs a name and a reason" for option, text in found.items() if not text
    ]
    wrong += [
        f"{option}: expected one line of at most {LONGEST_REASON} characters"
        for option, text in found.items()
        if len(text) > LONGEST_REASON or (text and not text.isprintable())
    ]
    if wrong:
        raise InvalidInputError("\n".join(wrong))
    return found["--approve"], found["--reason"]


def approve(settings: Settings, proposal: str, name: str, reason: str) -> tuple[Proposal, list[JobReport]]:
    """Publish a proposal, and record who approved it, when and why.

    An approval that was interrupted is finished by approving again; its first name and reason stand. No billing run
    can finalise meanwhile.

    Returns:
        The proposal as it stands in the register, and the reports of its days and months with their snapshots.

    Raises:
        InvalidInputError: there is no such proposal, or name or reason is missing.
        ApprovalRefusedError: it is published already, it changes nothing, its files are gone, or its inputs changed.
    """
    name, reason = require_reason(name, reason)
    lake = Lake.open(settings)
    with billing_lock(database_url(settings)):
        found = find(lake, proposal)
        _require_publishable(lake, found, closed_months_of(settings))
        if found.status == PROPOSED:
            who = {"status": APPROVED, "approved_by": name, "reason": reason, "approved_at": now()}
            found = found.model_copy(update=who)
            found.save(lake)
        reports = [_publish(lake, part, found) for part in found.details.parts]
        found = found.model_copy(update={"status": PUBLISHED})
        found.save(lake)
    for report in reports:
        save_report(settings.reports_dir, found.run_id, report)
    return found, reports


def _require_publishable(lake: Lake, found: Proposal, closed: set[date]) -> None:
    if found.status == PUBLISHED:
        raise ApprovalRefusedError(
            f"{found.proposal} was approved by {found.approved_by} on {found.approved_at:%Y-%m-%d %H:%M} UTC already"
        )
    if not found.details.parts:
        raise ApprovalRefusedError(f"{found.proposal} changes nothing; there is nothing to publish")
    changed = changed_since(lake, found.scope, found.inputs, found.run_id)
    changed += [f"the month {month:%Y-%m} is closed" for month in _closed_since(found, closed)]
    if changed:
        more = f" and {len(changed) - SHOWN} more" if len(changed) > SHOWN else ""
        raise ApprovalRefusedError(
            f"{found.proposal} is not what would be published any more: since it was computed, these changed: "
            f"{', '.join(changed[:SHOWN])}{more}. Compute it again."
        )
    if any(not Path(file).is_file() for part in found.details.parts for staged in part.staged for file in staged.files):
        raise ApprovalRefusedError(f"The files of {found.proposal} were deleted by a vacuum; compute it again.")


def _closed_since(found: Proposal, closed: set[date]) -> list[date]:
    open_then = {month for month in found.scope.months if month not in found.details.closed_months}
    billing = {found.billing_month} if found.billing_month else set()
    return sorted((open_then | billing) & closed)


def _publish(lake: Lake, part: Part, found: Proposal) -> JobReport:
    snapshots = [lake.publish(files.staged(), found.code_version) for files in part.staged]
    tables = [
        table.model_copy(update={"snapshot_id": snapshot})
        for table, snapshot in zip(part.report.tables, snapshots, strict=True)
    ]
    figures = {"re-rated": found.proposal, "approved by": str(found.approved_by), "reason": str(found.reason)}
    return part.report.model_copy(update={"tables": tables, "figures": part.report.figures | figures})


def stale_months(settings: Settings, found: Proposal) -> list[date]:
    """Open months whose charge lines were made before this re-rating, and must be made again."""
    published = {partition["billing_month"] for partition in Lake.open(settings).published_partitions(RatedUsage)}
    touched = {day.replace(day=1) for day in found.open_days}
    if found.billing_month and found.adjusts:
        touched.add(found.billing_month)
    return sorted(touched & published)
