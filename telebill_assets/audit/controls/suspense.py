"""Suspense: how long records have been waiting, and what they may be worth."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import polars as pl

from telebill_assets.audit.ageing import AGES, bucket_of
from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.controls.control import Control
from telebill_assets.audit.controls.thresholds import Thresholds

SUSPENSE = Control(
    "suspense_age", "Suspended records are mended soon; nothing waits to be billed for long", blocking=False
)


PLACES = 10
"""Decimals of an estimated value."""


@dataclass(frozen=True)
class Waiting:
    """How many suspended records have waited so many days, with their talk seconds and estimated value."""

    age_days: int
    records: int
    talk_s: int
    value: Decimal
    """Estimated: their seconds at the average charge of a second, of their account or else of all calls."""


def waiting(
    suspended: pl.DataFrame | pl.LazyFrame, aggregates: pl.DataFrame | pl.LazyFrame, day: date, max_call_s: int
) -> list[Waiting]:
    """Open records by age, valued at the day's average charge of a second.

    A record of 90 s of an account whose calls of the day cost 3.00 for 600 s is worth 0.45.

    Args:
        suspended: suspended records of all landing days: landing_day, account_id, talk_s.
        aggregates: the day's aggregates: account_id, talk_s, charge.
        day: the landing day from which ages count.
        max_call_s: longest call in seconds; a record that claims more counts for so many.
    """
    ages = (pl.lit(day) - pl.col("landing_day")).dt.total_days().alias("age_days")
    by_account = (
        suspended.lazy()
        .select("account_id", ages, pl.col("talk_s").fill_null(0).clip(0, max_call_s))
        .group_by("age_days", "account_id")
        .agg(pl.len().alias("records"), pl.col("talk_s").sum())
    )
    sums = [pl.col("talk_s").sum().alias("of_s"), pl.col("charge").sum().alias("of_charge")]
    charged = aggregates.lazy()
    valued = by_account.join(charged.group_by("account_id").agg(*sums), on="account_id", how="left").join(
        charged.select(*(each.name.prefix("all_") for each in sums)), how="cross"
    )
    summed = valued.group_by("age_days").agg(
        pl.col("records").sum(), pl.col("talk_s").sum(), _value().sum().alias("value")
    )
    return [
        Waiting(row["age_days"], row["records"], row["talk_s"], Decimal(row["value"]).scaleb(-PLACES))
        for row in summed.collect().iter_rows(named=True)
    ]


def _value() -> pl.Expr:
    """Seconds at the average charge of their account's seconds or else of all, in whole units of the last place.

    Whole numbers of 128 bits hold every product.
    """
    known = pl.col("of_s").is_not_null()
    charge = pl.when(known).then("of_charge").otherwise("all_of_charge")
    seconds = pl.when(known).then("of_s").otherwise("all_of_s").clip(1).cast(pl.Int128)
    units = (charge * 10**PLACES).cast(pl.Int128)
    return (pl.col("talk_s").cast(pl.Int128) * units + seconds // 2) // seconds


def suspense_age(found: Iterable[Waiting], thresholds: Thresholds) -> CheckResult:
    """Open records by age, with seconds and estimated value; old ones are a warning."""
    records: dict[str, int] = defaultdict(int)
    seconds: dict[str, int] = defaultdict(int)
    values: dict[str, Decimal] = defaultdict(Decimal)
    old = 0
    for each in found:
        bucket = bucket_of(each.age_days)
        records[bucket] += each.records
        seconds[bucket] += each.talk_s
        values[bucket] += each.value
        old += each.records if each.age_days > thresholds.suspense_days else 0
    return SUSPENSE.result(
        passed=not old,
        figure=f"{sum(records.values()):,} records open, worth about {sum(values.values(), Decimal(0)):,.2f}; "
        f"{old:,} for more than {thresholds.suspense_days} days",
        threshold=f"0 older than {thresholds.suspense_days} days",
        failures={"records": old},
        breakdown={
            f"{age} days": f"{records[age]:,} records, {seconds[age]:,} s, about {values[age]:,.2f}" for age in AGES
        },
    )
