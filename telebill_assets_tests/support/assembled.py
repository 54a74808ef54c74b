"""Assembled invoices of a few accounts, for tests of what becomes of them."""

from datetime import date
from decimal import Decimal
from typing import Any

from telebill_assets.invoicing.assembly import Assembly, assemble
from telebill_assets.tables.rated_usage import RatedUsage
from telebill_assets.tables.reference.accounts import Accounts
from telebill_assets.tables.reference.sellers import Sellers
from telebill_assets.tables.table import from_rows
from telebill_assets.tables.taxed_charges import TaxedCharges, TaxLines

Row = dict[str, Any]
SELLERS = [
    {"seller_id": "NLT", "invoice_layout": "telecom", "invoice_date": "month_end", "payment_days": 14},
    {"seller_id": "STU", "invoice_layout": "sample", "invoice_date": "last_charge", "payment_days": 0},
]
SELLER_OF = {"A1": "NLT", "A2": "NLT", "B1": "STU"}


def line(
    account: str, number: int, amount: str, kind: str = "usage", *, tax: str = "0", held: str | None = None, **more: Any
) -> Row:
    """A charge line with its tax, or with the message that holds it."""
    return {"account_id": account, "line_id": f"{account}-{number}", "amount": Decimal(amount)} | {
        "line_kind": kind,
        "tax": Decimal(tax),
        "held": held,
        **more,
    }


def assembly(month: date, *lines: Row) -> Assembly:
    """The invoices of a month that consists of these lines."""
    both = {"currency": "USD", "billing_month": month}
    rated = [
        {
            **both,
            "product": "p",
            "description": "Calls",
            "quantity": Decimal(1),
            "unit": "min",
            "service_from": month,
            "service_to": month.replace(day=24),
            **row,
        }
        for row in lines
    ]
    taxed = [{**both, **row, "status": "held" if row["held"] else "taxed", "hold_reason": row["held"]} for row in lines]
    taxes = [
        {
            **row,
            "billing_month": month,
            "tax_type": "051",
            "tax_level": "federal",
            "description": "VAT",
            "tax_rate": Decimal("0.19"),
            "fee_rate": Decimal(0),
            "revenue_base": row["amount"],
            "tax_amount": row["tax"],
        }
        for row in lines
        if row["tax"]
    ]
    known = {"locale": "en_US", "language": "en", "call_detail": "none", "country": "US"}
    accounts = [{**known, "account_id": account, "seller_id": seller} for account, seller in SELLER_OF.items()]
    return assemble(
        from_rows([without(row, "tax", "held") for row in rated], RatedUsage),
        from_rows([without(row, "tax", "held", "line_kind") for row in taxed], TaxedCharges),
        from_rows([without(row, "amount", "line_kind", "tax", "held") for row in taxes], TaxLines),
        from_rows(accounts, Accounts),
        from_rows(SELLERS, Sellers),
        month=month,
    )


def without(row: Row, *names: str) -> Row:
    """The row but for some columns."""
    return {name: value for name, value in row.items() if name not in names}
