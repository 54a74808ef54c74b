"""What the month before has left for a month: units that roll over, and fees that were billed in advance."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.controls.agreement import agreement
from telebill_assets.audit.controls.control import Control
from telebill_assets.compute.context import JobContext
from telebill_assets.lake.data_files import scan_files
from telebill_assets.lake.lake import Lake
from telebill_assets.rating.account_groups import AccountGroup, files_of
from telebill_assets.rating.month.month import Month
from telebill_assets.rating.month.month_before import MonthBefore
from telebill_assets.tables.allowance_balances import AllowanceBalances
from telebill_assets.tables.rated_usage import RatedUsage
from telebill_assets.tables.table import unique_columns

CARRIED = Control("kept units", "Units used of earlier months are those that the month before left", blocking=True)


def is_rated(lake: Lake, month: date) -> bool:
    """Whether the charge lines of a month are published."""
    return {"billing_month": month} in lake.published_partitions(RatedUsage)


@dataclass(frozen=True)
class FilesBefore:
    """Data files of rated_usage and allowance_balances of the month before."""

    lines: Sequence[str]
    balances: Sequence[str]

    def of_group(self, group: AccountGroup) -> MonthBefore:
        """What is left for the accounts of a group."""
        lines = scan_files(files_of(group, self.lines), RatedUsage)
        balances = scan_files(files_of(group, self.balances), AllowanceBalances)
        return MonthBefore.kept(lines, balances, group.rows)


def files_before(context: JobContext, month: date) -> FilesBefore | None:
    """What is published of the month before a month; null if nothing is."""
    before = Month(month).previous.first
    if not is_rated(context.lake, before):
        return None
    lines, balances = (context.lake.paths(model, billing_month=before) for model in (RatedUsage, AllowanceBalances))
    return FilesBefore(lines, balances)


def units_carried(context: JobContext, month: date) -> CheckResult:
    """Compare the units that a month took over with what the month before has left now; it may be rated again since."""
    lake, keys = context.lake, unique_columns(AllowanceBalances)
    own = lake.scan(AllowanceBalances, billing_month=month).filter(pl.col("granted_month") < month).collect()
    before = lake.scan(AllowanceBalances, billing_month=Month(month).previous.first)
    left = before.join(own.lazy(), on=keys, how="semi").collect()
    taken = own.select(*keys, units="available")
    return agreement(CARRIED, taken, left.select(*keys, units="remaining"), keys, ("units",))
