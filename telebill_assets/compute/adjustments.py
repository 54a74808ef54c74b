"""The adjustments that a month bills: approved corrections of closed months, each on exactly one line."""

from datetime import date
from decimal import Decimal

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from telebill_assets.audit.balance import Totals, balance
from telebill_assets.audit.check import CheckResult
from telebill_assets.compute.context import JobContext
from telebill_assets.rating.adjustments import adjustment_charges
from telebill_assets.tables.adjustment_lines import AdjustmentLines
from telebill_assets.tables.rerate_register import RerateRegister

NAME = "adjustments_balance"
PROVES = "Every approved adjustment for the month is on exactly one charge line, to the last decimal"


def charges(context: JobContext, month: date) -> DataFrame:
    """Rows of rated_usage for the month's adjustments, with the reasons of their approval."""
    lines = context.lake.read(context.spark, AdjustmentLines, billing_month=month)
    partitions = context.lake.published_partitions(AdjustmentLines)
    proposals = [str(each["proposal"]) for each in partitions if each["billing_month"] == month]
    approved = context.lake.read_arrow(RerateRegister, proposal=proposals).to_pylist() if proposals else []
    return adjustment_charges(lines, [(row["proposal"], row["reason"]) for row in approved], month)


def balanced(context: JobContext, month: date, rated: DataFrame) -> CheckResult:
    """Compare the adjustments approved for the month by now with the month's adjustment lines."""
    approved = context.lake.read(context.spark, AdjustmentLines, billing_month=month)
    lines = rated.where("line_kind = 'adjustment'")
    return balance(NAME, PROVES, ("approved", _sums(approved)), {"adjustment lines": _sums(lines)})


def _sums(lines: DataFrame) -> Totals:
    row = lines.agg(F.count("*").alias("lines"), F.sum("exact_amount").alias("amount")).first()
    return {"lines": row["lines"], "amount": row["amount"] or Decimal(0)} if row else {}
