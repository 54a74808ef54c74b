"""Taxes, fees and surcharges: every tax of the invoice as the tax engine named it, by level of government."""

from decimal import Decimal
from itertools import groupby
from typing import Any

from telebill_assets.invoicing.documents.formats import Formats, percent_decimals
from telebill_assets.invoicing.documents.words import words
from telebill_assets.invoicing.model import Invoice, InvoiceTax

LEVELS = ("federal", "state", "county", "city", "local", "reporting_agency")
FEDERATIONS = ("US", "CA")


def tax_levels(invoice: Invoice, formats: Formats) -> list[dict[str, Any]]:
    """The taxes grouped by level and region, highest level first, each group with its subtotal."""
    in_order = sorted(invoice.taxes, key=_place)
    decimals = percent_decimals(tax.rate for tax in in_order)
    return [
        {
            "title": _title(level, region, invoice),
            "rows": [_row(tax, invoice, formats, decimals) for tax in group],
            "subtotal": formats.money(sum((tax.amount for tax in group), Decimal(0))),
        }
        for (level, region), group in ((key, list(taxes)) for key, taxes in groupby(in_order, _group))
    ]


def tax_totals(invoice: Invoice, formats: Formats) -> list[list[str]]:
    """One line per tax for the foot of the sample layout: `VAT 19 % on 275,63 €`."""
    said = words(invoice.language)
    return [
        [
            said["tax_on"].format(
                tax=_name(tax, invoice), rate=_rate(tax, invoice, formats, 0), base=formats.money(tax.base)
            ),
            formats.money(tax.amount),
        ]
        for tax in sorted(invoice.taxes, key=_place)
    ]


def _place(tax: InvoiceTax) -> tuple[int, str, str, str]:
    return LEVELS.index(tax.level), tax.region or "", tax.tax_type, tax.description


def _group(tax: InvoiceTax) -> tuple[str, str]:
    return tax.level, tax.region or ""


def _title(level: str, region: str, invoice: Invoice) -> str:
    said = words(invoice.language)
    if level != "federal":
        return f"{said[f'level_{level}']} · {region}" if region else said[f"level_{level}"]
    return said["level_federal" if invoice.customer.country in FEDERATIONS else "level_national"]


def _row(tax: InvoiceTax, invoice: Invoice, formats: Formats, decimals: int) -> list[str]:
    rate = _rate(tax, invoice, formats, decimals)
    return [_name(tax, invoice), tax.authority or "", rate, formats.money(tax.base), formats.money(tax.amount)]


def _rate(tax: InvoiceTax, invoice: Invoice, formats: Formats, decimals: int) -> str:
    if tax.fee_rate:
        return words(invoice.language)["per_unit"].format(fee=formats.price(tax.fee_rate))
    return formats.percent(tax.rate, decimals)


def _name(tax: InvoiceTax, invoice: Invoice) -> str:
    return words(invoice.language)["vat"] if tax.description == "VAT" else tax.description
