"""Charges: the invoice's lines by kind, each kind a section with its own subtotal."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from telebill_assets.invoicing.documents.formats import Formats
from telebill_assets.invoicing.documents.words import words
from telebill_assets.invoicing.model import Invoice, InvoiceLine
from telebill_assets.tables.line_kinds import LINE_KINDS, OF_CALLS, UNTAXED

MINUTE_HEADS = ("description", "calls", "duration", "price_per_minute", "amount")
UNIT_HEADS = ("description", "period", "quantity", "units", "unit_price", "amount")


def sections(invoice: Invoice, formats: Formats) -> list[dict[str, Any]]:
    """One section per kind of line the invoice has.

    47 CFR 64.2401 (a): the provider's name stands with its charges, third parties' charges stand apart with a subtotal.
    """
    said = words(invoice.language)
    provider = said["provider"].format(seller=invoice.seller.name)
    return [
        {
            "kind": kind,
            "title": said[f"kind_{kind}"],
            "summary_label": _summary_label(kind, invoice, formats),
            "note": said["pass_through_note"] if kind in UNTAXED else provider,
            "heads": [said[head] for head in (MINUTE_HEADS if kind in OF_CALLS else UNIT_HEADS)],
            "rows": [_row(line, invoice, formats) for line in invoice.lines if line.line_kind == kind],
            "total_label": said[f"total_{kind}"],
            "subtotal": formats.money(subtotal(invoice, kind)),
        }
        for kind in LINE_KINDS
        if any(line.line_kind == kind for line in invoice.lines)
    ]


def subtotal(invoice: Invoice, kind: str) -> Decimal:
    """Sum of the rounded amounts of one kind of line."""
    return sum((line.amount for line in invoice.lines if line.line_kind == kind), Decimal(0))


def positions(invoice: Invoice, formats: Formats) -> list[list[str]]:
    """The numbered lines of the sample layout: all but pass-through items."""
    return [
        [
            str(line.number),
            formats.number(line.quantity),
            unit(line, invoice.language),
            line.article_nr or "",
            line.description,
            _price(line, formats),
            formats.money(line.amount),
        ]
        for line in invoice.lines
        if line.line_kind not in UNTAXED
    ]


def unit(line: InvoiceLine, language: str) -> str:
    """The unit in the invoice's language; a unit without a translation as it is."""
    return words(language).get(f"unit_{line.unit}", line.unit)


def _summary_label(kind: str, invoice: Invoice, formats: Formats) -> str:
    """The kind; for usage with the days of the calls, for usage is billed after its period."""
    title = words(invoice.language)[f"kind_{kind}"]
    if kind != "usage":
        return title
    lines = [line for line in invoice.lines if line.line_kind == kind]
    first, last = min(line.service_from for line in lines), max(line.service_to for line in lines)
    return f"{title}, {formats.span(first, last)}"


def _row(line: InvoiceLine, invoice: Invoice, formats: Formats) -> list[str]:
    if line.line_kind in OF_CALLS:
        calls = "" if line.calls is None else formats.number(Decimal(line.calls))
        measured = [calls, _used(line, invoice.language, formats)]
    else:
        period = formats.span(line.service_from, line.service_to)
        measured = [period, formats.number(line.quantity), unit(line, invoice.language)]
    return [line.description, *measured, _price(line, formats), formats.money(line.amount)]


def _used(line: InvoiceLine, language: str, formats: Formats) -> str:
    """Minutes and seconds, or so many calls."""
    if line.unit != "min":
        return f"{formats.number(line.quantity)} {unit(line, language)}"
    return formats.minutes(int((line.quantity * 60).quantize(Decimal(1), ROUND_HALF_UP)))


def _price(line: InvoiceLine, formats: Formats) -> str:
    return "" if line.unit_price is None else formats.price(line.unit_price)
