"""A proposal: what a re-rating would publish, kept in the register until somebody approves it."""

import json
from datetime import UTC, date, datetime

from pydantic import BaseModel, ConfigDict, Field

from telebill_assets.compute.request import JobReport
from telebill_assets.errors import InvalidInputError
from telebill_assets.lake.lake import Lake, Staged
from telebill_assets.lake.partition import as_text, from_text
from telebill_assets.rerating.inputs import Snapshots
from telebill_assets.rerating.scope import Scope
from telebill_assets.tables.registry import TABLES
from telebill_assets.tables.rerate_register import PROPOSED, RerateRegister
from telebill_assets.tables.table import from_rows, table_name


class StagedFiles(BaseModel):
    """A table's new files, as they can be published later."""

    model_config = ConfigDict(frozen=True)

    table: str
    partition: str
    run_id: str
    folder: str
    files: tuple[str, ...]
    rows: int

    @classmethod
    def of(cls, staged: Staged) -> "StagedFiles":
        """Describe staged files as text."""
        table, partition = table_name(staged.model), as_text(staged.partition)
        return cls(
            table=table,
            partition=partition,
            run_id=staged.run_id,
            folder=staged.folder,
            files=staged.files,
            rows=staged.rows,
        )

    def staged(self) -> Staged:
        """The files as the lake knows them."""
        model = TABLES[self.table]
        return Staged(model, self.run_id, from_text(model, self.partition), self.folder, self.files, self.rows)


class Part(BaseModel):
    """One open day, or one closed month: the report of its audit, and its files in the order of publication."""

    model_config = ConfigDict(frozen=True)

    report: JobReport
    staged: tuple[StagedFiles, ...]


class Details(BaseModel):
    """What the register keeps as JSON."""

    model_config = ConfigDict(frozen=True)

    inputs: dict[str, dict[str, int]]
    closed_months: tuple[date, ...]
    parts: tuple[Part, ...]


class Proposal(BaseModel):
    """A re-rating: computed, maybe approved, maybe published. Times are UTC."""

    model_config = ConfigDict(frozen=True)

    proposal: str
    status: str = PROPOSED
    first_day: date
    last_day: date
    account_id: str | None
    destination: str | None
    billing_month: date | None
    proposed_at: datetime
    code_version: str
    approved_by: str | None = None
    reason: str | None = None
    approved_at: datetime | None = None
    details: Details = Field(repr=False)

    @property
    def scope(self) -> Scope:
        return Scope(self.first_day, self.last_day, self.account_id, self.destination)

    @property
    def run_id(self) -> str:
        return run_id_of(self.proposal)

    @property
    def inputs(self) -> Snapshots:
        return self.details.inputs

    @property
    def open_days(self) -> list[date]:
        """The days of open months whose tables the proposal replaces."""
        return [part.report.partition for part in self.details.parts if part.report.job == "daily_aggregates"]

    @property
    def adjusts(self) -> bool:
        """Whether it adjusts a closed month."""
        return len(self.open_days) < len(self.details.parts)

    def save(self, lake: Lake) -> None:
        """Write it to the register, in place of what the register says about it now."""
        row = self.model_dump() | {"details": self.details.model_dump_json()}
        rows = from_rows([row], RerateRegister)
        lake.publish(lake.stage_frame(rows, RerateRegister, self.run_id, proposal=self.proposal), self.code_version)


def run_id_of(proposal: str) -> str:
    """What the snapshots of a re-rating are stamped with."""
    return f"rerate-{proposal}"


def find(lake: Lake, proposal: str) -> Proposal:
    """Look a proposal up in the register by its id.

    Raises:
        InvalidInputError: there is none of this id.
    """
    rows = lake.frame(RerateRegister, proposal=proposal).to_dicts()
    if not rows:
        raise InvalidInputError(f"there is no re-rating {proposal}; `telebill rerate list` shows all")
    return _proposal(rows[0])


def all_proposals(lake: Lake) -> list[Proposal]:
    """All proposals of the register, oldest first."""
    rows = lake.frame(RerateRegister).to_dicts()
    return sorted((_proposal(row) for row in rows), key=lambda each: each.proposed_at)


def _proposal(row: dict[str, object]) -> Proposal:
    return Proposal.model_validate(row | {"details": json.loads(str(row["details"]))})


def now() -> datetime:
    """The present time in UTC."""
    return datetime.now(UTC)
