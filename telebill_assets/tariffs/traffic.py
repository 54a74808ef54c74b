"""What a tariff would have earned on the real usage of a month, beside what another one does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from telebill_assets.compute.days import days_of_month
from telebill_assets.errors import OperatorError
from telebill_assets.lake.data_files import scan_files
from telebill_assets.lake.lake import Lake
from telebill_assets.rating.call.price_calls import USED, price_calls
from telebill_assets.rating.compare import MEASURES, changed, compare, usage_of
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


def revenue_effect(lake: Lake, month: date, old: Tariff, new: Tariff, *, most: int) -> RevenueEffect:
    """Price the published calls of all landing days of a month with both tariffs.

    Args:
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
    before, after = _summed(lake, days, (old, new))
    return RevenueEffect(
        month.replace(day=1),
        len(days),
        compare(before, after, ["currency"]).sort("currency").to_dicts(),
        _largest(compare(before, after, ["currency", "account_id"]), most),
        _largest(compare(before, after, ["currency", "destination", "destination_name"]), most),
        _unpriced(before, after, most),
    )


def _summed(lake: Lake, days: Sequence[date], tariffs: Sequence[Tariff]) -> list[pl.DataFrame]:
    """Charges by each tariff, by what the comparison looks at; one data file of calls is in memory at a time."""
    parts: list[list[pl.DataFrame]] = [[] for _ in tariffs]
    for path in lake.paths(ValidatedUsage, landing_day=days):
        calls = scan_files([path], ValidatedUsage).select(USED).collect()
        for tariff, found in zip(tariffs, parts, strict=True):
            found.append(_sums(usage_of(price_calls(calls, tariff))))
    return [_sums(pl.concat(found)) for found in parts]


def _sums(usage: pl.DataFrame) -> pl.DataFrame:
    """Usage summed by KEYS; a call without plan has no currency."""
    named = usage.with_columns(pl.col("currency").fill_null(NO_CURRENCY))
    return named.group_by(KEYS).agg(pl.col(MEASURES).sum())


def _largest(compared: pl.DataFrame, most: int) -> list[dict[str, Any]]:
    names = compared.columns[:2]
    ordered = changed(compared).sort(pl.col("difference").abs(), *names, descending=[True, False, False])
    return ordered.head(most).to_dicts()


def _unpriced(before: pl.DataFrame, after: pl.DataFrame, most: int) -> list[dict[str, Any]]:
    compared = compare(before, after, ["unpriced", "destination"]).filter(pl.col("unpriced").is_not_null())
    calls = pl.max_horizontal("calls_after", "calls_before")
    ordered = compared.sort(calls, "unpriced", "destination", descending=[True, False, False])
    return (
        ordered.select("unpriced", "destination", "calls_before", "calls_after", "talk_s_after").head(most).to_dicts()
    )
