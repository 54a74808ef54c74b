"""Band calendars: the band that rules an instant, and the instant at which it ends.

The local day is cut into bands first, then every cut is turned into an instant. Where clocks change, the local time
that the clock shows decides the band, and the seconds that really pass decide how long it lasts.
"""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from telebill_assets.rating.call.bands import DAY_S, EVERY_DAY, NO_BAND, Band, day_of

Ints = npt.NDArray[np.int64]

EPOCH = date(1970, 1, 1).toordinal()
PAD_DAYS = 31
"""Days known beyond those asked for, so that a calendar is not made anew for every batch."""
SPAN = 2**40
"""Seconds between the keys of two calendars; half of them before 1970."""
ALWAYS = SPAN // 2 - 1


class BandCalendars:
    """Calendars by number: the bands of a plan in a time zone. The last one has no band at any time."""

    def __init__(self, bands: Sequence[Sequence[Band]], zones: Sequence[str]) -> None:
        self._bands = [*map(tuple, bands), ()]
        self._zones = [*zones, "UTC"]
        n = len(self._bands)
        self._first = np.full(n, ALWAYS, np.int64)  # days since 1970 that a calendar is known for
        self._last = np.full(n, -ALWAYS, np.int64)
        self._known: list[tuple[list[int], list[int]]] = [([], [])] * n
        for i, listed in enumerate(self._bands):
            if (only := _only_band(listed)) is not None:
                self._first[i], self._last[i] = -ALWAYS, ALWAYS
                self._known[i] = ([-ALWAYS], [only])
        self._index()

    def locate(self, calendar: Ints, instant: Ints, until: Ints) -> tuple[Ints, Ints]:
        """Numbers of the bands that hold at instants, and the instants at which they end.

        Args:
            calendar: numbers of calendars.
            instant: seconds since 1970 in UTC.
            until: up to where the calendar must be known; a band that goes on after it ends somewhere after it.
        """
        self._cover(calendar, instant, until)
        keys = calendar * SPAN + instant
        found = np.searchsorted(self._keys, keys, side="right") - 1
        return self._numbers[found], self._keys[found + 1] - calendar * SPAN

    def _cover(self, calendar: Ints, instant: Ints, until: Ints) -> None:
        if not instant.size:
            return
        first, last = int(instant.min()) // DAY_S, int(until.max()) // DAY_S
        if (self._first <= first).all() and (self._last >= last).all():
            return
        low, high = np.full(len(self._bands), ALWAYS, np.int64), np.full(len(self._bands), -ALWAYS, np.int64)
        np.minimum.at(low, calendar, instant // DAY_S)
        np.maximum.at(high, calendar, until // DAY_S)
        unknown = np.flatnonzero((low < self._first) | (high > self._last)).tolist()
        for i in unknown:
            self._first[i] = min(int(self._first[i]), int(low[i]) - PAD_DAYS)
            self._last[i] = max(int(self._last[i]), int(high[i]) + PAD_DAYS)
            self._known[i] = _instants(self._bands[i], self._zones[i], int(self._first[i]), int(self._last[i]))
        if unknown:
            self._index()

    def _index(self) -> None:
        keys, numbers = [], []
        for i, (starts, bands) in enumerate(self._known):
            keys += [i * SPAN + start for start in starts]
            numbers += bands
        keys.append(len(self._known) * SPAN - ALWAYS)
        self._keys, self._numbers = np.array(keys, np.int64), np.array([*numbers, NO_BAND], np.int64)


def _only_band(bands: Sequence[Band]) -> int | None:
    """The band that always holds, or NO_BAND if there is none at all; None if the time matters."""
    if not bands:
        return NO_BAND
    top = max(bands, key=lambda band: band.weight)
    whole_day = top.start_s == 0 and top.end_s in {0, DAY_S}
    always = whole_day and not top.dates and len(top.days) == len(EVERY_DAY)
    return top.number if always else None


def _instants(bands: Sequence[Band], zone: str, first: int, last: int) -> tuple[list[int], list[int]]:
    """Instants at which the band changes between two days since 1970, and the bands that begin there."""
    local, numbers = _local_seconds(bands, first - 1, last + 1)
    starts: list[int] = []
    found: list[int] = []
    for begin, end, offset in _offsets(ZoneInfo(zone), first * DAY_S, (last + 1) * DAY_S):
        i = bisect_right(local, begin + offset) - 1
        while i < len(local) and local[i] < end + offset:
            if not found or found[-1] != numbers[i]:
                starts.append(max(local[i] - offset, begin))
                found.append(numbers[i])
            i += 1
    return starts, found


def _local_seconds(bands: Sequence[Band], first: int, last: int) -> tuple[list[int], list[int]]:
    seconds: list[int] = []
    numbers: list[int] = []
    shapes: dict[tuple[tuple[Band, ...], tuple[Band, ...]], list[tuple[int, int]]] = {}
    yesterday: tuple[Band, ...] = _beginning(bands, first - 1)
    for day in range(first, last + 1):
        today = _beginning(bands, day)
        shape = shapes.get((today, yesterday))
        if shape is None:
            shape = shapes[today, yesterday] = day_of(today, yesterday)
        seconds += [day * DAY_S + start for start, _ in shape]
        numbers += [number for _, number in shape]
        yesterday = today
    return seconds, numbers


def _beginning(bands: Sequence[Band], day: int) -> tuple[Band, ...]:
    on = date.fromordinal(EPOCH + day)
    return tuple(band for band in bands if band.begins_on(on))


def _offsets(zone: ZoneInfo, begin: int, end: int) -> list[tuple[int, int, int]]:
    """Pieces of UTC time with the seconds by which local clocks are ahead."""
    found = [(begin, _offset(zone, begin))]
    for day in range(begin, end, DAY_S):
        low, high = day, min(day + DAY_S, end)
        if _offset(zone, high) == found[-1][1]:
            continue
        while high - low > 1:
            middle = (low + high) // 2
            if _offset(zone, middle) == found[-1][1]:
                low = middle
            else:
                high = middle
        found.append((high, _offset(zone, high)))
    ends = [start for start, _ in found[1:]] + [end]
    return [(start, stop, offset) for (start, offset), stop in zip(found, ends, strict=True)]


def _offset(zone: ZoneInfo, instant: int) -> int:
    offset = datetime.fromtimestamp(instant, UTC).astimezone(zone).utcoffset()
    return int(offset.total_seconds()) if offset else 0
