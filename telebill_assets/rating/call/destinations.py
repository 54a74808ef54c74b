"""Longest prefix: prefixes become disjoint numeric ranges, and numbers are found in them by binary search.

A number's key is its digits padded with zeros to fifteen, times sixteen, plus its length. So a number that is
shorter than a prefix sorts before all numbers that the prefix starts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl

DIGITS = 15
LENGTHS = 16
MOST_FIRST_DIGITS = 6
NO_DESTINATION = -1
_POWERS = np.array([10 ** (DIGITS - length) for length in range(DIGITS + 1)], np.int64)


@dataclass(frozen=True)
class PrefixRanges:
    """Sorted starts of disjoint key ranges; `owner[i]` holds from `starts[i]` to `starts[i + 1]`."""

    starts: npt.NDArray[np.int64]
    owner: npt.NDArray[np.int32]

    def find(self, keys: npt.NDArray[np.int64]) -> npt.NDArray[np.int32]:
        """The owner of the range that each number key falls into.

        The first digits of a key say between which two ranges it must be, which mostly are the same one; where they are
        not, the span is halved until they are. That touches far less memory than a binary search of all ranges.
        """
        begin = keys // self._step
        low, high = self._first[begin], self._first[begin + 1]
        unsure = np.flatnonzero(low < high)
        while unsure.size:
            asked, bottom, top = keys[unsure], low[unsure], high[unsure]
            middle = (bottom + top + 1) >> 1
            reached = self.starts[middle] <= asked
            bottom, top = np.where(reached, middle, bottom), np.where(reached, top, middle - 1)
            low[unsure], high[unsure] = bottom, top
            unsure = unsure[bottom < top]
        return self.owner[low]

    @cached_property
    def _step(self) -> int:
        """Keys that share their first digits; the more ranges, the more digits."""
        digits = min(len(str(len(self.starts))) + 1, MOST_FIRST_DIGITS)
        return int(10 ** (DIGITS - digits)) * LENGTHS

    @cached_property
    def _first(self) -> npt.NDArray[np.int32]:
        """The range that holds the first key of every step, and one beyond the last."""
        begins = np.arange(10**DIGITS * LENGTHS // self._step + 1, dtype=np.int64) * self._step
        return (np.searchsorted(self.starts, begins, side="right") - 1).astype(np.int32)


def prefix_ranges(owners: Mapping[str, int]) -> PrefixRanges:
    """Cut the number space at every prefix's start and end; within a prefix its longer ones take precedence."""
    starts: list[int] = [0]
    owner: list[int] = [NO_DESTINATION]
    open_prefixes: list[tuple[int, int]] = []  # end of the range, owner; the innermost is last

    def close_until(key: int) -> None:
        while open_prefixes and open_prefixes[-1][0] <= key:
            end, _ = open_prefixes.pop()
            _cut(starts, owner, end, open_prefixes[-1][1] if open_prefixes else NO_DESTINATION)

    for prefix in sorted(owners):
        start = number_key(prefix)
        close_until(start)
        _cut(starts, owner, start, owners[prefix])
        open_prefixes.append((_range_end(prefix), owners[prefix]))
    close_until(10**DIGITS * LENGTHS)
    return PrefixRanges(np.array(starts, np.int64), np.array(owner, np.int32))


def number_key(digits: str) -> int:
    """Key of a number or prefix."""
    return int(digits.ljust(DIGITS, "0")) * LENGTHS + len(digits)


def _range_end(prefix: str) -> int:
    """First key after all numbers that start with the prefix; the empty prefix starts every number."""
    return (int(prefix or 0) + 1) * 10 ** (DIGITS - len(prefix)) * LENGTHS


def _cut(starts: list[int], owner: list[int], key: int, new_owner: int) -> None:
    if starts[-1] == key:
        owner[-1] = new_owner
    else:
        starts.append(key)
        owner.append(new_owner)


def number_keys(numbers: pl.Series) -> npt.NDArray[np.int64]:
    """Keys of E.164 numbers ('+' and digits); 0, which no prefix starts, where there is none."""
    written = numbers.str.slice(0, 1 + DIGITS)
    digits = written.cast(pl.Int64, strict=False)
    length = written.str.len_bytes().cast(pl.Int64).fill_null(1).to_numpy() - 1
    keys = digits.fill_null(0).to_numpy() * _POWERS[length] * LENGTHS + length
    return np.where(digits.is_null().to_numpy(), 0, keys) if digits.null_count() else keys
