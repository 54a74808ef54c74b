"""charges.csv: charges of single accounts that no plan knows."""

import pandera.polars as pa
import polars as pl

from telebill_assets.tables.reference.validity import validity_check
from telebill_assets.tables.table import Table
from telebill_assets.tables.types import Quantity, Rate

CHARGE_KINDS = ("recurring", "recurring_advance", "one_off", "pass_through")


class Charges(Table):
    """Recurring, one-off and pass-through charges of accounts, with quantity and unit price."""

    charge_id: pl.String = pa.Field(str_matches="^[A-Za-z0-9-]{1,20}$", description="Charge")
    account_id: pl.String = pa.Field(description="Account")
    kind: pl.String = pa.Field(
        isin=CHARGE_KINDS, description="recurring and recurring_advance (prorated), one_off, or pass_through (no tax)"
    )
    product: pl.String = pa.Field(description="Product, which decides the tax code")
    article_nr: pl.String = pa.Field(nullable=True, description="Article number on the invoice")
    description: pl.String = pa.Field(description="Text of the line on the invoice")
    quantity: Quantity = pa.Field(gt=0, description="Units")
    unit: pl.String = pa.Field(description="pcs, month ...")
    unit_price: Rate = pa.Field(ge=0, description="Price of one unit (a month, if recurring)")
    valid_from: pl.Date = pa.Field(description="Day of supply, or first day if recurring")
    valid_to: pl.Date = pa.Field(nullable=True, description="Last day if recurring; empty: open")

    dates_in_order = validity_check()

    class Config:
        name = "charges"
        unique = ["charge_id"]
