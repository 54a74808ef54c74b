"""The adjustments that a month bills: approved corrections of closed months, each on exactly one line."""

from datetime import date
from decimal import Decimal

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from telebill_assets.audit.balance import Totals, balance
from telebill_assets.audit.check import CheckResult
from telebill_assets.compute.context import JobContext
from telebill_assets.errors import OperatorError
from telebill_assets.lake.lake import Lake
from telebill_assets.rating.adjustments import adjustment_charges
from telebill_assets.schemas.adjustment_lines import AdjustmentLines
from telebill_assets.schemas.rerate_register import RerateRegister


class AdjustmentMissedError(OperatorError):
    """A month's invoices were assembled without an adjustment that it must bill."""


NAME = "adjustments_balance"
PROVES = "Every approved adjustment for the month is on exactly one charge line, to the last decimal"


def proposals_of(lake: Lake, month: date) -> list[str]:
    """Ids of the re-ratings whose adjustments the month bills."""
    partitions = lake.published_partitions(AdjustmentLines)
    return sorted(str(each["proposal"]) for each in partitions if each["billing_month"] == month)


def charges(context: JobContext, month: date) -> DataFrame:
    """Rows of rated_usage for the month's adjustments, with the reasons of their approval."""
    lines = context.lake.read(context.spark, AdjustmentLines, billing_month=month)
    proposals = proposals_of(context.lake, month)
    approved = context.lake.read_arrow(RerateRegister, proposal=proposals).to_pylist() if proposals else []
    return adjustment_charges(lines, [(row["proposal"], row["reason"]) for row in approved], month)


def balanced(context: JobContext, month: date, rated: DataFrame) -> CheckResult:
    """Compare the adjustments approved for the month by now with the month's adjustment lines."""
    approved = context.lake.read(context.spark, AdjustmentLines, billing_month=month)
    lines = rated.where("line_kind = 'adjustment'")
    return balance(NAME, PROVES, ("approved", _sums(approved)), {"adjustment lines": _sums(lines)})


def require_same(lake: Lake, month: date, proposals: list[str]) -> None:
    """Refuse to finalise a month for which an adjustment was approved while it was being invoiced.

    Raises:
        AdjustmentMissedError: naming what was approved.
    """
    missed = sorted(set(proposals_of(lake, month)) - set(proposals))
    if missed:
        raise AdjustmentMissedError(
            f"{month:%Y-%m} is not finalised: the re-rating {', '.join(missed)} was approved while it was invoiced; "
            "run rated_usage, taxed_charges and invoices again"
        )


def _sums(lines: DataFrame) -> Totals:
    row = lines.agg(F.count("*").alias("lines"), F.sum("exact_amount").alias("amount")).first()
    return {"lines": row["lines"], "amount": row["amount"] or Decimal(0)} if row else {}
