"""Longest prefix: prefixes become disjoint numeric ranges, and numbers are found in them by binary search.

A number's key is its digits padded with zeros to fifteen, times sixteen, plus its length. So a number that is
shorter than a prefix sorts before all numbers that the prefix starts.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

DIGITS = 15
LENGTHS = 16
NO_DESTINATION = -1
_POWERS = np.array([10 ** (DIGITS - length) for length in range(DIGITS + 1)], np.int64)


@dataclass(frozen=True)
class PrefixRanges:
    """Sorted starts of disjoint key ranges; `owner[i]` holds from `starts[i]` to `starts[i + 1]`."""

    starts: npt.NDArray[np.int64]
    owner: npt.NDArray[np.int32]


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
