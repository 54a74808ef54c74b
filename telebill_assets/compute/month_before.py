"""What the month before has left for a month: units that roll over, and fees that were billed in advance."""

from datetime import date

from telebill_assets.compute.context import JobContext
from telebill_assets.rating.charge_lines import MonthBefore
from telebill_assets.rating.month import Month
from telebill_assets.schemas.allowance_balances import AllowanceBalances
from telebill_assets.schemas.rated_usage import RatedUsage


def month_before(context: JobContext, month: date) -> MonthBefore | None:
    """What is published of the month before a month; null if nothing is."""
    before = Month(month).previous.first
    if {"billing_month": before} not in context.lake.published_partitions(RatedUsage):
        return None
    lines, balances = (
        context.lake.read(context.spark, model, billing_month=before) for model in (RatedUsage, AllowanceBalances)
    )
    return MonthBefore(lines, balances)
