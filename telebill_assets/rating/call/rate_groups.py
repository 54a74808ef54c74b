"""Rate groups in whole numbers: a call is priced exactly, without a division per second.

All prices of a tariff are scaled by the power of ten that makes each of them whole, and share the least common
multiple of all `unit_s` as denominator. So the price of a second is a whole number, and only rounding divides:

    per_second = rate * 10^scale * (denominator / unit_s)        charge = numerator / (denominator * 10^scale)
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from math import lcm
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from telebill_assets.rating.call.exact import Integers, decimals_of, integers, scaled
from telebill_assets.rating.call.prefixes import OPEN_DAY

Ints = npt.NDArray[np.int64]

ANY = "*"
WILDCARDS = ("jurisdiction", "direction", "band")
RATE_KEY = ("rate_deck", "destination", "usage_type", *WILDCARDS)
FAR = 2**62
LONGEST_CALL_S = 7 * 86_400
CHARGE_LIMIT = 10**8
"""A charge has eight digits before the decimal point."""


class RateTooLargeError(Exception):
    """A rate whose charge could have more than eight digits before the point; no real tariff has one."""


def grouped_rate(rate_id: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Check a rate by its rows of rates.csv, ordered by from_s.

    Raises:
        RateTooLargeError: if a long call could cost CHARGE_LIMIT or more.
    """
    second = max(row["rate"] / row["unit_s"] for row in rows)
    if rows[0]["connect_fee"] + second * 2 * LONGEST_CALL_S >= CHARGE_LIMIT:
        raise RateTooLargeError(f"rate {rate_id}: the charge of a long call would have too many digits")


def rate_id_of(row: Mapping[str, str]) -> str:
    """Name of the rate that a row of rates.csv, as texts, belongs to: its key and first day."""
    named = {**row, "usage_type": row.get("usage_type") or ANY}
    names = [name for name in RATE_KEY if name != "usage_type" or named[name] != ANY]
    return "/".join([*(named[name] for name in names), named["valid_from"]])


@dataclass(frozen=True)
class Coded:
    """A column as the numbers of its distinct values."""

    codes: Ints
    values: list[Any]

    @classmethod
    def of(cls, column: pa.ChunkedArray) -> "Coded":
        """Number the distinct values in the order of their first appearance."""
        encoded = pc.dictionary_encode(column.combine_chunks())
        return cls(encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64), encoded.dictionary.to_pylist())

    def at(self, rows: Ints) -> "Coded":
        return Coded(self.codes[rows], self.values)


class RateRows:
    """The rows of rates.csv with the groups of a rate together, in order of `from_s`; rates of one deck and destination
    stand together. Rates are numbered in this order.
    """

    def __init__(self, table: pa.Table) -> None:
        usage = pc.fill_null(table["usage_type"].cast(pa.string()), ANY)
        table = table.set_column(table.schema.get_field_index("usage_type"), "usage_type", usage)
        keys = {name: Coded.of(table[name]) for name in RATE_KEY}
        since = table["valid_from"].cast(pa.int32()).to_numpy().astype(np.int64)
        columns = [*(keys[name].codes for name in RATE_KEY), since]
        order = np.lexsort([table["from_s"].to_numpy(), *reversed(columns)])
        self.table = table.take(pa.array(order))
        self.keys = {name: coded.at(order) for name, coded in keys.items()}
        self.first = np.flatnonzero(begins([column[order] for column in columns]))
        """First row of every rate."""

    def __len__(self) -> int:
        return len(self.first)

    def numbers(self, name: str) -> Ints:
        """A column of whole numbers."""
        return self.table[name].to_numpy().astype(np.int64)

    def amounts(self, name: str) -> Coded:
        """A column of amounts."""
        return Coded.of(self.table[name])

    @cached_property
    def ids(self) -> pa.Array:
        """Names of the rates, see rate_id_of."""
        rows = self.table.take(pa.array(self.first))
        usage = pc.if_else(pc.equal(rows["usage_type"], ANY), None, rows["usage_type"])
        parts = [usage if name == "usage_type" else rows[name] for name in RATE_KEY]
        joined = pc.binary_join_element_wise(
            *parts, pc.strftime(rows["valid_from"], "%Y-%m-%d"), "/", null_handling="skip"
        )
        return joined.combine_chunks()

    def minute_prices(self, decimals: int) -> Integers:
        """Of every rate the price of a minute in units of 10^-decimals, if every minute costs the same and nothing else
        is charged; else -1.
        """
        rate, unit = self.amounts("rate"), self.numbers("unit_s")
        units, places = np.unique(unit, return_inverse=True)
        priced = np.array([[_minute_price(value, int(each), decimals) for each in units] for value in rate.values])
        of_row = priced.reshape(-1, max(len(units), 1))[rate.codes, places] if len(unit) else unit
        fee = self.amounts("connect_fee")
        has_fee = np.array([value != 0 for value in fee.values], np.bool_)[fee.codes]
        messages = self.keys["usage_type"].codes == _code(self.keys["usage_type"].values, "sms")
        of_row = np.where(has_fee | messages, -1, of_row)
        if not len(self):
            return of_row
        low, high = np.minimum.reduceat(of_row, self.first), np.maximum.reduceat(of_row, self.first)
        return np.where(low == high, low, -1)


