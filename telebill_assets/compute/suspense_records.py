"""What a day's suspense looks like, and how old all suspense of its stage is: the tables that a job report shows."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import polars as pl

from telebill_assets.audit.ageing import AGES, age_bucket
from telebill_assets.compute.context import JobContext
from telebill_assets.lake.lake import Partition
from telebill_assets.tables.reasons import SUSPENSE_REASONS
from telebill_assets.tables.suspended_usage import SuspendedUsage

REASONS, AGEING = "suspense", "suspense ageing"
Records = dict[str, list[dict[str, str]]]


def suspense_records(context: JobContext, partition: Partition) -> Records:
    """Reasons of a published partition of suspended_usage, and the ages of all its stage's suspense.

    Ages are days from the landing day to today in the billing zone.
    """
    today = datetime.now(ZoneInfo(context.settings.billing_zone)).date()
    by_day = {
        day: rows
        for found, rows in context.lake.partition_rows(SuspendedUsage)
        if found["stage"] == partition["stage"] and isinstance(day := found["landing_day"], date)
    }
    return {REASONS: _reasons(context, partition), AGEING: ageing(by_day, today)}


def ageing(by_day: dict[date, int], today: date) -> list[dict[str, str]]:
    """Suspended records, landing days and the oldest of them in each bucket of age."""
    days: dict[str, list[date]] = {age: [] for age in AGES}
    for day in sorted(by_day):
        days[age_bucket(day, today)].append(day)
    return [
        {
            "age in days": age,
            "records": str(sum(by_day[day] for day in found)),
            "landing days": str(len(found)),
            "oldest": str(found[0]) if found else "",
        }
        for age, found in days.items()
    ]


def _reasons(context: JobContext, partition: Partition) -> list[dict[str, str]]:
    counted = (
        context.lake.scan(SuspendedUsage, **partition)
        .group_by("reason")
        .agg(records=pl.len(), talk_s=pl.col("talk_s").sum(), accounts=pl.col("account_id").drop_nulls().n_unique())
        .sort("records", "reason", descending=[True, False])
    )
    return [
        {
            "reason": row["reason"],
            "records": str(row["records"]),
            "talk seconds": str(row["talk_s"]),
            "accounts": str(row["accounts"]),
            "meaning": SUSPENSE_REASONS.get(row["reason"], ""),
        }
        for row in counted.collect().iter_rows(named=True)
    ]
