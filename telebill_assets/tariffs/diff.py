"""What a new tariff changes, prefix by prefix: new, up, down, closed and uncovered."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from telebill_assets.tariffs.dated_rates import ANY, DatedRate, Key, PricedGroup, by_key
from telebill_assets.tariffs.reference_csv import Values

KINDS = ("new", "up", "down", "mixed", "closed", "uncovered")
MINUTE_S = 60


@dataclass(frozen=True)
class Change:
    """A change that prefixes of one destination share."""

    deck: str
    kind: str
    """One of KINDS; mixed: dearer for some calls and cheaper for others, at the same price per minute."""
    destination: str
    jurisdiction: str
    direction: str
    band: str
    usage_type: str
    old: str = ""
    new: str = ""
    percent: Decimal | None = None
    """Change of the price per minute; None if there was none, or it was 0."""
    effective: date | None = None
    """First day of the new price, or first day without one."""
    prefixes: list[str] = field(default_factory=list, compare=False)


@dataclass(frozen=True)
class Differences:
    """All changes, and how many prices of prefixes changed how by deck."""

    changes: list[Change]
    counts: Mapping[str, Counter[str]]
    """By deck: prices of prefixes by kind and `unchanged`; `uncovered` counts prefixes without any rate."""

    @property
    def summary(self) -> Counter[str]:
        return sum(self.counts.values(), Counter())


class Prices:
    """One side of the comparison: what every prefix costs in every deck."""

    def __init__(self, destinations: Iterable[Values], rates: Iterable[Values], on: date | None) -> None:
        self.prefixes = {row["prefix"]: str(row["destination"]) for row in _last_versions(destinations, on)}
        self._on = on
        self._rows: dict[str, list[Values]] = defaultdict(list)
        for row in rates:
            self._rows[row["rate_deck"]].append(row)

    @property
    def decks(self) -> list[str]:
        return sorted(self._rows)

    def renamed(self, deck: str, name: str) -> "Prices":
        """Only one deck, under another name."""
        found = Prices([], [], self._on)
        found.prefixes = self.prefixes
        found._rows[name] = self._rows.get(deck, [])
        return found

    def destination(self, prefix: str) -> str:
        """Destination of numbers that begin with the prefix; empty if they have none."""
        found = (self.prefixes.get(prefix[:length]) for length in range(len(prefix), 0, -1))
        return next((destination for destination in found if destination), "")

    def deck(self, name: str) -> dict[str, dict[Key, DatedRate]]:
        """Rates of a deck by destination: those that hold on the day, or the last of each key."""
        found: dict[str, dict[Key, DatedRate]] = defaultdict(dict)
        for key, rates in by_key(self._rows.get(name, ())).items():
            held = rates if self._on is None else [replace(rate, end=None) for rate in rates if rate.holds(self._on)]
            if held:
                found[key[0]][key] = held[-1]
        return found


def differences(old: Prices, new: Prices) -> Differences:
    """Compare all decks of both sides."""
    changes: dict[Change, list[str]] = defaultdict(list)
    counts: dict[str, Counter[str]] = {}
    moves: dict[tuple[str, str, bool], list[str]] = defaultdict(list)
    for prefix in sorted({*old.prefixes, *new.prefixes}):
        moves[old.destination(prefix), new.destination(prefix), prefix in old.prefixes].append(prefix)
    for deck in sorted({*old.decks, *new.decks}):
        before, after = old.deck(deck), new.deck(deck)
        counted = counts[deck] = Counter(dict.fromkeys((*KINDS, "unchanged"), 0))
        for (was, is_, known), prefixes in moves.items():
            found = list(_changes(deck, is_ or was, before.get(was, {}), after.get(is_, {}), known=known))
            if not after.get(is_):
                counted["uncovered"] += len(prefixes)
                found = found or [Change(deck, "uncovered", is_ or was, ANY, ANY, ANY, ANY)]
            for change in found:
                counted[change.kind] += len(prefixes) if change.kind != "uncovered" else 0
                if change.kind != "unchanged":
                    changes[change] += prefixes
    order = {kind: i for i, kind in enumerate(KINDS)}
    listed = [replace(change, prefixes=sorted(prefixes)) for change, prefixes in changes.items()]
    listed.sort(
        key=lambda change: (change.deck, order[change.kind], -abs(change.percent or Decimal(0)), change.destination)
    )
    return Differences(listed, counts)


def _changes(
    deck: str, destination: str, before: Mapping[Key, DatedRate], after: Mapping[Key, DatedRate], *, known: bool
) -> Iterator[Change]:
    """Changes of one prefix, by what its rates are for."""
    old = {key[1:]: rate for key, rate in before.items()}
    new = {key[1:]: rate for key, rate in after.items()}
    for variant in sorted({*old, *new}):
        was, is_ = old.get(variant), new.get(variant)
        kind, effective = _kind(was, is_, known=known)
        before_text, after_text = ("" if rate is None else price_text(rate.groups) for rate in (was, is_))
        jurisdiction, direction, band, usage_type = variant
        yield Change(
            deck,
            kind,
            destination,
            jurisdiction,
            direction,
            band,
            usage_type,
            before_text,
            after_text,
            _percent(was, is_),
            effective,
        )


def _kind(was: DatedRate | None, is_: DatedRate | None, *, known: bool) -> tuple[str, date | None]:
    if is_ is None:
        return "closed", None
    if was is None:
        return "new", is_.start
    if was.groups == is_.groups:
        ends_sooner = (is_.end or date.max) < (was.end or date.max)
        return ("closed", is_.end) if ends_sooner else ("unchanged", None)
    return (_direction(was.groups, is_.groups) if known else "new"), is_.start


def _direction(was: Sequence[PricedGroup], is_: Sequence[PricedGroup]) -> str:
    """Up or down by the price per minute; if it is the same, by fees and increments."""
    before, after = _terms(was), _terms(is_)
    if before[0] != after[0]:
        return "up" if after[0] > before[0] else "down"
    ups = any(new > old for old, new in zip(before, after, strict=True))
    downs = any(new < old for old, new in zip(before, after, strict=True))
    return "mixed" if ups and downs else "up" if ups else "down"


def _terms(groups: Sequence[PricedGroup]) -> tuple[Decimal, ...]:
    """Price of a minute of a long call, then of its first minute, connect fee, first and later increments."""
    first, last = groups[0], groups[-1]
    return (
        per_minute(last),
        per_minute(first),
        first.connect_fee,
        Decimal(first.increment_s),
        Decimal(last.increment_s),
    )


def per_minute(group: PricedGroup) -> Decimal:
    """What a minute costs in all: at 0.01 a second, 0.60."""
    return group.rate * MINUTE_S / group.unit_s


def _percent(was: DatedRate | None, is_: DatedRate | None) -> Decimal | None:
    if was is None or is_ is None or not was.groups[-1].rate:
        return None
    before, after = per_minute(was.groups[-1]), per_minute(is_.groups[-1])
    return ((after - before) * 100 / before).quantize(Decimal("0.1"))


def price_text(groups: Sequence[PricedGroup]) -> str:
    """A price as people write it: per minute, increments, connect fee."""
    first, last = groups[0], groups[-1]
    prices = list(dict.fromkeys(_plain(per_minute(group)) for group in groups))
    text = f"{' then '.join(prices)} {first.increment_s}/{last.increment_s}"
    return text + (f" + {_plain(first.connect_fee)}" if first.connect_fee else "")


def _plain(amount: Decimal) -> str:
    """At least four decimals, more where there are more."""
    return f"{amount.quantize(Decimal('0.0001')):f}" if amount == round(amount, 4) else f"{amount.normalize():f}"


def _last_versions(destinations: Iterable[Values], on: date | None) -> Iterator[Values]:
    """Rows of destinations.csv that hold on a day; without a day all, the last version of a prefix last."""
    rows = sorted(destinations, key=lambda row: row.get("valid_from") or date.min)
    for row in rows:
        start, end = row.get("valid_from") or date.min, row.get("valid_to") or date.max
        if on is None or start <= on <= end:
            yield row
