"""Held partitions: what the audit held back, kept until a person releases or discards it.

A hold is a row of held_partitions: the report with the failed checks, the files that were audited, what they would
replace, and what was read to make them. Releasing publishes exactly those files, and only if nothing has
changed since: neither what they would replace nor what they were made from.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from telebill_assets.compute.request import JobReport, JobRequest, Release
from telebill_assets.errors import InvalidInputError, OperatorError
from telebill_assets.lake.lake import Lake, Read, Replaces, Staged
from telebill_assets.lake.partition import as_text, from_text
from telebill_assets.tables.held_partitions import DISCARDED, HELD, RELEASED, SUPERSEDED, HeldPartitions
from telebill_assets.tables.registry import TABLES
from telebill_assets.tables.table import from_rows, table_name

NEVER_RELEASED = {
    "invoices": "numbers are given and invoices frozen only by a run that passes",
    "invoice_documents": "documents are written by the run itself",
}
"""Assets whose effects are not files of the lake, with why a release would not be honest."""


NEVER_WAIVED = {"closed_month_unchanged": "its month is invoiced; bill the difference by `telebill rerate`"}
"""Checks that nobody can waive, with the way out."""


class NoSuchHoldError(InvalidInputError):
    """No partition of this asset and period is held."""


class ReleaseRefusedError(OperatorError):
    """The hold can no longer be decided so; the message says why."""


class HeldTable(BaseModel):
    """Audited files of one table's partition, and the snapshot that was current when they were written."""

    model_config = ConfigDict(frozen=True)

    table: str
    partition: str
    folder: str
    files: list[str]
    rows: int
    replaces: int | None

    @classmethod
    def of(cls, staged: Staged, replaces: Replaces) -> "HeldTable":
        return cls(
            table=table_name(staged.model),
            partition=as_text(staged.partition),
            folder=staged.folder,
            files=list(staged.files),
            rows=staged.rows,
            replaces=replaces.snapshot_id,
        )

    def staged(self, run_id: str) -> Staged:
        model = TABLES[self.table]
        return Staged(model, run_id, from_text(model, self.partition), self.folder, tuple(self.files), self.rows)


class Evidence(BaseModel):
    """What an operator needs to judge a hold, and what a release needs: the report and the staged files."""

    model_config = ConfigDict(frozen=True)

    code_version: str
    report: JobReport
    tables: list[HeldTable]
    reads: list[Read]


class Hold(BaseModel):
    """A partition that the audit held back: a row of held_partitions."""

    model_config = ConfigDict(frozen=True)

    asset: str
    period: date
    run: str
    status: str
    held_at: datetime
    evidence: Evidence
    decided_by: str | None = None
    decided_at: datetime | None = None
    decision_reason: str | None = None


def hold(
    lake: Lake, request: JobRequest, report: JobReport, tables: Sequence[HeldTable], reads: Sequence[Read]
) -> None:
    """Keep a partition that the audit held back; an earlier hold of the partition is superseded."""
    supersede(lake, request.job, request.partition)
    evidence = Evidence(code_version=request.code_version, report=report, tables=list(tables), reads=list(reads))
    found = Hold(
        asset=request.job,
        period=request.partition,
        run=request.run_id,
        status=HELD,
        held_at=datetime.now(UTC),
        evidence=evidence,
    )
    _save(lake, found, None)


def supersede(lake: Lake, asset: str, period: date) -> None:
    """A new run of the partition has ended, so an earlier hold can no longer be released."""
    for found in holds(lake, asset=asset, period=period):
        if found.status == HELD:
            _save(lake, found.model_copy(update={"status": SUPERSEDED}), _last(lake, found))


def holds(lake: Lake, **which: Any) -> list[Hold]:
    """Holds of an asset and period, or all of them, oldest first."""
    rows = lake.frame(HeldPartitions, **which).to_dicts()
    found = [Hold(**{**row, "evidence": Evidence.model_validate_json(row["evidence"])}) for row in map(_known, rows)]
    return sorted(found, key=lambda each: each.held_at)


def find_hold(lake: Lake, asset: str, period: date) -> Hold:
    """The newest hold of a partition, decided or not.

    Raises:
        NoSuchHoldError: none was ever held.
    """
    found = holds(lake, asset=asset, period=period)
    if not found:
        raise NoSuchHoldError(f"{asset} {period} is not held; `telebill held list` shows what is")
    return found[-1]


def obstacles(lake: Lake, found: Hold) -> list[str]:
    """Why the held files must not be released; empty if they may be."""
    if found.asset in NEVER_RELEASED:
        return [f"{found.asset} is never released: {NEVER_RELEASED[found.asset]}. Mend the cause and run it again"]
    if found.status != HELD:
        return [f"it is {found.status}" + (f" by {found.decided_by}" if found.decided_by else " by a later run")]
    failed = [check.name for check in found.evidence.report.checks if check.blocking and not check.passed]
    barred = [f"{name} is never waived: {NEVER_WAIVED[name]}" for name in failed if name in NEVER_WAIVED]
    republished = [
        f"{table.table} {table.partition} was published after the audit"
        for table in found.evidence.tables
        if _last_of(lake, table).snapshot_id != table.replaces
    ]
    changed = sorted(
        {
            f"{read.table}, which it was made from, has changed since"
            for read in found.evidence.reads
            if lake.fingerprint(TABLES[read.table], read.values(TABLES[read.table])) != read.fingerprint
        }
    )
    return [*barred, *republished, *changed]


