"""Which rate prices a call: the plan's decks in their order, and within a deck the most specific rate valid that day.

Every deck and destination has a sheet: its rates stand together and follow one of a few patterns of what they leave
open. So a rate is found by three array look-ups, whatever the size of the deck.
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from telebill_assets.rating.call.rate_groups import ANY, WILDCARDS, Coded, RateGroups, RateRows, begins
from telebill_assets.tables.validated_usage import DIRECTIONS, JURISDICTIONS, USAGE_TYPES

Ints = npt.NDArray[np.int64]

KINDS = tuple(
    (usage, jurisdiction, way) for usage in USAGE_TYPES for jurisdiction in JURISDICTIONS for way in DIRECTIONS
)
"""All kinds of call by number."""
WAYS_OF_A_TYPE = len(JURISDICTIONS) * len(DIRECTIONS)
"""Kinds of one usage type stand together."""
NO_RATE = -1

Shape = tuple[str, str, str, str]
"""Usage type, jurisdiction, direction and band of a rate; any of them may be ANY."""


class CallsToRate(NamedTuple):
    """Calls that look for a rate, as arrays of numbers; the day counts from 1970."""

    destination: Ints
    kind: Ints
    band: Ints
    day: Ints

    def only(self, places: Ints) -> "CallsToRate":
        return CallsToRate(*(column[places] for column in self))


@dataclass(frozen=True)
class RateChoice:
    """The rates of every deck and destination. The last deck, destination and sheet stand for none."""

    sheets: npt.NDArray[np.int32]
    first_rate: Ints
    pattern: Ints
    candidates: npt.NDArray[np.int32]
    """By pattern, kind of call and band: the rates of the sheet to try in turn; NO_RATE after the last."""

    @classmethod
    def build(cls, rates: RateRows, destinations: Mapping[str, int], bands: Sequence[str]) -> "RateChoice":
        """Take the rates, and what destinations and bands are numbered; decks are numbered as in the rates."""
        keys = {name: coded.at(rates.first) for name, coded in rates.keys.items()}
        deck, destination = keys["rate_deck"], keys["destination"]
        numbers = np.array([*(destinations.get(name, NO_RATE) for name in destination.values), NO_RATE], np.int64)
        starts = np.flatnonzero(begins([deck.codes, destination.codes]))
        sheets = np.full((len(deck.values) + 1, len(destinations) + 1), NO_RATE, np.int32)
        sheets[deck.codes[starts], numbers[destination.codes[starts]]] = np.arange(len(starts))
        sheets[:, -1] = NO_RATE
        shapes, codes = _shapes([keys[name] for name in ("usage_type", *WILDCARDS)])
        ends = [*starts.tolist(), len(codes)]
        patterns: dict[tuple[int, ...], int] = {(): 0}
        pattern = [
            patterns.setdefault(tuple(codes[start:end]), len(patterns)) for start, end in itertools.pairwise(ends)
        ]
        listed = [_candidates([shapes[code] for code in codes_of], bands) for codes_of in patterns]
        most = max(1, *(len(each) for cells in listed for each in cells))
        padded = [[[*each, *[NO_RATE] * (most - len(each))] for each in cells] for cells in listed]
        return cls(
            sheets,
            np.append(starts, 0),
            np.array([*pattern, 0], np.int64),
            np.array(padded, np.int32).reshape(len(listed), len(KINDS), len(bands) + 1, most),
        )

    def find(self, decks: Ints, calls: CallsToRate, groups: RateGroups) -> Ints:
        """Numbers of the rates; NO_RATE where no deck has one. `decks` has a column for every place in the order."""
        rate = self._in_deck(decks[:, 0], calls, groups)
        for place in range(1, decks.shape[1]):
            missing = np.flatnonzero(rate == NO_RATE)
            if not missing.size:
                break
            rate[missing] = self._in_deck(decks[missing, place], calls.only(missing), groups)
        return rate

    def _in_deck(self, deck: Ints, calls: CallsToRate, groups: RateGroups) -> Ints:
        sheet = self.sheets[deck, calls.destination]
        pattern, first = self.pattern[sheet], self.first_rate[sheet]
        found = np.full(len(sheet), NO_RATE, np.int64)
        asking = np.arange(len(sheet))
        for turn in range(self.candidates.shape[3]):
            offset = self.candidates[pattern, calls.kind, calls.band, turn]
            rate = np.where(offset == NO_RATE, NO_RATE, first + offset)
            valid = (groups.valid_from[rate] <= calls.day) & (calls.day <= groups.valid_to[rate])
            found[asking] = np.where(valid, rate, NO_RATE)
            left = np.flatnonzero(~valid & (offset != NO_RATE))
            if not left.size:
                break
            asking, pattern, first, calls = asking[left], pattern[left], first[left], calls.only(left)
        return found


def _shapes(keys: Sequence[Coded]) -> tuple[Mapping[int, Shape], list[int]]:
    """The distinct shapes by number, and the number of every rate's shape."""
    code = np.zeros(len(keys[0].codes), np.int64)
    for key in keys:
        code = code * len(key.values) + key.codes
    distinct, first = np.unique(code, return_index=True)
    shapes: dict[int, Shape] = {
        number: (*(key.values[key.codes[row]] for key in keys),)
        for number, row in zip(distinct.tolist(), first.tolist(), strict=True)
    }
    return shapes, code.tolist()


def _candidates(shapes: Sequence[Shape], bands: Sequence[str]) -> list[list[int]]:
    """For every kind of call and band (the last one: none), the rates that fit, the most specific first."""
    return [_fitting(shapes, kind, band) for kind in KINDS for band in (*bands, "")]


def _fitting(shapes: Sequence[Shape], kind: tuple[str, str, str], band: str) -> list[int]:
    """ANY is any usage type that is voice, and any jurisdiction, direction or band."""
    usage, jurisdiction, way = kind
    usages = {usage, ANY} if usage == "voice" else {usage}
    fitting = [
        i
        for i, shape in enumerate(shapes)
        if band
        and shape[0] in usages
        and all(has in {ANY, asked} for has, asked in zip(shape[1:], (jurisdiction, way, band), strict=True))
    ]
    return sorted(fitting, key=lambda i: [part == ANY for part in shapes[i]])
