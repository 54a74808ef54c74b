"""An invoice as it is frozen in the database and printed: parties, lines, tax summary, totals."""

from datetime import date
from decimal import Decimal

from pydantic import BaseModel, ConfigDict


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Party(_Frozen):
    """Name and address of the seller or the customer as printed on the invoice."""

    name: str
    attention: str | None = None
    street: str
    city: str
    state: str | None = None
    postal_code: str
    country: str
    phone: str | None = None
    email: str | None = None
    tax_number: str | None = None
    iban: str | None = None
    clerk: str | None = None


class InvoiceLine(_Frozen):
    """One charge line. `amount` is net, rounded to the minor unit."""

    number: int
    line_id: str
    line_kind: str
    product: str
    description: str
    article_nr: str | None
    destination: str | None
    jurisdiction: str | None
    calls: int | None
    talk_s: int | None
    billed_s: int | None
    quantity: Decimal
    unit: str
    unit_price: Decimal | None
    amount: Decimal
    service_from: date
    service_to: date


class InvoiceTax(_Frozen):
    """One tax of the invoice: all lines' amounts for the same level, type, authority and rate, rounded once."""

    level: str
    tax_type: str
    description: str
    authority: str | None
    region: str | None
    rate: Decimal
    fee_rate: Decimal
    base: Decimal
    amount: Decimal


class Invoice(_Frozen):
    """A final invoice. net + tax + pass_through = payable, to the minor unit."""

    invoice_number: str
    billing_month: date
    account_id: str
    seller_id: str
    layout: str
    locale: str
    language: str
    currency: str
    call_detail: str
    invoice_date: date
    due_date: date
    service_from: date
    service_to: date
    seller: Party
    customer: Party
    lines: tuple[InvoiceLine, ...]
    taxes: tuple[InvoiceTax, ...]
    net: Decimal
    tax: Decimal
    pass_through: Decimal
    payable: Decimal