def begins(columns: Sequence[Ints]) -> npt.NDArray[np.bool_]:
    """Where any column differs from the row before."""
    begins = np.ones(len(columns[0]), np.bool_)
    if len(begins):
        begins[1:] = np.any([column[1:] != column[:-1] for column in columns], axis=0)
    return begins


def _minute_price(rate: Decimal, unit_s: int, decimals: int) -> int:
    numerator, denominator = rate.as_integer_ratio()
    price, rest = divmod(numerator * 60 * 10**decimals, denominator * unit_s)
    return -1 if rest else price


def _code(values: Sequence[str], value: str) -> int:
    return values.index(value) if value in values else -1


@dataclass(frozen=True)
class Scale:
    """What all prices of a tariff are multiplied with."""

    decimals: int
    denominator: int

    @classmethod
    def of(cls, rates: RateRows, amounts: Iterable[Decimal]) -> "Scale":
        """The scale that makes every price of the rates, and every other amount, whole."""
        prices = [*rates.amounts("rate").values, *rates.amounts("connect_fee").values, *amounts]
        units = np.unique(rates.numbers("unit_s")).tolist()
        return cls(max(map(decimals_of, prices), default=0), lcm(*units))

    @property
    def unit(self) -> int:
        """One unit of the currency as a numerator."""
        return self.denominator * int(10**self.decimals)

    def amount(self, value: Decimal) -> int:
        return scaled(value, self.decimals) * self.denominator

    def column(self, coded: Coded) -> Integers:
        """A column of amounts, scaled but for the denominator, with a 0 at its end."""
        found = integers([*(scaled(value, self.decimals) for value in coded.values), 0])
        return found[np.append(coded.codes, -1)]


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
    def build(cls, rates: RateRows, scale: Scale) -> "RateGroups":
        """Turn rows into arrays."""
        first, rows = rates.first, rates.table
        fee, rate = scale.column(rates.amounts("connect_fee")), scale.column(rates.amounts("rate"))
        unit, from_s = np.append(rates.numbers("unit_s"), 1), rates.numbers("from_s")
        until = np.append(from_s[1:], FAR)[: len(from_s)]
        until[first[1:] - 1] = FAR
        factors = {each: scale.denominator // each for each in np.unique(unit).tolist()}
        factor = integers(factors[each] for each in factors)[np.searchsorted(np.array(list(factors)), unit)]
        costs = np.append((rate[:-1] != 0) | (fee[:-1] != 0), False)
        wide = (
            int(np.abs(rate).max()) * max(factors.values()) >= FAR or int(np.abs(fee).max()) * scale.denominator >= FAR
        )
        kind = np.object_ if wide else np.int64
        since, until_day = (rows[name].cast(pa.int32()) for name in ("valid_from", "valid_to"))
        return cls(
            valid_from=np.append(pc.fill_null(since, -OPEN_DAY).to_numpy().astype(np.int64)[first], OPEN_DAY),
            valid_to=np.append(pc.fill_null(until_day, OPEN_DAY).to_numpy().astype(np.int64)[first], -OPEN_DAY),
            free=~np.append(np.bitwise_or.reduceat(costs, first), False) if len(first) else np.ones(1, np.bool_),
            connect_fee=np.append(fee[:-1][first], 0).astype(kind) * scale.denominator,
            first_group=np.append(first, len(from_s)),
            from_s=np.append(from_s, 0),
            until_s=np.append(until, FAR),
            increment_s=np.append(rates.numbers("increment_s"), 1),
            per_second=rate.astype(kind) * factor,
        )
