"""Closed months: once a month has final invoices, its days keep what was billed, and differences become adjustments."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from telebill_assets.audit.check import CheckResult
from telebill_assets.compute.context import JobContext
from telebill_assets.compute.days import next_month
from telebill_assets.database.migrate import migrate
from telebill_assets.database.server import database_url
from telebill_assets.invoicing.read import closed_months
from telebill_assets.lake.data_files import scan_files
from telebill_assets.lake.lake import Lake
from telebill_assets.lake.stored_files import StoredFile
from telebill_assets.rating.account_groups import AccountGroup, files_of, month_groups
from telebill_assets.rating.adjustments import changes, with_changes
from telebill_assets.settings import Settings
from telebill_assets.tables.daily_aggregates import DailyAggregates
from telebill_assets.tables.table import TableModel
from telebill_assets.tables.usage_adjustments import UsageAdjustments

NAME = "closed_month_unchanged"
PROVES = "A day whose month has final invoices keeps the aggregates that were billed"


def closed_months_of(settings: Settings) -> set[date]:
    """First days of the months with final invoices, as the billing database knows them."""
    url = database_url(settings)
    migrate(url)
    return closed_months(url)


def next_open_month(month: date, closed: set[date]) -> date:
    """The first month after `month` that is not closed."""
    found = next_month(month)
    while found in closed:
        found = next_month(found)
    return found


@dataclass(frozen=True)
class Aggregates:
    """Aggregates of some landing days: data files of daily_aggregates, and signed changes to them."""

    days: Sequence[date]
    files: Sequence[str]
    changes: Sequence[str] = ()
    """Data files of usage_adjustments; of their rows those of `days` count."""

    @classmethod
    def billed(cls, lake: Lake, days: Sequence[date]) -> "Aggregates":
        """What is billed of the calls of days of one closed month: the published aggregates and all adjustments."""
        adjusted = lake.paths(UsageAdjustments, closed_month=days[0].replace(day=1))
        return cls(days, lake.paths(DailyAggregates, landing_day=list(days)), adjusted)

    def of(self, group: AccountGroup) -> pl.DataFrame:
        """The rows of a group of accounts, with the changes."""
        published = _rows(group, self.files, DailyAggregates).collect()
        if not self.changes:
            return published
        changed = _rows(group, self.changes, UsageAdjustments).filter(pl.col("landing_day").is_in(list(self.days)))
        return with_changes(published, changed.collect())

    def scan(self) -> pl.LazyFrame:
        """All rows and changes, whose sums are those of the aggregates with the changes."""
        changed = scan_files(self.changes, UsageAdjustments).filter(pl.col("landing_day").is_in(list(self.days)))
        published = scan_files(self.files, DailyAggregates)
        return pl.concat([published, changed.select(published.collect_schema().names())])


def closed_month_unchanged(context: JobContext, new: Sequence[StoredFile]) -> CheckResult:
    """Compare a day's new aggregates with the published ones, if there are any and their month is closed."""
    day, month = context.partition, context.partition.replace(day=1)
    published_before = any(
        change.partition == {"landing_day": day} for change in context.lake.snapshots(DailyAggregates)
    )
    if not published_before or month not in closed_months_of(context.settings):
        return _verdict("the month is open", 0)
    billed, files = Aggregates.billed(context.lake, [day]), [file.path for file in new]
    groups = month_groups([*billed.files, *files])
    found = context.cluster.each(groups, differing_rows, (billed, Aggregates([day], files)))
    differing, left = (sum(counts) for counts in zip(*found, strict=True))
    if not differing:
        return _verdict("as they were billed", 0)
    cure = (
        f"bill the {left:,} that are not billed yet as adjustments: telebill rerate --days {day}"
        if left
        else "all of them are billed as adjustments already"
    )
    return _verdict(f"{differing:,} aggregates differ, and {month:%Y-%m} has final invoices; {cure}", differing)


def differing_rows(group: AccountGroup, sides: tuple[Aggregates, Aggregates]) -> tuple[int, int]:
    """How many new aggregates of some accounts differ from the published ones, and how many from what is billed."""
    billed, new = sides
    published, after = Aggregates(billed.days, billed.files).of(group), new.of(group)
    differing = changes(published, after).height
    return differing, changes(billed.of(group), after).height if differing else 0


def _rows(group: AccountGroup, files: Sequence[str], model: TableModel) -> pl.LazyFrame:
    rows = scan_files(files_of(group, files), model)
    return rows.filter(group.rows) if group.of > 1 else rows


def _verdict(figure: str, differing: int) -> CheckResult:
    return CheckResult(
        name=NAME,
        description=PROVES,
        passed=differing == 0,
        figure=figure,
        failures={"aggregates": differing} if differing else {},
    )
