"""What the month before has left for a month: units that roll over, and fees that were billed in advance."""

from datetime import date

import polars as pl

from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.controls.agreement import agreement
from telebill_assets.audit.controls.control import Control
from telebill_assets.compute.context import JobContext
from telebill_assets.lake.lake import Lake
from telebill_assets.rating.month.charge_lines import MonthBefore
from telebill_assets.rating.month.month import Month
from telebill_assets.tables.allowance_balances import AllowanceBalances
from telebill_assets.tables.rated_usage import RatedUsage
from telebill_assets.tables.table import unique_columns

CARRIED = Control("kept units", "Units used of earlier months are those that the month before left", blocking=True)


def is_rated(lake: Lake, month: date) -> bool:
    """Whether the charge lines of a month are published."""
    return {"billing_month": month} in lake.published_partitions(RatedUsage)


def month_before(lake: Lake, month: date, own: pl.Expr | None = None) -> MonthBefore | None:
    """What is published of the month before a month and matters for it; null if nothing is published.

    Args:
        lake: the lake.
        month: first day of the month.
        own: the condition on account_id of the accounts that are rated; null: all.
    """
    before = Month(month).previous.first
    if not is_rated(lake, before):
        return None
    lines, balances = (lake.scan(model, billing_month=before) for model in (RatedUsage, AllowanceBalances))
    return MonthBefore.kept(lines, balances, own)


def units_carried(context: JobContext, month: date) -> CheckResult:
    """Compare the units that a month took over with what the month before has left now; it may be rated again since."""
    lake, keys = context.lake, unique_columns(AllowanceBalances)
    own = lake.scan(AllowanceBalances, billing_month=month).filter(pl.col("granted_month") < month).collect()
    before = lake.scan(AllowanceBalances, billing_month=Month(month).previous.first)
    left = before.join(own.lazy(), on=keys, how="semi").collect()
    taken = own.select(*keys, units="available")
    return agreement(CARRIED, taken, left.select(*keys, units="remaining"), keys, ("units",))
