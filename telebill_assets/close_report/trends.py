"""The days of a month side by side, and how old the records in suspense are."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import polars as pl

from telebill_assets.audit.ageing import AGES, age_bucket
from telebill_assets.audit.ledger import sums
from telebill_assets.close_report.figures import Ageing, Day
from telebill_assets.compute.days import days_of_month, next_month


def days(ledger: pl.LazyFrame, month: date) -> list[Day]:
    """Every day of the month, also those without a record.

    Args:
        ledger: rows of the daily stages of the month.
        month: first day of the billing month.
    """
    grouped = ledger.group_by("period", "stage", "outcome", "currency").agg(
        pl.col("path").count().alias("files"), *sums()
    )
    found: dict[date, dict[str, Any]] = {
        day: {"files": 0, "records": 0, "talk_s": 0, "suspended": 0, "charge": defaultdict(Decimal)}
        for day in days_of_month(month)
    }
    for row in grouped.collect().iter_rows(named=True):
        day = found[row["period"]]
        if row["stage"] == "raw_cdr":
            day["files"] += row["files"]
        if row["outcome"] == "received":
            day["records"] += row["records"]
            day["talk_s"] += row["talk_s"]
        elif row["outcome"] == "suspended":
            day["suspended"] += row["records"]
        elif row["outcome"] == "priced":
            day["charge"][row["currency"]] += row["amount"]
    return [Day(day=day, **values) for day, values in found.items()]


def ageing(suspended: pl.LazyFrame, month: date) -> list[Ageing]:
    """Open records by reason and age on the last day of the month.

    Args:
        suspended: suspended_usage of all landing days.
        month: first day of the billing month; later landing days are left out.
    """
    last = next_month(month) - timedelta(days=1)
    landed = suspended.filter(pl.col("landing_day") <= last)
    counted = landed.group_by("reason", "landing_day").agg(records=pl.len(), talk_s=pl.col("talk_s").sum())
    by_reason: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in counted.sort("reason", "landing_day").collect().iter_rows(named=True):
        by_reason[row["reason"]].append(row)
    return [_ageing(reason, rows, last) for reason, rows in by_reason.items()]


def _ageing(reason: str, rows: list[dict[str, Any]], last: date) -> Ageing:
    by_age = {f"{name} days": 0 for name in AGES}
    for row in rows:
        by_age[f"{age_bucket(row['landing_day'], last)} days"] += row["records"]
    return Ageing(
        reason=reason,
        by_age=by_age,
        records=sum(row["records"] for row in rows),
        talk_s=sum(row["talk_s"] for row in rows),
    )
