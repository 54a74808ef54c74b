"""The rates of a deck over time: what a destination costs for which calls, from when to when."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from telebill_assets.tariffs.reference_csv import Values

ANY = "*"
VOICE = (ANY, "voice")
"""Usage types of a rate for calls."""
GROUP_COLUMNS = ("from_s", "connect_fee", "rate", "unit_s", "increment_s")
Key = tuple[str, str, str, str, str]
"""Destination, jurisdiction, direction, band and usage type within a deck; ANY is voice too."""


@dataclass(frozen=True)
class PricedGroup:
    """One rate group, as in rates.csv."""

    from_s: int
    connect_fee: Decimal
    rate: Decimal
    unit_s: int
    increment_s: int


@dataclass
class DatedRate:
    """One rate of a deck: its groups, from when to when, and where it stands."""

    start: date
    end: date | None
    groups: tuple[PricedGroup, ...]
    line: int | None = None
    """Line in rates.csv; None if it is new."""
    usage_type: str = ANY

    def holds(self, day: date) -> bool:
        return self.start <= day <= (self.end or date.max)


def by_key(rows: Iterable[Values]) -> dict[Key, list[DatedRate]]:
    """Rates of the rows of one deck by what they are for, each key's by their first day."""
    grouped: dict[tuple[Key, date, str], list[Values]] = defaultdict(list)
    for row in rows:
        usage = row.get("usage_type") or ANY
        key = (row["destination"], row["jurisdiction"], row["direction"], row["band"], ANY if usage in VOICE else usage)
        grouped[key, row["valid_from"], usage].append(row)
    found: dict[Key, list[DatedRate]] = defaultdict(list)
    for (key, start, usage), groups in sorted(grouped.items(), key=lambda item: item[0][1]):
        groups.sort(key=lambda row: int(row["from_s"]))
        priced = tuple(PricedGroup(*(row[name] for name in GROUP_COLUMNS)) for row in groups)
        found[key].append(DatedRate(start, groups[0]["valid_to"], priced, groups[0].get("line"), usage))
    return dict(found)
