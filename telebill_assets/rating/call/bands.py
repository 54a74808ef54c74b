"""Rate bands: which band rules a second of the week, or a day of the calendar; the highest weight wins.

A band begins on its weekdays and, if it has dates, only on those of them that are among its dates. A band whose end
is not after its start runs past midnight, into the day after the one it began on.
"""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

DAY_S = 86_400
WEEK_S = 7 * DAY_S
EVERY_DAY = "1234567"
NO_BAND = -1

Piece = tuple[int, int, int, Any]
"""First second, end (exclusive), weight and band."""


@dataclass(frozen=True)
class BandInterval:
    """From `start` to `end` (exclusive), in seconds since Monday midnight of the account's time zone."""

    start: int
    end: int
    band: str


@dataclass(frozen=True)
class Band:
    """A band of one plan by its number; `dates` holds YYYY-MM-DD and --MM-DD (every year), or nothing."""

    listed: int
    number: int
    days: frozenset[int]
    dates: frozenset[str]
    start_s: int
    end_s: int
    weight: int

    @classmethod
    def of(cls, row: Mapping[str, Any], listed: int, number: int) -> "Band":
        """Take a row of plan_bands, its place among the plan's bands and the number of its name."""
        days = frozenset(map(int, row.get("days") or EVERY_DAY))
        dates = frozenset((row.get("dates") or "").split())
        return cls(listed, number, days, dates, row["start_s"], row["end_s"], row["weight"])

    def begins_on(self, day: date) -> bool:
        """Whether the band begins on a day."""
        return day.isoweekday() in self.days and (
            not self.dates or day.isoformat() in self.dates or f"--{day:%m-%d}" in self.dates
        )

    @property
    def past_midnight(self) -> bool:
        return self.end_s <= self.start_s


def is_date(text: str) -> bool:
    """Whether a band's date is one: YYYY-MM-DD, or --MM-DD for every year that has it."""
    try:
        date.fromisoformat(text.replace("--", "2000-", 1) if text.startswith("--") else text)
    except ValueError:
        return False
    return True


def week_of(bands: Iterable[Mapping[str, Any]]) -> list[BandInterval]:
    """The intervals of a plan's ordinary week; of bands with equal weight the one listed first holds.

    Bands with dates are left out: they rule single days only.
    """
    pieces = [piece for band in bands if not band.get("dates") for piece in _week_pieces(band)]
    return [BandInterval(start, end, band) for start, end, band in ruling(pieces)]


def _week_pieces(band: Mapping[str, Any]) -> Iterator[Piece]:
    start_s, end_s = band["start_s"], band["end_s"]
    length = (end_s - start_s) if end_s > start_s else end_s + DAY_S - start_s
    for day in {int(digit) - 1 for digit in band.get("days") or EVERY_DAY}:
        start = day * DAY_S + start_s
        end = start + length
        yield start, min(end, WEEK_S), band["weight"], band["band"]
        if end > WEEK_S:
            yield 0, end - WEEK_S, band["weight"], band["band"]


def day_of(today: Sequence[Band], yesterday: Sequence[Band]) -> list[tuple[int, int]]:
    """First seconds of a day's intervals and their bands' numbers; NO_BAND where no band holds.

    Args:
        today: bands that begin on the day, in the order of the plan.
        yesterday: bands that began on the day before; those that run past midnight still hold.
    """
    late = [(band, 0, band.end_s) for band in yesterday if band.past_midnight]
    begun = [(band, band.start_s, DAY_S if band.past_midnight else band.end_s) for band in today]
    in_order = sorted([*late, *begun], key=lambda piece: piece[0].listed)
    pieces = [(start, end, band.weight, band.number) for band, start, end in in_order]
    found: list[tuple[int, int]] = []
    reached = 0
    for start, end, band in ruling(pieces):
        if start > reached:
            found.append((reached, NO_BAND))
        found.append((start, band))
        reached = end
    return found if reached == DAY_S else [*found, (reached, NO_BAND)]


def ruling(pieces: Sequence[Piece]) -> list[tuple[int, int, Any]]:
    """Start, end and band of the intervals that any piece covers; neighbours with the same band are joined."""
    edges = sorted({edge for start, end, _, _ in pieces for edge in (start, end)})
    found: list[tuple[int, int, Any]] = []
    for start, end in itertools.pairwise(edges):
        covering = [piece for piece in pieces if piece[0] <= start and end <= piece[1]]
        if not covering:
            continue
        band = max(covering, key=lambda piece: piece[2])[3]
        if found and found[-1][2] == band and found[-1][1] == start:
            found[-1] = (found[-1][0], end, band)
        else:
            found.append((start, end, band))
    return found
