"""The numbers of a close report. What the page shows is here, and nothing else; the JSON file is this model."""

from datetime import date
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, computed_field

from telebill_assets.proof.reconcile import Reconciliation


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Control(_Frozen):
    """A check over all partitions of the month in which it ran."""

    stage: str
    name: str
    meaning: str
    threshold: str
    figure: str
    """Of the worst partition: the last that failed, else the last."""
    passed: int
    warned: int
    failed: int

    @computed_field  # type: ignore[prop-decorator]
    @property
    def verdict(self) -> str:
        if self.failed:
            return "fail"
        return "warn" if self.warned else "pass"


class Day(_Frozen):
    """A landing day: files and records received, seconds talked, records suspended, charge per currency."""

    day: date
    files: int
    records: int
    talk_s: int
    suspended: int
    charge: dict[str, Decimal]


class Ageing(_Frozen):
    """Open records in suspense with one reason, by days since they landed."""

    reason: str
    by_age: dict[str, int]
    records: int
    talk_s: int


class Change(_Frozen):
    """What was invoiced to an account, or for a destination, in this month and the one before."""

    subject: str
    currency: str
    before: Decimal
    now: Decimal

    @computed_field  # type: ignore[prop-decorator]
    @property
    def change(self) -> Decimal:
        return self.now - self.before


class CloseReport(_Frozen):
    """What the monthly close report shows: the sections of the page in their order, and the same figures as JSON."""

    month: date
    run_id: str
    code_version: str
    reconciliation: Reconciliation
    controls: list[Control]
    days: list[Day]
    suspense: list[Ageing]
    previous_month: date | None
    """None if nothing was invoiced then."""
    accounts: list[Change]
    destinations: list[Change]
