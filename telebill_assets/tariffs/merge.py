"""A deck's offers become rows of rates.csv: new prices begin, and those they follow end the day before."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from telebill_assets.reference.findings import Finding
from telebill_assets.tables.reference.rates import Rates
from telebill_assets.tariffs.dated_rates import ANY, GROUP_COLUMNS, DatedRate, Key, PricedGroup, by_key
from telebill_assets.tariffs.offers import Offer
from telebill_assets.tariffs.reference_csv import Values, with_defaults

DAY = timedelta(days=1)
NEW_LINE = 2**31


@dataclass
class Merged:
    """All rows of rates.csv after the import, and what became of the deck's rates."""

    rows: list[Values] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("new", "changed", "unchanged", "closed"), 0))
    findings: list[Finding] = field(default_factory=list)
    overruled: int = 0
    """New rates for calls of any direction beside one for a single direction, which goes before them."""


class DeckMerge:
    """The rates of one deck, changed by offers."""

    def __init__(self, deck: str, direction: str, rates: Sequence[Values], file: str, *, replace: bool) -> None:
        self.merged = Merged(rows=[row for row in rates if row["rate_deck"] != deck])
        self._deck, self._direction, self._file, self._replace = deck, direction, file, replace
        self._rates = by_key(row for row in rates if row["rate_deck"] == deck)
        self._keys: dict[str, list[Key]] = defaultdict(list)
        for key in self._rates:
            self._keys[key[0]].append(key)
        self._touched: set[Key] = set()

    @property
    def rated(self) -> set[str]:
        """Destinations that the deck has rates for."""
        return {key[0] for key in self._rates}

    def apply(self, destination: str, offers: Iterable[Offer]) -> None:
        """Let the offers for a destination begin, in the order of their first days."""
        for offer in offers:
            for (jurisdiction, band), groups in offer.prices.items():
                self._begin((destination, jurisdiction, self._direction, band, ANY), offer, groups)
            if not offer.prices:
                for key in self._keys_of(destination):
                    self._close(key, offer.effective, offer)

    def close_others(self, offered: Iterable[str], day: date) -> None:
        """Close the rates of destinations that a complete deck no longer has."""
        kept = set(offered)
        for key in list(self._rates):
            if key[0] not in kept and key in self._keys_of(key[0]):
                self._close(key, day, None)

    def finish(self) -> Merged:
        """The rows after all changes: those that were there in their order, then the new ones."""
        for key, rates in self._rates.items():
            for rate in rates:
                self.merged.rows += _rows(self._deck, key, rate)
        self.merged.rows.sort(key=lambda row: row.get("line") or NEW_LINE)
        return self.merged

    def _keys_of(self, destination: str) -> list[Key]:
        return [key for key in self._keys[destination] if key[2] == self._direction and key[4] == ANY]

    def _begin(self, key: Key, offer: Offer, groups: tuple[PricedGroup, ...]) -> None:
        if key not in self._rates:
            self._rates[key] = []
            self._keys[key[0]].append(key)
        rates = self._rates[key]
        start, end = offer.effective, offer.end
        same = next((rate for rate in rates if rate.holds(start) and rate.groups == groups and rate.end == end), None)
        if same is not None:
            self._count("unchanged", key)
            return
        if not self._end_before(key, start, offer):
            return
        later = [rate.start for rate in rates if rate.start > start]
        if later:
            end = min(end or date.max, min(later) - DAY)
        self.merged.overruled += self._is_overruled(key, start)
        self._count("changed" if rates else "new", key)
        rates.append(DatedRate(start, end, groups))

    def _is_overruled(self, key: Key, day: date) -> bool:
        destination, jurisdiction, direction, band, usage = key
        special = [(destination, jurisdiction, way, band, usage) for way in ("outbound", "inbound")]
        return direction == ANY and any(rate.holds(day) for other in special for rate in self._rates.get(other, ()))

    def _close(self, key: Key, day: date, offer: Offer | None) -> None:
        if any(rate.holds(day) for rate in self._rates[key]) and self._end_before(key, day, offer):
            self._count("closed", key)

    def _end_before(self, key: Key, day: date, offer: Offer | None) -> bool:
        """End the rate that holds on a day on the day before; not if it begins on that day, unless it is replaced."""
        rates = self._rates[key]
        for rate in [rate for rate in rates if rate.holds(day)]:
            if rate.start < day:
                rate.end = day - DAY
            elif self._replace:
                rates.remove(rate)
            else:
                where = f"line {rate.line} of rates.csv" if rate.line else "another line of the deck"
                expected = f"a day other than that of {where}, which has another price from then on; or --replace"
                self.merged.findings.append(
                    Finding(self._file, offer.line if offer else 1, "effective", day.isoformat(), expected)
                )
                return False
        return True

    def _count(self, what: str, key: Key) -> None:
        if key not in self._touched:
            self._touched.add(key)
            self.merged.counts[what] += 1


def carried_over(rates: Sequence[Values], new: Mapping[str, str]) -> list[Values]:
    """Rows that give every deck the price for new destinations that it had for their calls before.

    Args:
        rates: rows of rates.csv.
        new: new destinations, and the destination their calls had before; empty if none.
    """
    followers: dict[str, list[str]] = defaultdict(list)
    for destination, before in new.items():
        if before:
            followers[before].append(destination)
    return [
        row | {"destination": destination, "line": None}
        for row in rates
        for destination in followers.get(row["destination"], ())
    ]


def _rows(deck: str, key: Key, rate: DatedRate) -> list[Values]:
    destination, jurisdiction, direction, band, _ = key
    named = {"rate_deck": deck, "destination": destination, "jurisdiction": jurisdiction, "direction": direction}
    dated = {"band": band, "valid_from": rate.start, "valid_to": rate.end, "usage_type": rate.usage_type}
    return [
        with_defaults(
            named | dated | {"line": rate.line} | {name: getattr(group, name) for name in GROUP_COLUMNS}, Rates
        )
        for group in rate.groups
    ]
