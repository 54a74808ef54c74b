"""Rate bands: a plan's week is cut into intervals, each ruled by the band with the highest weight."""

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

DAY_S = 86_400


@dataclass(frozen=True)
class BandInterval:
    """From `start` to `end` (exclusive), in seconds since Monday midnight of the account's time zone."""

    start: int
    end: int
    band: str


def week_of(bands: Iterable[Mapping[str, Any]]) -> list[BandInterval]:
    """The intervals of a plan's week; of bands with equal weight the one listed first holds."""
    pieces = [
        (day * DAY_S + band["start_s"], day * DAY_S + band["end_s"], band["weight"], band["band"])
        for band in bands
        for day in (int(digit) - 1 for digit in band["days"])
    ]
    edges = sorted({edge for start, end, _, _ in pieces for edge in (start, end)})
    found: list[BandInterval] = []
    for start, end in itertools.pairwise(edges):
        ruling = [piece for piece in pieces if piece[0] <= start and end <= piece[1]]
        if not ruling:
            continue
        band = max(ruling, key=lambda piece: piece[2])[3]
        if found and found[-1].band == band and found[-1].end == start:
            found[-1] = BandInterval(found[-1].start, end, band)
        else:
            found.append(BandInterval(start, end, band))
    return found
