"""Partitions: landing days and billing months, both in the operator's billing zone."""

from dataclasses import dataclass
from datetime import date

import dagster as dg

from telebill_assets.settings import Settings


@dataclass(frozen=True)
class Partitions:
    """The two partition sets. Their zones must be equal, or Dagster cannot map days to months."""

    daily: dg.DailyPartitionsDefinition
    monthly: dg.MonthlyPartitionsDefinition


def partitions(settings: Settings) -> Partitions:
    """Partitions from the operator's first landing day on."""
    start, zone = settings.first_day.isoformat(), settings.billing_zone
    return Partitions(
        daily=dg.DailyPartitionsDefinition(start_date=start, timezone=zone),
        monthly=dg.MonthlyPartitionsDefinition(start_date=start, timezone=zone),
    )


def day_of(partition_key: str) -> date:
    """Landing day, or first day of the billing month, of a partition key."""
    return date.fromisoformat(partition_key)
