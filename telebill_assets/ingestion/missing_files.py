"""Sequence gaps of a landing day: numbers that the names of its files skip."""

from collections.abc import Mapping
from datetime import date, timedelta

from telebill_assets.ingestion.ingest import landed_names
from telebill_assets.ingestion.plan import Place
from telebill_assets.mediation.sequences import Series, counters, gaps

LOOK_BACK_DAYS = 7
Ranges = list[tuple[int, int]]


def missing_files(source_folder: Place, day: date) -> dict[Series, Ranges]:
    """Missing numbers by series on a landing day, and between the last earlier day with files and this one."""
    today = counters(landed_names(source_folder.under(day.isoformat())))
    before = _day_before(source_folder, day) if today else {}
    found = {series: [*_before(before.get(series, []), numbers), *gaps(numbers)] for series, numbers in today.items()}
    return {series: ranges for series, ranges in found.items() if ranges}


def _day_before(source_folder: Place, day: date) -> Mapping[Series, list[int]]:
    """Counters of the newest of the last days that has files."""
    for days in range(1, LOOK_BACK_DAYS + 1):
        names = landed_names(source_folder.under((day - timedelta(days=days)).isoformat()))
        if names:
            return counters(names)
    return {}


def _before(earlier: list[int], numbers: list[int]) -> Ranges:
    """What is missing before the day's first number: since the day before, or since the day's own beginning."""
    if not earlier:
        return []
    goes_on = numbers[0] > earlier[-1]
    begins_daily = earlier[0] in {0, 1} and not goes_on
    expected = earlier[-1] + 1 if goes_on else earlier[0]
    return [(expected, numbers[0] - 1)] if (goes_on or begins_daily) and numbers[0] > expected else []
