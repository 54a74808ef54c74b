"""The adjustments that a month bills: approved corrections of closed months, each on exactly one line."""

from datetime import date

import polars as pl

from telebill_assets.audit.balance import Totals, balance
from telebill_assets.audit.check import CheckResult
from telebill_assets.compute.context import JobContext
from telebill_assets.rating.adjustments import adjustment_charges
from telebill_assets.tables.adjustment_lines import AdjustmentLines
from telebill_assets.tables.rerate_register import RerateRegister

NAME = "adjustments_balance"
PROVES = "Every approved adjustment for the month is on exactly one charge line, to the last decimal"


def charges(context: JobContext, month: date) -> pl.DataFrame:
    """Rows of rated_usage for the month's adjustments, with the reasons of their approval."""
    lines = context.lake.frame(AdjustmentLines, billing_month=month)
    partitions = context.lake.published_partitions(AdjustmentLines)
    proposals = [str(each["proposal"]) for each in partitions if each["billing_month"] == month]
    approved = context.lake.frame(RerateRegister, proposal=proposals).to_dicts() if proposals else []
    return adjustment_charges(lines, {row["proposal"]: row["reason"] for row in approved}, month)


def balanced(context: JobContext, month: date, rated: pl.LazyFrame) -> CheckResult:
    """Compare the adjustments approved for the month by now with the month's adjustment lines."""
    approved = context.lake.scan(AdjustmentLines, billing_month=month)
    lines = rated.filter(pl.col("line_kind") == "adjustment")
    return balance(NAME, PROVES, ("approved", _sums(approved)), {"adjustment lines": _sums(lines)})


def _sums(lines: pl.LazyFrame) -> Totals:
    summed = lines.select(lines=pl.len().cast(pl.Int64), amount=pl.col("exact_amount").sum())
    return summed.collect().row(0, named=True)
