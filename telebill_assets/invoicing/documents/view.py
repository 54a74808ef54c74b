"""The view model of an invoice: formatted strings and lists of them. Templates neither calculate nor format."""

from collections.abc import Sequence
from typing import Any

from telebill_assets.invoicing.documents.call_detail import CallDetail, call_detail
from telebill_assets.invoicing.documents.charges import positions, sections
from telebill_assets.invoicing.documents.formats import Formats
from telebill_assets.invoicing.documents.parties import customer_block, seller_block
from telebill_assets.invoicing.documents.taxes import tax_levels, tax_totals
from telebill_assets.invoicing.documents.words import words
from telebill_assets.invoicing.model import Invoice
from telebill_assets.tables.line_kinds import UNTAXED

LETTER_COUNTRIES = ("US", "CA", "MX")


def view(invoice: Invoice, calls: Sequence[CallDetail]) -> dict[str, Any]:
    """The formatted texts of an invoice, by the names under which its template prints them.

    Raises:
        ValueError: an amount is not rounded to the currency's minor unit, or the language has no words.
    """
    said = words(invoice.language)
    formats = Formats(invoice.locale, invoice.currency)
    return {
        "language": invoice.language,
        "paper": "us-letter" if invoice.customer.country in LETTER_COUNTRIES else "a4",
        "words": said,
        "number": invoice.invoice_number,
        "account": invoice.account_id,
        "invoice_date": formats.day(invoice.invoice_date),
        "due_date": formats.day(invoice.due_date),
        "long_invoice_date": formats.long_day(invoice.invoice_date),
        "long_due_date": formats.long_day(invoice.due_date),
        "period": formats.span(invoice.service_from, invoice.service_to),
        "supplied": formats.days(invoice.service_from, invoice.service_to),
        "seller": seller_block(invoice),
        "customer": customer_block(invoice),
        "sections": sections(invoice, formats),
        "positions": positions(invoice, formats),
        "net": formats.money(invoice.net),
        "pass_through": formats.money(invoice.pass_through) if invoice.pass_through else None,
        "tax_levels": tax_levels(invoice, formats),
        "tax": formats.money(invoice.tax),
        "fees_note": said["fees_note"] if invoice.customer.country == "US" else None,
        "totals": _totals(invoice, formats),
        "payable": formats.money(invoice.payable),
        "calls": call_detail(invoice, calls, formats),
    }


def _totals(invoice: Invoice, formats: Formats) -> list[list[str]]:
    """The lines between the positions and the amount payable: net, each tax, gross, each pass-through item."""
    said = words(invoice.language)
    passed_through = [
        [said["not_taxed"].format(item=line.description), formats.money(line.amount)]
        for line in invoice.lines
        if line.line_kind in UNTAXED
    ]
    return [
        [said["total_net"], formats.money(invoice.net)],
        *tax_totals(invoice, formats),
        [said["total_gross"], formats.money(invoice.net + invoice.tax)],
        *passed_through,
    ]
