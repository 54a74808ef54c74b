"""Longest prefix: prefixes become disjoint numeric ranges, and numbers are found in them by binary search.

A number's key is its digits padded with zeros to fifteen, times sixteen, plus its length. So a number that is
shorter than a prefix sorts before all numbers that the prefix starts.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pyspark.sql import Column
from pyspark.sql import functions as F

DIGITS = 15
LENGTHS = 16
NO_DESTINATION = -1


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


def number_key_column(number: Column) -> Column:
    """Key of an E.164 column ('+' and digits); 0, which no prefix starts, where it is null."""
    digits = F.substring(number, 2, DIGITS)
    length = F.length(digits)
    powers = F.array(*[F.lit(10 ** (DIGITS - n)).cast("long") for n in range(DIGITS + 1)])
    key = digits.try_cast("long") * F.get(powers, length) * LENGTHS + length
    return F.coalesce(key, F.lit(0).cast("long"))
