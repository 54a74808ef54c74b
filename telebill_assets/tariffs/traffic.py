"""What a tariff would have earned on the real usage of a month, beside what another one does."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from telebill_assets.compute.days import days_of_month
from telebill_assets.errors import OperatorError
from telebill_assets.lake.lake import Lake
from telebill_assets.rating.compare import changed, compare, usage_of
from telebill_assets.rating.call.price_calls import price_calls
from telebill_assets.rating.tariff import Tariff
from telebill_assets.tables.validated_usage import ValidatedUsage

KEYS = ("currency", "account_id", "destination", "destination_name", "unpriced")
NO_CURRENCY = "no plan"


class NoTrafficError(OperatorError):
    """The lake has no published usage of the month."""


@dataclass(frozen=True)
class RevenueEffect:
    """Both tariffs on the same calls. Rows have the columns of `compare`; the largest differences come first."""

    month: date
    days: int
    """Landing days of the month that are published."""
    totals: list[dict[str, Any]]
    by_account: list[dict[str, Any]]
    by_destination: list[dict[str, Any]]
    unpriced: list[dict[str, Any]]
    """Calls without plan or rate, by reason and destination."""


def revenue_effect(
    spark: SparkSession, lake: Lake, month: date, old: Tariff, new: Tariff, *, most: int
) -> RevenueEffect:
    """Price the published calls of all landing days of a month with both tariffs.

    Args:
        spark: the session.
        lake: has validated_usage.
        month: any day of it.
        old: the tariff of today.
        new: the tariff that would take its place.
        most: rows by account and by destination at most.

    Raises:
        NoTrafficError: no landing day of the month is published.
    """
    days = [day for day in days_of_month(month) if {"landing_day": day} in lake.published_partitions(ValidatedUsage)]
    if not days:
        raise NoTrafficError(f"validated_usage has no published landing day of {month:%Y-%m}")
    calls = lake.read(spark, ValidatedUsage, landing_day=days)
    with _kept(_summed(calls, old)) as before, _kept(_summed(calls, new)) as after:
        return RevenueEffect(
            month.replace(day=1),
            len(days),
            _rows(compare(before, after, ["currency"]).orderBy("currency")),
            _largest(compare(before, after, ["currency", "account_id"]), most),
            _largest(compare(before, after, ["currency", "destination", "destination_name"]), most),
            _unpriced(before, after, most),
        )


def _summed(calls: DataFrame, tariff: Tariff) -> DataFrame:
    """Charges by what the comparison looks at; a call without plan has no currency."""
    usage = usage_of(price_calls(calls, tariff)).withColumn("currency", F.coalesce("currency", F.lit(NO_CURRENCY)))
    sums = [F.sum(name).alias(name) for name in ("calls", "talk_s", "billed_s", "charge")]
    return usage.groupBy(*KEYS).agg(*sums)


def _largest(compared: DataFrame, most: int) -> list[dict[str, Any]]:
    ordered = changed(compared).orderBy(F.abs("difference").desc(), *compared.columns[:2])
    return _rows(ordered.limit(most))


def _unpriced(before: DataFrame, after: DataFrame, most: int) -> list[dict[str, Any]]:
    compared = compare(before, after, ["unpriced", "destination"]).where("unpriced IS NOT NULL")
    ordered = compared.orderBy(F.greatest("calls_after", "calls_before").desc(), "unpriced", "destination")
    return _rows(ordered.select("unpriced", "destination", "calls_before", "calls_after", "talk_s_after").limit(most))


def _rows(frame: DataFrame) -> list[dict[str, Any]]:
    return [row.asDict() for row in frame.collect()]


@contextmanager
def _kept(frame: DataFrame) -> Iterator[DataFrame]:
    """Priced once, for all comparisons."""
    frame.persist()
    try:
        yield frame
    finally:
        frame.unpersist()
