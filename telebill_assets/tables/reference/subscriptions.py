"""subscriptions.csv: which plan an account has, and from when to when."""

import pandera.polars as pa
import polars as pl

from telebill_assets.tables.reference.validity import validity_check
from telebill_assets.tables.table import Table
from telebill_assets.tables.types import Quantity


class Subscriptions(Table):
    """Plans of the accounts over time; the quantity multiplies the plan's recurring fees."""

    account_id: pl.String = pa.Field(description="Account")
    plan_id: pl.String = pa.Field(description="Plan")
    quantity: Quantity = pa.Field(gt=0, description="Seats, lines or trunks")
    valid_from: pl.Date = pa.Field(description="First day")
    valid_to: pl.Date = pa.Field(nullable=True, description="Last day; empty: open")

    dates_in_order = validity_check()

    class Config:
        name = "subscriptions"
        unique = ["account_id", "valid_from"]
