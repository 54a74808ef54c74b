"""Volume: a landing day against the same weekday of the weeks before."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import polars as pl

from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.controls.control import Control, percent
from telebill_assets.audit.controls.thresholds import Thresholds

VOLUME = Control(
    "volume", "Records, seconds and charges of every source are like those of the same weekday before", blocking=False
)


@dataclass(frozen=True)
class DayVolume:
    """What was priced on a landing day, by source and currency."""

    day: date
    source: str
    currency: str | None
    records: int
    seconds: int
    charge: Decimal


def day_volumes(ledger: pl.DataFrame | pl.LazyFrame) -> list[DayVolume]:
    """What the ledger says was priced; rows of a day that was re-rated name no source."""
    summed = (
        ledger.lazy()
        .filter(pl.col("outcome") == "priced")
        .group_by(pl.col("period").alias("day"), pl.col("source").fill_null("re-rated"), "currency")
        .agg(
            pl.col("records").sum(),
            pl.col("talk_s").sum().alias("seconds"),
            pl.col("amount").sum().alias("charge"),
        )
    )
    return [DayVolume(**row) for row in summed.collect().iter_rows(named=True)]


def days_before(day: date, thresholds: Thresholds) -> list[date]:
    """The same weekdays that are averaged, without holidays."""
    weeks = [day - timedelta(weeks=n) for n in range(1, thresholds.volume_weeks + 1)]
    return [before for before in weeks if before not in thresholds.holidays]


def volume(volumes: Iterable[DayVolume], day: date, published: Iterable[date], thresholds: Thresholds) -> CheckResult:
    """Compare with the average of the same weekdays, for each source and all together, drops and spikes alike.

    Args:
        volumes: what was priced today and on `days_before`.
        day: today.
        published: landing days whose aggregates are published; a day without calls counts as nothing.
        thresholds: the configured thresholds.
    """
    before = sorted(set(days_before(day, thresholds)) & set(published))
    if day in thresholds.holidays:
        return VOLUME.not_judged(f"{day} is a holiday")
    if len(before) < thresholds.volume_least_days:
        weekday = f"{day:%A}"
        return VOLUME.not_judged(f"{len(before)} earlier {weekday}s, {thresholds.volume_least_days} make an average")
    by_day = _measures(volumes)
    changes = {}
    for name in sorted({name for measured in by_day.values() for name in measured}):
        average = sum((Decimal(by_day[past].get(name, 0)) for past in before), Decimal(0)) / len(before)
        changes[name] = _change(Decimal(by_day[day].get(name, 0)), average)
    failed = {name: change for name, change in changes.items() if abs(change) > thresholds.volume_percent}
    totals = [name for name in changes if name.startswith("all: ")]
    return VOLUME.result(
        passed=not failed,
        figure="; ".join(f"{name.removeprefix('all: ')} {changes[name]:+} %" for name in totals) or "no calls",
        threshold=f"±{thresholds.volume_percent} % of the average of {len(before)} days",
        failures=dict.fromkeys(failed, 1),
        samples=[f"{name} {change:+} %" for name, change in failed.items()],
        breakdown={name: f"{change:+} %" for name, change in changes.items()},
    )


def _measures(volumes: Iterable[DayVolume]) -> Mapping[date, dict[str, Decimal]]:
    by_day: dict[date, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for each in volumes:
        measured: Sequence[tuple[str, int | Decimal]] = (
            ("records", each.records),
            ("seconds", each.seconds),
            (f"charge {each.currency}", each.charge),
        )
        for name, value in measured:
            by_day[each.day][f"all: {name}"] += value
            by_day[each.day][f"{each.source}: {name}"] += value
    return by_day


def _change(today: Decimal, average: Decimal) -> Decimal:
    if not average:
        return Decimal(100) if today else Decimal(0)
    return percent(today - average, average)
