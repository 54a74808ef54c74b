"""Rate groups in whole numbers: a call is priced exactly, without a division per second.

All prices of a tariff are scaled by the power of ten that makes each of them whole, and share the least common
multiple of all `unit_s` as denominator. So the price of a second is a whole number, and only rounding divides:

    per_second = rate * 10^scale * (denominator / unit_s)        charge = numerator / (denominator * 10^scale)
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import chain, groupby
from math import lcm
from operator import itemgetter
from typing import Any

import numpy as np
import numpy.typing as npt

from telebill_assets.rating.exact import Integers, decimals_of, integers, scaled
from telebill_assets.rating.prefixes import OPEN_DAY, day_number

Ints = npt.NDArray[np.int64]

ANY = "*"
WILDCARDS = ("jurisdiction", "direction", "band")
RATE_KEY = ("rate_deck", "destination", "usage_type", *WILDCARDS)
FAR = 2**62
LONGEST_CALL_S = 7 * 86_400
PRICE_DECIMALS = 8
CHARGE_LIMIT = 10**8
"""A charge has eight digits before the decimal point."""


class RateTooLargeError(Exception):
    """A rate whose charge could have more than eight digits before the point; no real tariff has one."""


@dataclass(frozen=True)
class Rate:
    """The groups of one rate in order of `from_s`: rows of rates.csv with one key and first day."""

    rate_id: str
    groups: tuple[dict[str, Any], ...]

    def __getitem__(self, name: str) -> Any:
        return self.groups[0][name]

    @property
    def minute_price(self) -> Decimal | None:
        """The price of a minute, if every minute costs the same and nothing else is charged."""
        prices = {Decimal(row["rate"]) * 60 / row["unit_s"] for row in self.groups}
        (price, *others) = prices
        exact = price * self["unit_s"] == self["rate"] * 60 and decimals_of(price) <= PRICE_DECIMALS
        same = not others and self["connect_fee"] == 0 and exact
        return price if same and self["usage_type"] != "sms" else None


def grouped_rate(rate_id: str, rows: Sequence[Mapping[str, Any]]) -> Rate:
    """Build a rate from its rows of rates.csv, ordered by from_s.

    Raises:
        RateTooLargeError: if a long call could cost CHARGE_LIMIT or more.
    """
    second = max(row["rate"] / row["unit_s"] for row in rows)
    if rows[0]["connect_fee"] + second * 2 * LONGEST_CALL_S >= CHARGE_LIMIT:
        raise RateTooLargeError(f"rate {rate_id}: the charge of a long call would have too many digits")
    return Rate(rate_id, tuple(map(dict, rows)))


def rates_of(rows: Iterable[dict[str, Any]]) -> list[Rate]:
    """Gather the rows of rates.csv into rates, ordered by key and first day."""
    in_order = itemgetter(*RATE_KEY, "valid_from", "from_s")
    filled = [row | {"usage_type": row.get("usage_type") or ANY} for row in rows]
    grouped = groupby(sorted(filled, key=in_order), key=itemgetter(*RATE_KEY, "valid_from"))
    return [Rate(rate_id(groups[0]), groups) for groups in (tuple(found) for _, found in grouped)]


def rate_id(row: Mapping[str, Any]) -> str:
    """Name of the rate that a row of rates.csv belongs to: its key and first day."""
    named = {**row, "usage_type": row.get("usage_type") or ANY}
    names = [name for name in RATE_KEY if name != "usage_type" or named[name] != ANY]
    return "/".join([*(named[name] for name in names), str(row["valid_from"])])


@dataclass(frozen=True)
class Scale:
    """What all prices of a tariff are multiplied with."""

    decimals: int
    denominator: int

    @classmethod
    def of(cls, rates: Sequence[Rate], amounts: Iterable[Decimal]) -> "Scale":
        """The scale that makes every price of the rates, and every other amount, whole."""
        rows = [row for rate in rates for row in rate.groups]
        prices = set(chain((row["rate"] for row in rows), (row["connect_fee"] for row in rows), amounts))
        return cls(max(map(decimals_of, prices), default=0), lcm(*{row["unit_s"] for row in rows}))

    @property
    def unit(self) -> int:
        """One unit of the currency as a numerator."""
        return self.denominator * int(10**self.decimals)

    def amount(self, value: Decimal) -> int:
        return scaled(value, self.decimals) * self.denominator


@dataclass(frozen=True)
class RateGroups:
    """Rates and their groups as arrays; group i of rate r is number `first_group[r] + i`. The last rate stands for
    none: number -1.
    """

    valid_from: Ints
    valid_to: Ints
    free: npt.NDArray[np.bool_]
    connect_fee: Integers
    first_group: Ints
    from_s: Ints
    until_s: Ints
    increment_s: Ints
    per_second: Integers

    @classmethod
    def build(cls, rates: Sequence[Rate], scale: Scale) -> "RateGroups":
        """Number the rates in their order."""
        rows = [row for rate in rates for row in rate.groups]
        sizes = [len(rate.groups) for rate in rates]
        ends = [row["from_s"] for rate in rates for row in (*rate.groups[1:], {"from_s": FAR})]
        factor = {unit: scale.denominator // unit for unit in {row["unit_s"] for row in rows}}
        return cls(
            valid_from=np.array([*(day_number(rate["valid_from"], -OPEN_DAY) for rate in rates), OPEN_DAY], np.int64),
            valid_to=np.array([*(day_number(_last_day(rate), OPEN_DAY) for rate in rates), -OPEN_DAY], np.int64),
            free=np.array([*(_is_free(rate) for rate in rates), True], np.bool_),
            connect_fee=integers([*(scale.amount(rate["connect_fee"]) for rate in rates), 0]),
            first_group=np.concatenate(([0], np.cumsum(sizes, dtype=np.int64))),
            from_s=np.array([*(row["from_s"] for row in rows), 0], np.int64),
            until_s=np.array([*ends, FAR], np.int64),
            increment_s=np.array([*(row["increment_s"] for row in rows), 1], np.int64),
            per_second=integers([*(scaled(row["rate"], scale.decimals) * factor[row["unit_s"]] for row in rows), 0]),
        )


def _last_day(rate: Rate) -> date | None:
    return rate["valid_to"]  # type: ignore[no-any-return]


def _is_free(rate: Rate) -> bool:
    return all(row["rate"] == 0 and row["connect_fee"] == 0 for row in rate.groups)
