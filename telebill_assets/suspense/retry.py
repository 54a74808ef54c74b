"""Trying suspense again: the open days it landed on are run once more, oldest first."""

import heapq
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from telebill_assets.errors import OperatorError
from telebill_assets.lake.lake import Lake
from telebill_assets.suspense.query import FILE_STATUSES, Open
from telebill_assets.tables.file_register import FileRegister
from telebill_assets.tables.suspended_usage import SuspendedUsage
from telebill_assets.tables.validated_usage import ValidatedUsage

RunDay = Callable[[str], None]
PLACE = ["path", "line"]


@dataclass(frozen=True)
class DayRetried:
    """What a new run did to all suspense of a landing day, counted by reason; files have reasons of their own."""

    day: date
    before: Counter[str]
    cleared: Counter[str]
    """Of `before`: no longer suspended, whether now validated, a duplicate or not billable."""
    after: Counter[str]
    """Still or newly suspended, by the reason they have now."""
    failure: str = ""


@dataclass
class Retry:
    """Runs days again. `days` grows by later days that hold a copy of a call which an earlier day has cleared."""

    lake: Lake
    run_day: RunDay
    closed: set[date]
    followers: set[date] = field(default_factory=set)

    def days(self, days: list[date]) -> Iterator[DayRetried]:
        """Run the days in order of landing; a day that fails does not stop the others."""
        waiting, done = sorted(set(days)), set()
        while waiting:
            day = heapq.heappop(waiting)
            if day in done:
                continue
            done.add(day)
            result, keys = self._again(day)
            yield result
            for later in self._days_with_copies(day, keys):
                self.followers.add(later)
                heapq.heappush(waiting, later)

    def _again(self, day: date) -> tuple[DayRetried, pl.Series]:
        """Run a day; what that did, and the keys of the calls that it validated at last."""
        records, files = self._records(day), self._files(day)
        before = _by_reason(records) + _by_reason(files)
        try:
            self.run_day(day.isoformat())
        except OperatorError as error:
            return DayRetried(day, before, Counter(), before, str(error)), pl.Series(dtype=pl.String)
        records_now, files_now = self._records(day), self._files(day)
        cleared = records.join(records_now, on=PLACE, how="anti")
        cleared_files = files.join(files_now, on="path", how="anti")
        counted = _by_reason(cleared) + _by_reason(cleared_files)
        after = _by_reason(records_now) + _by_reason(files_now)
        return DayRetried(day, before, counted, after), self._validated(day, cleared, cleared_files)

    def _validated(self, day: date, records: pl.DataFrame, files: pl.DataFrame) -> pl.Series:
        """Record keys of the day's validated calls among these records and in these files."""
        paths = pl.concat([records["path"], files["path"]]).unique().implode()
        landed = self.lake.scan(ValidatedUsage, landing_day=day).filter(pl.col("path").is_in(paths))
        calls = landed.select(*PLACE, "record_key").collect()
        found = calls.join(records, on=PLACE, how="semi"), calls.join(files, on="path", how="semi")
        return pl.concat(found)["record_key"]

    def _records(self, day: date) -> pl.DataFrame:
        return self.lake.scan(SuspendedUsage, landing_day=day).select(*PLACE, "reason").collect()

    def _files(self, day: date) -> pl.DataFrame:
        files = self.lake.scan(FileRegister, landing_day=day).filter(pl.col("status").is_in(list(FILE_STATUSES)))
        return files.select("path", "reason").collect()

    def _days_with_copies(self, day: date, keys: pl.Series) -> list[date]:
        """Later days that validated these calls, when this day, being the earlier one, could not.

        Until they are run again the calls are there twice; then the later ones are duplicates.
        """
        if keys.is_empty():
            return []
        published = [_day(partition) for partition in self.lake.published_partitions(ValidatedUsage)]
        later = sorted(other for other in published if other > day and other.replace(day=1) not in self.closed)
        return [other for other in later if self._holds(other, keys)]

    def _holds(self, day: date, keys: pl.Series) -> bool:
        landed = self.lake.scan(ValidatedUsage, landing_day=day).filter(pl.col("record_key").is_in(keys.implode()))
        return not landed.select("record_key").head(1).collect().is_empty()


def days_to_retry(found: list[Open], closed: set[date]) -> tuple[list[date], dict[date, Counter[str]]]:
    """Open landing days of the suspense, in order, and what waits on days of closed months, by reason."""
    days = sorted({one.landing_day for one in found})
    waiting: dict[date, Counter[str]] = {day: Counter() for day in days if day.replace(day=1) in closed}
    for one in found:
        if one.landing_day in waiting:
            waiting[one.landing_day][one.reason] += one.count
    return [day for day in days if day not in waiting], waiting


def _by_reason(rows: pl.DataFrame) -> Counter[str]:
    return Counter(dict(rows["reason"].value_counts().iter_rows()))


def _day(partition: Any) -> date:
    found: date = partition["landing_day"]
    return found
