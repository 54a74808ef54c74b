"""Call detail: the itemised calls of an invoice, with numbers masked if the customer chose so."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from telebill_assets.invoicing.documents.formats import Formats
from telebill_assets.invoicing.documents.words import words
from telebill_assets.invoicing.model import Invoice

MAX_CALLS = 1000
"""Calls in one PDF; many more would take typst over a gigabyte of memory."""

HIDDEN = "xxx"


@dataclass(frozen=True, slots=True)
class CallDetail:
    """One priced call as itemised: local time of the account, number called, billed seconds, exact charge."""

    local_start: datetime
    callee: str
    destination: str
    jurisdiction: str
    billed_s: int
    charge: Decimal
    service_id: str


def masked(number: str) -> str:
    """The number without its last three digits, as German itemised bills show it (BNetzA)."""
    return number[: -len(HIDDEN)] + HIDDEN


def call_detail(invoice: Invoice, calls: Sequence[CallDetail], formats: Formats) -> dict[str, Any] | None:
    """The call table in order of time, at most MAX_CALLS rows; None if the customer wants no call detail."""
    if invoice.call_detail == "none" or not calls:
        return None
    said = words(invoice.language)
    in_order = sorted(calls, key=lambda call: (call.local_start, call.service_id, call.callee))
    shown = in_order[:MAX_CALLS]
    more = len(calls) - len(shown)
    count, rest = formats.number(Decimal(len(calls))), formats.number(Decimal(more))
    hidden = [said["call_numbers_masked"]] if invoice.call_detail != "full" else []
    cut = [said["more_calls"].format(shown=formats.number(Decimal(MAX_CALLS)), more=rest)] if more else []
    return {
        "rows": [_row(call, invoice, formats) for call in shown],
        "total_label": said["total_calls"].format(calls=count),
        "total_duration": formats.minutes(sum(call.billed_s for call in calls)),
        "total": formats.call_charge(sum((call.charge for call in calls), Decimal(0))),
        "notes": [*cut, *hidden, said["call_detail_note"]],
    }


def _row(call: CallDetail, invoice: Invoice, formats: Formats) -> list[str]:
    number = call.callee if invoice.call_detail == "full" else masked(call.callee)
    kind = f"jurisdiction_{call.jurisdiction}"
    return [
        formats.call_day(call.local_start),
        formats.call_time(call.local_start),
        call.service_id,
        number,
        call.destination,
        words(invoice.language)[kind],
        formats.minutes(call.billed_s),
        formats.call_charge(call.charge),
    ]
