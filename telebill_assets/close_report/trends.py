"""The days of a month side by side, and how old the records in suspense are."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from telebill_assets.audit.ageing import AGES, BUCKETS, OLDEST
from telebill_assets.audit.ledger import sums
from telebill_assets.close_report.figures import Ageing, Day
from telebill_assets.compute.days import days_of_month, next_month


def days(ledger: DataFrame, month: date) -> list[Day]:
    """Every day of the month, also those without a record.

    Args:
        ledger: rows of the daily stages of the month.
        month: first day of the billing month.
    """
    grouped = ledger.groupBy("period", "stage", "outcome", "currency").agg(F.count("path").alias("files"), *sums())
    found: dict[date, dict[str, Any]] = {
        day: {"files": 0, "records": 0, "talk_s": 0, "suspended": 0, "charge": defaultdict(Decimal)}
        for day in days_of_month(month)
    }
    for row in grouped.collect():
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


def ageing(suspended: DataFrame, month: date) -> list[Ageing]:
    """Open records by reason and age on the last day of the month.

    Args:
        suspended: suspended_usage of all landing days.
        month: first day of the billing month; later landing days are left out.
    """
    last = next_month(month) - timedelta(days=1)
    age = F.datediff(F.lit(last), F.col("landing_day"))
    bucket = F.coalesce(*(F.when(age <= oldest, F.lit(name)) for name, oldest in BUCKETS), F.lit(OLDEST))
    rows = (
        suspended.where(F.col("landing_day") <= F.lit(last))
        .groupBy("reason", bucket.alias("age"))
        .agg(F.count("*").alias("records"), F.coalesce(F.sum("talk_s"), F.lit(0)).alias("talk_s"))
        .collect()
    )
    reasons = sorted({row["reason"] for row in rows})
    return [_ageing(reason, [row for row in rows if row["reason"] == reason]) for reason in reasons]


def _ageing(reason: str, rows: list[Any]) -> Ageing:
    found = {row["age"]: row["records"] for row in rows}
    return Ageing(
        reason=reason,
        by_age={f"{name} days": found.get(name, 0) for name in AGES},
        records=sum(found.values()),
        talk_s=sum(row["talk_s"] for row in rows),
    )