def release(lake: Lake, asset: str, period: date, *, by: str, reason: str) -> JobReport:
    """Publish exactly the held files, in the name of a person. A release that was cut short is completed.

    Returns:
        The report of the run, now with snapshots, and with who released it and why.

    Raises:
        InvalidInputError: no name, no reason, or nothing is held.
        ReleaseRefusedError: naming every obstacle.
    """
    found = require_releasable(lake, asset, period, by=by, reason=reason)
    by, reason = _named(by, reason)
    decided = found if found.status == RELEASED else _decide(lake, found, RELEASED, by, reason)
    snapshots = {
        (table.table, table.partition): lake.release(
            table.staged(found.run), found.evidence.code_version, Replaces(table.replaces), by=by, reason=reason
        )
        for table in found.evidence.tables
    }
    return _released(decided, list(snapshots.values()))


def require_releasable(lake: Lake, asset: str, period: date, *, by: str, reason: str) -> Hold:
    """The hold that `release` would publish now. One whose release was cut short may be released again.

    Raises:
        InvalidInputError: no name, no reason, or nothing is held.
        ReleaseRefusedError: naming every obstacle.
    """
    by, reason = _named(by, reason)
    found = find_hold(lake, asset, period)
    cut_short = found.status == RELEASED and (found.decided_by, found.decision_reason) == (by, reason)
    if not cut_short and (why := obstacles(lake, found)):
        raise ReleaseRefusedError(f"{asset} {period} cannot be released: {'; '.join(why)}.")
    return found


def discard(lake: Lake, asset: str, period: date, *, by: str, reason: str) -> Hold:
    """Delete the held files, in the name of a person; what was published before stays.

    Raises:
        InvalidInputError: no name, no reason, or nothing is held.
    """
    by, reason = _named(by, reason)
    found = find_hold(lake, asset, period)
    if found.status != HELD:
        raise NoSuchHoldError(f"{asset} {period} is not held any more: it is {found.status}")
    decided = _decide(lake, found, DISCARDED, by, reason)
    for table in found.evidence.tables:
        lake.discard(table.staged(found.run))
    return decided


def _named(by: str, reason: str) -> tuple[str, str]:
    by, reason = by.strip(), reason.strip()
    if missing := [what for what, text in (("--by: who decides", by), ("--reason: why", reason)) if not text]:
        raise InvalidInputError("\n".join(f"{each} must not be empty" for each in missing))
    return by, reason


def _decide(lake: Lake, found: Hold, status: str, by: str, reason: str) -> Hold:
    """Record the decision; of two at once, one finds the hold decided or overtaken."""
    last = _last(lake, found)
    if find_hold(lake, found.asset, found.period) != found:
        raise ReleaseRefusedError(f"{found.asset} {found.period} was decided or run again meanwhile")
    decision = {"status": status, "decided_by": by, "decided_at": datetime.now(UTC), "decision_reason": reason}
    decided = found.model_copy(update=decision)
    _save(lake, decided, last)
    return decided


def _released(decided: Hold, snapshots: Sequence[int]) -> JobReport:
    report = decided.evidence.report
    tables = [
        table.model_copy(update={"snapshot_id": snapshot})
        for table, snapshot in zip(report.tables, snapshots, strict=True)
    ]
    who = Release(by=str(decided.decided_by), reason=str(decided.decision_reason), at=decided.decided_at)
    return report.model_copy(update={"published": True, "tables": tables, "release": who})


def _save(lake: Lake, found: Hold, replaces: Replaces | None) -> None:
    key: dict[str, date | str] = {"asset": found.asset, "period": found.period, "run": found.run}
    report, tables = found.evidence.report, found.evidence.tables
    row = {
        **found.model_dump(exclude={"evidence"}),
        "failed_checks": ", ".join(check.name for check in report.checks if check.blocking and not check.passed),
        "files": "\n".join(file for table in tables for file in table.files),
        "evidence": found.evidence.model_dump_json(),
    }
    staged = lake.stage_frame(from_rows([row], HeldPartitions), HeldPartitions, found.run, **key)
    lake.publish(staged, found.evidence.code_version, replaces)


def _last(lake: Lake, found: Hold) -> Replaces:
    return lake.last_change(HeldPartitions, asset=found.asset, period=found.period, run=found.run)


def _last_of(lake: Lake, table: HeldTable) -> Replaces:
    model = TABLES[table.table]
    return lake.last_change(model, **from_text(model, table.partition))


def _known(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name in Hold.model_fields}
