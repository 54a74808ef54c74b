"""subscriptions.csv: which plan an account has, and from when to when."""

import pandera.pyspark as pa
import pyspark.sql.types as T

from telebill_assets.schemas.table import Table, row_rule
from telebill_assets.schemas.types import Quantity


class Subscriptions(Table):
    """Plans of the accounts over time; the quantity multiplies the plan's recurring fees."""

    account_id: T.StringType = pa.Field(description="Account")
    plan_id: T.StringType = pa.Field(description="Plan")
    quantity: Quantity = pa.Field(gt=0, description="Seats, lines or trunks")
    valid_from: T.DateType = pa.Field(description="First day")
    valid_to: T.DateType = pa.Field(nullable=True, description="Last day; empty: open")

    dates_in_order = row_rule("dates_in_order", "valid_from <= valid_to", "valid_to is not before valid_from")

    class Config:
        name = "subscriptions"
        unique = ["account_id", "valid_from"]
