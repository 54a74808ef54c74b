"""Final invoices put straight into the billing database, for tests of what reads them."""

from datetime import date
from decimal import Decimal
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from telebill_assets.database.server import connect

Line = dict[str, Any]
SELLER = {"name": "Northline", "tax_number": "00-1"}


def add_invoice(
    url: str, month: date, account_id: str, lines: list[Line], taxes: list[Line], *, status: str = "final", **head: Any
) -> str:
    """An invoice whose totals are the sums of its lines and taxes; returns its number.

    Lines need line_id and amount, taxes tax_type and amount; other columns have defaults.
    """
    passed = sum((line["amount"] for line in lines if line.get("line_kind") == "pass_through"), Decimal(0))
    net = sum((line["amount"] for line in lines), Decimal(0)) - passed
    tax = sum((each["amount"] for each in taxes), Decimal(0))
    seller_id = head.pop("seller_id", "NLT")
    number = f"{seller_id}-{month:%Y-%m}-{account_id}"
    invoice_id = f"{month:%Y-%m}-{account_id}"
    invoice = {
        "invoice_id": invoice_id,
        "billing_month": month,
        "account_id": account_id,
        "seller_id": seller_id,
        "status": "draft",
        "layout": "telecom",
        "locale": "en_US",
        "language": "en",
        "currency": "USD",
        "call_detail": "none",
        **dict.fromkeys(("invoice_date", "due_date", "service_from", "service_to"), month),
        "seller": Jsonb(SELLER),
        "customer": Jsonb(head.pop("customer", {"name": "Customer", "country": "US"})),
        "net": net,
        "tax": tax,
        "pass_through": passed,
        "payable": net + tax + passed,
        "content_hash": "0" * 64,
        "run_id": "test",
        "code_version": "test",
    } | head
    line = {
        "line_kind": "usage",
        "product": "usage_local",
        "description": "Calls",
        "quantity": 1,
        "unit": "min",
        "service_from": month,
        "service_to": month,
    }
    tax_of = {"level": "state", "description": "TAX", "rate": 0, "fee_rate": 0, "base": net}
    with connect(url) as connection:
        _insert(connection, "invoice", invoice)
        for n, each in enumerate(lines, start=1):
            _insert(connection, "invoice_line", {"invoice_id": invoice_id, "number": n} | line | each)
        for n, each in enumerate(taxes, start=1):
            _insert(connection, "invoice_tax", {"invoice_id": invoice_id, "number": n} | tax_of | each)
        if status == "final":
            connection.execute(
                "UPDATE invoice SET status = 'final', invoice_number = %s, finalised_at = now() WHERE invoice_id = %s",
                [number, invoice_id],
            )
    return number


def _insert(connection: "psycopg.Connection[tuple[object, ...]]", table: str, row: dict[str, Any]) -> None:
    columns, places = ", ".join(row), ", ".join(["%s"] * len(row))
    connection.execute(f"INSERT INTO {table} ({columns}) VALUES ({places})", list(row.values()))
