"""Which destination each prefix of a deck is: the one of destinations.csv, or a new one named by the deck."""

import itertools
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from babel import Locale

from telebill_assets.reference.findings import Finding
from telebill_assets.tables.reference.destinations import Destinations
from telebill_assets.tariffs.countries import country_of
from telebill_assets.tariffs.offers import Offer
from telebill_assets.tariffs.reference_csv import Values, with_defaults

Schedule = tuple[Any, ...]
"""What a prefix costs and when; prefixes of one destination must have the same."""


@dataclass
class Placement:
    """The destinations that a deck prices, and what that changes in destinations.csv."""

    offers: dict[str, list[Offer]] = field(default_factory=dict)
    """By destination, in the order of their first days."""
    destinations: list[Values] = field(default_factory=list)
    """All rows of destinations.csv."""
    new: dict[str, str] = field(default_factory=dict)
    """New destinations, and which destination their calls had before; empty if none."""
    new_prefixes: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def place(file: str, offers: Sequence[Offer], destinations: Sequence[Values], *, split: bool) -> Placement:
    """Find the destination of every prefix.

    A prefix of destinations.csv keeps its destination. New prefixes are grouped by the deck's name for them; those that
    share a name but not the price get destinations of their own.

    Args:
        file: name of the deck, for findings.
        offers: lines of the deck.
        destinations: rows of destinations.csv.
        split: give prefixes of destinations.csv a destination of their own if the deck sets them apart by price;
            otherwise that is a finding.
    """
    placing = _Placing(file, destinations, split=split)
    of_prefix = placing.offers_of_prefixes(offers)
    placing.known(of_prefix)
    placing.unknown(of_prefix)
    return placing.placement


