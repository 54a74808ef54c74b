"""The tariff: the small reference tables, prepared once per job for pricing in Spark."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from operator import itemgetter
from typing import Any

import pyarrow as pa

from telebill_assets.rating.bands import week_of
from telebill_assets.rating.destinations import PrefixRanges, prefix_ranges
from telebill_assets.rating.rate_groups import GroupedRate, grouped_rate

ANY = "*"
WILDCARDS = ("jurisdiction", "direction", "band")
RATE_KEY = ("rate_deck", "destination", *WILDCARDS)
Shape = tuple[str, ...]
"""Which of WILDCARDS a rate leaves open."""


@dataclass(frozen=True)
class Tariff:
    """Reference tables by name, as published in the lake."""

    tables: Mapping[str, pa.Table]

    @classmethod
    def build(cls, tables: Mapping[str, pa.Table]) -> "Tariff":
        """Take the tables accounts, plans, plan_bands, plan_allowances, plan_fees, subscriptions, destinations, rates,
        charges and products.
        """
        return cls(tables)

    @cached_property
    def destinations(self) -> list[dict[str, Any]]:
        """Destinations with their number; prefixes refer to it."""
        seen = {row["destination"]: row for row in self.tables["destinations"].to_pylist()}
        return [
            {
                "destination_nr": i,
                "destination": row["destination"],
                "destination_name": row["name"],
                "destination_group": row["destination_group"],
            }
            for i, row in enumerate(seen.values())
        ]

    @cached_property
    def prefixes(self) -> PrefixRanges:
        """Prefixes as disjoint ranges."""
        numbers = {row["destination"]: row["destination_nr"] for row in self.destinations}
        rows = self.tables["destinations"].to_pylist()
        return prefix_ranges({row["prefix"]: numbers[row["destination"]] for row in rows})

    @cached_property
    def plan_weeks(self) -> list[dict[str, Any]]:
        """Plans with every interval of their week and the band that rules it."""
        bands = defaultdict(list)
        for row in self.tables["plan_bands"].to_pylist():
            bands[row["plan_id"]].append(row)
        return [
            {**plan, "week_start": interval.start, "week_end": interval.end, "band": interval.band}
            for plan in self.tables["plans"].to_pylist()
            for interval in week_of(bands[plan["plan_id"]])
        ]

    @cached_property
    def rates(self) -> dict[Shape, list[dict[str, Any]]]:
        """Rates by shape, the most specific shape first: jurisdiction before direction before band."""
        order = itemgetter(*RATE_KEY, "valid_from", "from_s")
        by_shape: dict[Shape, list[dict[str, Any]]] = defaultdict(list)
        for _, rows in groupby(
            sorted(self.tables["rates"].to_pylist(), key=order), key=itemgetter(*RATE_KEY, "valid_from")
        ):
            groups = list(rows)
            first = groups[0]
            shape = tuple(name for name in WILDCARDS if first[name] == ANY)
            rate_id = "/".join([*(first[name] for name in RATE_KEY), first["valid_from"].isoformat()])
            dates = {name: first[name] for name in ("valid_from", "valid_to")}
            by_shape[shape].append(
                {name: first[name] for name in RATE_KEY} | dates | {"rate": grouped_rate(rate_id, groups)}
            )
        return dict(sorted(by_shape.items(), key=lambda item: [name in item[0] for name in WILDCARDS]))

    @cached_property
    def most_groups(self) -> int:
        """The largest number of groups of a rate."""
        rates: list[GroupedRate] = [row["rate"] for rows in self.rates.values() for row in rows]
        return max((len(rate.groups) for rate in rates), default=1)
