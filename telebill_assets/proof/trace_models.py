"""What a trace shows. Numbers are masked; amounts are exact."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict, computed_field

from telebill_assets.errors import OperatorError


class UnknownError(OperatorError):
    """Nothing has the number, line or key that was asked for."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Foot(_Frozen):
    """A figure of a line, and what the rows below it add up to."""

    measure: str
    line: Decimal
    of: str
    summed: Decimal

    @computed_field  # type: ignore[prop-decorator]
    @property
    def holds(self) -> bool:
        return self.line == self.summed


class InvoiceLineShown(_Frozen):
    """A line as the invoice prints it."""

    number: int
    line_id: str
    line_kind: str
    product: str
    description: str
    calls: int | None
    talk_s: int | None
    billed_s: int | None
    amount: Decimal


class InvoiceTrace(_Frozen):
    """An invoice with its lines, and whether they add up to its totals."""

    invoice_number: str
    billing_month: date
    account_id: str
    currency: str
    lines: list[InvoiceLineShown]
    feet: list[Foot]


class TracedCall(_Frozen):
    """A call, with the file and line it came from."""

    record_key: str
    path: str
    line: int
    start_at: datetime
    caller: str | None
    callee: str
    talk_s: int
    billed_s: int
    rate_id: str
    charge: Decimal


class LineTrace(_Frozen):
    """An invoice line back to its charge line, aggregates and calls."""

    invoice_number: str
    billing_month: date
    account_id: str
    currency: str
    invoice_line: InvoiceLineShown
    charge_line: dict[str, Any]
    correction: dict[str, Any] | None
    """Of an adjustment: the line of a closed month that it corrects, before and after."""
    taxes: list[dict[str, Any]]
    aggregates: list[dict[str, Any]]
    calls: list[TracedCall]
    feet: list[Foot]


class Price(_Frozen):
    """How a call was priced."""

    plan_id: str | None
    rate_id: str | None
    destination: str | None
    billed_s: int | None
    charge: Decimal | None
    currency: str | None


class Occurrence(_Frozen):
    """One record with a key, and what became of it."""

    landing_day: date
    path: str
    line: int
    record_key: str | None
    outcome: str
    reason: str | None = None
    detail: str | None = None
    instead: str | None = None
    """The record that is billed instead of a duplicate, or the call that a row accompanies, as file:line."""
    caller: str | None = None
    callee: str | None = None
    start_at: datetime | None = None
    talk_s: int | None = None
    price: Price | None = None
    charge_line: str | None = None
    invoice_number: str | None = None
    invoice_line: int | None = None


class RecordTrace(_Frozen):
    """Every record with a key, in order of arrival."""

    asked: str
    occurrences: list[Occurrence]