class _Placing:
    def __init__(self, file: str, destinations: Sequence[Values], *, split: bool) -> None:
        self.placement = Placement(destinations=[dict(row) for row in destinations])
        self._file, self._split = file, split
        self._of_prefix = {row["prefix"]: row for row in self.placement.destinations}
        self._of_destination = {row["destination"]: row for row in self.placement.destinations}
        self._before = {prefix: row["destination"] for prefix, row in self._of_prefix.items()}

    def offers_of_prefixes(self, offers: Sequence[Offer]) -> dict[str, list[Offer]]:
        """Offers by prefix, by their first days; a prefix has one offer a day."""
        found: dict[str, list[Offer]] = defaultdict(list)
        for offer in offers:
            for prefix in offer.prefixes:
                found[prefix].append(offer)
        for prefix, listed in found.items():
            if len(listed) > 1:
                listed.sort(key=lambda offer: (offer.effective, offer.line))
                for before, after in itertools.pairwise(list(listed)):
                    if before.effective == after.effective:
                        expected = f"a prefix once from {after.effective}; line {before.line} has it"
                        self._wrong(after, "prefix", prefix, expected)
                        listed.remove(after)
        return found

    def known(self, of_prefix: Mapping[str, list[Offer]]) -> None:
        """The prefixes that destinations.csv lists."""
        grouped: dict[str, dict[Schedule, list[str]]] = defaultdict(lambda: defaultdict(list))
        for prefix, offers in of_prefix.items():
            if prefix in self._of_prefix:
                grouped[self._of_prefix[prefix]["destination"]][_schedule(offers)].append(prefix)
        for destination, schedules in grouped.items():
            kept, *others = sorted(schedules.values(), key=len, reverse=True)
            self.placement.offers[destination] = of_prefix[kept[0]]
            for prefixes in others:
                for prefix in prefixes:
                    self._set_apart(prefix, destination, of_prefix[prefix], of_prefix[kept[0]][0].line)

    def _set_apart(self, prefix: str, destination: str, offers: list[Offer], line: int) -> None:
        if not self._split:
            expected = (
                f"the price of line {line}, because both prefixes are the destination {destination} in "
                "destinations.csv; --split gives this one a destination of its own"
            )
            self._wrong(offers[0], "prefix", prefix, expected)
            return
        name = self._free_name(f"{destination}-{prefix}")
        self._of_prefix[prefix] |= {"destination": name, "name": offers[-1].name or f"{destination} {prefix}"}
        self._of_destination[name] = self._of_prefix[prefix]
        self.placement.offers[name] = offers
        self.placement.new[name] = destination

    def unknown(self, of_prefix: Mapping[str, list[Offer]]) -> None:
        """Prefixes that destinations.csv does not have."""
        by_name: dict[str, dict[Schedule, list[str]]] = defaultdict(lambda: defaultdict(list))
        for prefix, offers in of_prefix.items():
            if prefix not in self._of_prefix:
                name = offers[-1].name
                by_name[name or prefix][_schedule(offers)].append(prefix)
        for name, schedules in by_name.items():
            together = len(schedules) == 1
            for schedule, prefixes in schedules.items():
                for prefix in prefixes:
                    self._add(prefix, name, schedule, of_prefix[prefix], together=together)

    def _add(self, prefix: str, name: str, schedule: Schedule, offers: list[Offer], *, together: bool) -> None:
        offer = offers[-1]
        covering = self._covering(prefix)
        country = offer.country or (covering and covering["country"]) or country_of(prefix)
        if not country:
            self._wrong(
                offer, "prefix", prefix, "a prefix of a known country, or a country in a column or for the deck"
            )
            return
        shown = f"{_territory(country)} {prefix}" if name == prefix else name
        slug = f"{country.lower()}-{prefix}" if name == prefix else _slug(name)
        if not together and name != prefix:
            shown, slug = f"{name} {prefix}", f"{slug}-{prefix}"
        same = self.placement.offers.get(slug)
        if slug in self._of_destination and same is not None and _schedule(same) != schedule:
            shown, slug = f"{shown} {prefix}", self._free_name(f"{slug}-{prefix}")
        group = offer.group or (covering and covering["destination_group"]) or country.lower()
        row = {"destination": slug, "name": shown, "country": country, "destination_group": group}
        if slug in self._of_destination:
            row = {column: self._of_destination[slug][column] for column in row}
        else:
            self.placement.new[slug] = self._before.get(covering["prefix"], "") if covering else ""
        added = with_defaults(row | {"prefix": prefix}, Destinations)
        self._of_destination.setdefault(slug, added)
        self.placement.destinations.append(added)
        self.placement.new_prefixes.append(prefix)
        self.placement.offers.setdefault(slug, offers)

    def _covering(self, prefix: str) -> Values | None:
        """The row of the longest prefix of destinations.csv that starts this one."""
        shorter = (self._of_prefix.get(prefix[:length]) for length in range(len(prefix) - 1, 0, -1))
        return next((row for row in shorter if row), None)

    def _free_name(self, name: str) -> str:
        number = 2
        free = name
        while free in self._of_destination:
            free, number = f"{name}-{number}", number + 1
        return free

    def _wrong(self, offer: Offer, field_name: str, value: str, expected: str) -> None:
        self.placement.findings.append(Finding(self._file, offer.line, field_name, value, expected))


def inherited(placement: Placement, rated: Iterable[str]) -> dict[str, list[Offer]]:
    """Offers of shorter prefixes for destinations that the deck leaves to them.

    In the carrier's own look-up a prefix that its deck does not name has the price of the longest one it names. So has
    a destination of destinations.csv of which the deck names no prefix, if it is in the same country and the deck has
    no rates for it (`rated`) already.
    """
    done = {*placement.offers, *rated}
    of_prefix = {row["prefix"]: row for row in placement.destinations}
    found: dict[str, list[Offer]] = {}
    for row in placement.destinations:
        if row["destination"] in done or row["destination"] in found:
            continue
        prefix = row["prefix"]
        shorter = (of_prefix.get(prefix[:length]) for length in range(len(prefix) - 1, 0, -1))
        covering = next((other for other in shorter if other and other["destination"] in placement.offers), None)
        if covering and covering["country"] == row["country"]:
            found[row["destination"]] = placement.offers[covering["destination"]]
    return found


def _schedule(offers: Sequence[Offer]) -> Schedule:
    return tuple((offer.effective, offer.end, tuple(sorted(offer.prices.items()))) for offer in offers)


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub("[^a-z0-9]+", "-", plain.casefold()).strip("-") or "destination"


@cache
def _territory(country: str) -> str:
    return str(Locale("en").territories.get(country, country))
