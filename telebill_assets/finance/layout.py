"""The export's layout: its files, their columns and types. docs/export.md explains each; a test holds them together."""

from collections.abc import Mapping

import pyarrow as pa

LAYOUT_VERSION = 1
MONEY = pa.decimal128(18, 2)
RATE = pa.decimal128(18, 8)
QUANTITY = pa.decimal128(18, 6)
TEXT, DATE, COUNT = pa.string(), pa.date32(), pa.int64()

INVOICES = pa.schema(
    [
        ("invoice_number", TEXT),
        ("billing_month", DATE),
        ("invoice_date", DATE),
        ("due_date", DATE),
        ("seller_id", TEXT),
        ("seller_name", TEXT),
        ("seller_tax_number", TEXT),
        ("account_id", TEXT),
        ("customer_name", TEXT),
        ("customer_country", TEXT),
        ("customer_tax_number", TEXT),
        ("currency", TEXT),
        ("service_from", DATE),
        ("service_to", DATE),
        ("net", MONEY),
        ("tax", MONEY),
        ("pass_through", MONEY),
        ("payable", MONEY),
        ("content_hash", TEXT),
    ]
)
CHARGES = pa.schema(
    [
        ("invoice_number", TEXT),
        ("line_number", COUNT),
        ("line_id", TEXT),
        ("billing_month", DATE),
        ("seller_id", TEXT),
        ("account_id", TEXT),
        ("line_kind", TEXT),
        ("product", TEXT),
        ("description", TEXT),
        ("article_nr", TEXT),
        ("destination", TEXT),
        ("jurisdiction", TEXT),
        ("calls", COUNT),
        ("talk_s", COUNT),
        ("billed_s", COUNT),
        ("quantity", QUANTITY),
        ("unit", TEXT),
        ("unit_price", RATE),
        ("amount", MONEY),
        ("currency", TEXT),
        ("service_from", DATE),
        ("service_to", DATE),
    ]
)
TAXES = pa.schema(
    [
        ("invoice_number", TEXT),
        ("tax_number", COUNT),
        ("billing_month", DATE),
        ("seller_id", TEXT),
        ("account_id", TEXT),
        ("level", TEXT),
        ("tax_type", TEXT),
        ("description", TEXT),
        ("authority", TEXT),
        ("region", TEXT),
        ("rate", RATE),
        ("fee_rate", RATE),
        ("base", MONEY),
        ("amount", MONEY),
        ("currency", TEXT),
    ]
)
JOURNAL = pa.schema(
    [
        ("invoice_number", TEXT),
        ("entry", COUNT),
        ("posting_date", DATE),
        ("billing_month", DATE),
        ("seller_id", TEXT),
        ("account_id", TEXT),
        ("gl_account", TEXT),
        ("gl_name", TEXT),
        ("posting", TEXT),
        ("subject", TEXT),
        ("debit", MONEY),
        ("credit", MONEY),
        ("currency", TEXT),
    ]
)
FILES: Mapping[str, pa.Schema] = {"invoices": INVOICES, "charges": CHARGES, "taxes": TAXES, "journal": JOURNAL}
AMOUNTS: Mapping[str, tuple[str, ...]] = {
    "invoices": ("net", "tax", "pass_through", "payable"),
    "charges": ("amount",),
    "taxes": ("amount",),
    "journal": ("debit", "credit"),
}
"""Columns whose sums the manifest states, per currency."""
