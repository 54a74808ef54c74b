"""Prefixes with a validity: the longest prefix that starts a number and is valid on the call's date."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from telebill_assets.rating.call.destinations import PrefixRanges, prefix_ranges

Ints = npt.NDArray[np.int64]

OPEN_DAY = 2**31 - 1
EPOCH = date(1970, 1, 1).toordinal()
NONE = -1


def day_number(day: date | None, otherwise: int) -> int:
    """The number of a date: days since 1 January 1970, so 2 January 1970 is 1."""
    return otherwise if day is None else day.toordinal() - EPOCH


@dataclass(frozen=True)
class Prefixes:
    """All versions of all prefixes. A range is owned by the first version of its prefix; `fallback` is the version to
    try where one is not valid: the next of the same prefix, then the first of the next shorter one, then NONE. The last
    element stands for NONE.
    """

    ranges: PrefixRanges
    texts: tuple[str, ...]
    owner: npt.NDArray[np.int32]
    valid_from: npt.NDArray[np.int64]
    valid_to: npt.NDArray[np.int64]
    fallback: npt.NDArray[np.int32]
    dated: bool
    """Whether any version has a first or last day."""

    @classmethod
    def build(cls, rows: Iterable[Mapping[str, Any]]) -> "Prefixes":
        """Take rows with prefix, owner (a number), valid_from and valid_to (a date, or None for open)."""
        versions = sorted(rows, key=lambda row: (row["prefix"], row["valid_from"] or date.min))
        first: dict[str, int] = {}
        for i, row in enumerate(versions):
            first.setdefault(row["prefix"], i)
        fallback = [
            i + 1 if i + 1 < len(versions) and versions[i + 1]["prefix"] == row["prefix"] else NONE
            for i, row in enumerate(versions)
        ]
        dated = any(row["valid_from"] or row["valid_to"] for row in versions)
        if dated:
            for i, row in enumerate(versions):
                if fallback[i] == NONE:
                    fallback[i] = _shorter(row["prefix"], first)
        return cls(
            prefix_ranges(first),
            tuple(row["prefix"] for row in versions),
            np.array([*(row["owner"] for row in versions), NONE], np.int32),
            np.array([*(day_number(row["valid_from"], -OPEN_DAY) for row in versions), -OPEN_DAY], np.int64),
            np.array([*(day_number(row["valid_to"], OPEN_DAY) for row in versions), OPEN_DAY], np.int64),
            np.array([*fallback, NONE], np.int32),
            dated,
        )

    def find(self, keys: Ints, days: Ints) -> npt.NDArray[np.int32]:
        """Versions by number key (see destinations.py) and day; NONE where no prefix matches."""
        version = self.ranges.find(keys)
        while self.dated:
            invalid = (days < self.valid_from[version]) | (days > self.valid_to[version])
            if not invalid.any():
                break
            version = np.where(invalid, self.fallback[version], version)
        return version


def _shorter(prefix: str, first: Mapping[str, int]) -> int:
    shorter = (prefix[:length] for length in range(len(prefix) - 1, -1, -1))
    return next((first[text] for text in shorter if text in first), NONE)
