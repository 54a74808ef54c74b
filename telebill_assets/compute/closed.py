"""Closed months: once a month has final invoices, its days keep what was billed, and differences become adjustments."""

from datetime import date

import polars as pl

from telebill_assets.audit.check import CheckResult
from telebill_assets.compute.context import JobContext
from telebill_assets.compute.days import next_month
from telebill_assets.database.migrate import migrate
from telebill_assets.database.server import database_url
from telebill_assets.invoicing.read import closed_months
from telebill_assets.lake.lake import Lake
from telebill_assets.rating.adjustments import changes, with_changes
from telebill_assets.settings import Settings
from telebill_assets.tables.daily_aggregates import DailyAggregates
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


def billed_aggregates(lake: Lake, days: list[date], own: pl.Expr | None = None) -> pl.DataFrame:
    """What is billed of the calls of days of one month: the published aggregates and all adjustments to them.

    Args:
        lake: the lake.
        days: landing days of one month.
        own: a condition on account_id; null: all accounts.
    """
    mine = pl.lit(value=True) if own is None else own
    published = lake.scan(DailyAggregates, landing_day=days).filter(mine)
    adjusted = lake.scan(UsageAdjustments, closed_month=days[0].replace(day=1)).filter(mine)
    return with_changes(published.collect(), adjusted.filter(pl.col("landing_day").is_in(days)).collect())


def closed_month_unchanged(context: JobContext, aggregates: pl.LazyFrame) -> CheckResult:
    """Compare a day's new aggregates with the published ones, if there are any and their month is closed."""
    day, month = context.partition, context.partition.replace(day=1)
    published_before = any(
        change.partition == {"landing_day": day} for change in context.lake.snapshots(DailyAggregates)
    )
    if not published_before or month not in closed_months_of(context.settings):
        return _verdict("the month is open", 0)
    published, priced = context.lake.frame(DailyAggregates, landing_day=day), aggregates.collect()
    differing = len(changes(published, priced))
    if not differing:
        return _verdict("as they were billed", 0)
    left = len(changes(billed_aggregates(context.lake, [day]), priced))
    cure = (
        f"bill the {left:,} that are not billed yet as adjustments: telebill rerate --days {day}"
        if left
        else "all of them are billed as adjustments already"
    )
    return _verdict(f"{differing:,} aggregates differ, and {month:%Y-%m} has final invoices; {cure}", differing)


def _verdict(figure: str, differing: int) -> CheckResult:
    return CheckResult(
        name=NAME,
        description=PROVES,
        passed=differing == 0,
        figure=figure,
        failures={"aggregates": differing} if differing else {},
    )
