"""What the numbers of a price list stand for: the names that priced calls carry."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

Ints = npt.NDArray[np.int64]

MIXED = "+"
"""Ends the rate_id of a call whose charge is not that of its first rate alone."""


@dataclass(frozen=True)
class CallNames:
    """Names by number. All end with a null, so that -1 and the number after the last stand for none."""

    plans: pl.DataFrame
    destinations: pl.DataFrame
    bands: pl.Series
    rates: pl.Series
    """The ids of the rates, then those of calls that other rates, a minimum or a maximum priced as well."""

    @classmethod
    def build(
        cls,
        plans: Sequence[Mapping[str, Any]],
        destinations: Sequence[Mapping[str, Any]],
        bands: Sequence[str],
        rate_ids: pl.Series,
    ) -> "CallNames":
        """Take plans, destinations, bands and ids of rates in the order of their numbers."""
        none = pl.Series("rate_id", [None], pl.String)
        return cls(
            _table(plans, ("plan_id", "currency")),
            _table(destinations, ("destination", "destination_name", "destination_group")),
            pl.Series("band", [*bands, None], pl.String),
            pl.concat([rate_ids.alias("rate_id"), rate_ids + MIXED, none], rechunk=True),
        )

    def has_plan(self, plan: Ints) -> npt.NDArray[np.bool_]:
        """Whether the numbers are those of a plan."""
        return plan < len(self.plans) - 1

    def rate_ids(self, rate: Ints | npt.NDArray[np.int32], mixed: npt.NDArray[np.bool_]) -> pl.Series:
        """Ids of rates; `mixed` says which of them did not make the charge alone."""
        return self.rates.gather(rate + mixed * (len(self.rates) // 2))


def _table(rows: Sequence[Mapping[str, Any]], names: Sequence[str]) -> pl.DataFrame:
    return pl.DataFrame(
        {name: [*(row[name] for row in rows), None] for name in names}, schema=dict.fromkeys(names, pl.String)
    )
