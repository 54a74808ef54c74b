"""Rate groups in whole numbers: a call is priced exactly, without a division per second.

Rates are scaled by 10^8, the scale of their column. All groups of a rate get the common denominator of their
`unit_s`, so the price of a second is a whole number: `per_second = rate * 10^8 * (denominator / unit_s)`.
A charge is then numerator / (denominator * 10^8), and only rounding divides.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import lcm
from typing import Any

RATE_SCALE = 10**8
LONGEST_CALL_S = 7 * 86_400
BIGGEST = 2**63 - 1
ROUNDING_HEADROOM = 200
"""Rounding to ten decimals multiplies the numerator by 200 at most."""
OPEN_END_S = 2**31 - 1


class RateTooLargeError(Exception):
    """A rate whose charge could exceed 64 bits; no real tariff has one."""


@dataclass(frozen=True)
class Group:
    """One group: seconds from `from_s` to `until_s` are bought in whole increments at `per_second`."""

    from_s: int
    until_s: int
    increment_s: int
    per_second: int


@dataclass(frozen=True)
class GroupedRate:
    """All groups of one rate, and the connect fee, as numerators over `denominator` * 10^8."""

    rate_id: str
    denominator: int
    connect_fee: int
    groups: tuple[Group, ...]


def grouped_rate(rate_id: str, rows: Sequence[Mapping[str, Any]]) -> GroupedRate:
    """Build a rate from its rows of rates.csv, ordered by from_s.

    Raises:
        RateTooLargeError: if 64 bits cannot hold the charge of a long call.
    """
    denominator = lcm(*(row["unit_s"] for row in rows))
    ends = [row["from_s"] for row in rows[1:]] + [OPEN_END_S]
    groups = tuple(
        Group(row["from_s"], end, row["increment_s"], int(row["rate"] * RATE_SCALE) * (denominator // row["unit_s"]))
        for row, end in zip(rows, ends, strict=True)
    )
    connect_fee = int(rows[0]["connect_fee"] * RATE_SCALE) * denominator
    dearest = max(group.per_second for group in groups) * LONGEST_CALL_S + connect_fee
    if dearest * ROUNDING_HEADROOM > BIGGEST:
        raise RateTooLargeError(f"rate {rate_id}: a price this high cannot be calculated in 64 bits")
    return GroupedRate(rate_id, denominator, connect_fee, groups)
