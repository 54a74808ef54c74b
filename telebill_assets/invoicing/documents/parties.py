"""Parties: seller and customer as blocks of printed lines, in the order their country writes an address."""

import re
from typing import Any

from babel import Locale

from telebill_assets.invoicing.documents.words import words
from telebill_assets.invoicing.model import Invoice, Party

TOWN_BEFORE_CODE = ("GB", "IE")
TOLL_FREE = re.compile(r"\+?1?8(00|33|44|55|66|77|88)")
TITLES = {"Ms": "dear_ms", "Mrs": "dear_ms", "Frau": "dear_ms", "Mr": "dear_mr", "Herr": "dear_mr"}


def seller_block(invoice: Invoice) -> dict[str, Any]:
    """The seller's name, address, number for inquiries, tax number and bank account, where it has them."""
    seller, said = invoice.seller, words(invoice.language)
    is_vat_id = (seller.tax_number or "").startswith(seller.country)
    return {
        "name": seller.name,
        "address": [seller.street, city_line(seller)],
        "phone": seller.phone,
        "phone_label": said["toll_free"] if is_toll_free(seller.phone) else said["phone"],
        "email": seller.email,
        "tax_id_label": said["vat_id"] if is_vat_id else said["tax_id"],
        "tax_id": seller.tax_number,
        "iban": seller.iban,
        "clerk": seller.clerk,
    }


def customer_block(invoice: Invoice) -> dict[str, Any]:
    """The customer's address lines, as they stand in the envelope's window, and the salutation."""
    customer = invoice.customer
    titled = customer.attention in TITLES
    names = [customer.attention, customer.name] if titled else [customer.name, customer.attention]
    abroad = [_country(invoice)] if customer.country != invoice.seller.country else []
    lines = [*names, customer.street, city_line(customer), *abroad]
    greeting = TITLES.get(customer.attention or "", "dear")
    return {
        "lines": [line for line in lines if line],
        "salutation": words(invoice.language)[greeting].format(name=customer.name),
        "tax_id": customer.tax_number,
    }


def city_line(party: Party) -> str:
    """Town, state and postal code."""
    if party.state:
        return f"{party.city}, {party.state} {party.postal_code}"
    if party.country in TOWN_BEFORE_CODE:
        return f"{party.city} {party.postal_code}"
    return f"{party.postal_code} {party.city}"


def is_toll_free(phone: str | None) -> bool:
    """Whether a North American number is free for the caller."""
    return bool(phone and TOLL_FREE.match(phone.replace(" ", "").replace("-", "")))


def _country(invoice: Invoice) -> str:
    territories = Locale.parse(invoice.language).territories
    return str(territories.get(invoice.customer.country, invoice.customer.country)).upper()
