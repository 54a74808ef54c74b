"""Contracts: which plan, in which time zone, an account has on a date."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from telebill_assets.rating.call.prefixes import OPEN_DAY, day_number

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Contract:
    """A plan, by its number, in a time zone."""

    plan: int
    time_zone: str


@dataclass(frozen=True)
class Subscriptions:
    """The subscriptions of all accounts as arrays, an account's own one after the other, the earliest first.

    `first` has the first subscription of every account, and of none at its end. The last subscription stands for none:
    it holds on every day, for the last contract.
    """

    accounts: pl.Enum
    first: Ints
    following: Ints
    valid_from: Ints
    valid_to: Ints
    contract: Ints

    @classmethod
    def build(cls, rows: Sequence[Mapping[str, Any]], contracts: Mapping[Contract, int]) -> "Subscriptions":
        """Take rows of subscriptions with the number of their plan and the time zone of their account."""
        listed = sorted(rows, key=lambda row: (row["account_id"], day_number(row["valid_from"], -OPEN_DAY)))
        first: dict[str, int] = {}
        for i, row in enumerate(listed):
            first.setdefault(row["account_id"], i)
        none = len(listed)
        after = [row["account_id"] for row in listed[1:]]
        following = [
            i if again == row["account_id"] else none
            for i, (row, again) in enumerate(zip(listed, [*after, None], strict=False), start=1)
        ]
        return cls(
            pl.Enum(list(first)),
            np.array([*first.values(), none], np.int64),
            np.array([*following, none], np.int64),
            np.array([*(day_number(row["valid_from"], -OPEN_DAY) for row in listed), -OPEN_DAY], np.int64),
            np.array([*(day_number(row["valid_to"], OPEN_DAY) for row in listed), OPEN_DAY], np.int64),
            np.array(
                [*(contracts[Contract(row["plan"], row["time_zone"])] for row in listed), len(contracts)], np.int64
            ),
        )

    def contracts_of(self, accounts: pl.Series, days: Ints) -> Ints:
        """Numbers of the contracts that accounts have on days since 1970; the last contract stands for none."""
        unknown = len(self.first) - 1
        numbers = accounts.cast(self.accounts, strict=False).to_physical().cast(pl.Int64).fill_null(unknown)
        found = self.first[numbers.to_numpy()]
        while True:
            invalid = np.flatnonzero((days < self.valid_from[found]) | (days > self.valid_to[found]))
            if not invalid.size:
                return self.contract[found]
            found[invalid] = self.following[found[invalid]]
