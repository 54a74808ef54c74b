"""adjustment_lines: how the charge lines of closed months should have been, less how they were billed."""

import pandera.polars as pa
import polars as pl

from telebill_assets.tables.table import Table, row_check
from telebill_assets.tables.types import Exact


class AdjustmentLines(Table):
    """One row per charge line of a closed month that re-rating changed, with the month that bills the difference."""

    billing_month: pl.Date = pa.Field(description="First day of the open month that bills the difference")
    proposal: pl.String = pa.Field(description="Re-rating that made it")
    closed_month: pl.Date = pa.Field(description="First day of the closed month whose line is corrected")
    corrected_line: pl.String = pa.Field(description="Id of the line in the closed month")
    corrected_kind: pl.String = pa.Field(description="Kind of that line: usage, allowance ...")
    account_id: pl.String = pa.Field(description="Billed account")
    product: pl.String = pa.Field(description="Product, which decides the tax code")
    description: pl.String = pa.Field(description="Text of the corrected line")
    article_nr: pl.String = pa.Field(nullable=True, description="The seller's article number")
    destination: pl.String = pa.Field(nullable=True, description="Destination of the corrected line")
    jurisdiction: pl.String = pa.Field(nullable=True, description="Jurisdiction of the corrected line")
    direction: pl.String = pa.Field(nullable=True, description="Direction of the corrected line")
    exact_before: Exact = pa.Field(description="The line with all earlier adjustments")
    exact_after: Exact = pa.Field(description="The line as re-rated")
    exact_amount: Exact = pa.Field(description="The difference, positive or negative")
    currency: pl.String = pa.Field(str_matches="^[A-Z]{3}$", description="ISO 4217 code")
    service_from: pl.Date = pa.Field(description="First day of the original calls")
    service_to: pl.Date = pa.Field(description="Last day of the original calls")

    is_the_difference = row_check(
        "is_the_difference", "exact_amount = exact_after - exact_before", "the amount is after less before"
    )

    class Config:
        name = "adjustment_lines"
        unique = ["closed_month", "corrected_line"]
        metadata = {"partition_by": ["billing_month", "proposal"]}
