"""The lines of a carrier's rate deck as offers: which prefixes cost what, from when to when."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from telebill_assets.reference.findings import Finding
from telebill_assets.tariffs.dated_rates import ANY, PricedGroup
from telebill_assets.tariffs.deck_cells import (
    UnreadableCellError,
    has_rate,
    read_date,
    read_increment,
    read_interval,
    read_price,
    read_unit,
)
from telebill_assets.tariffs.deck_file import DeckLine
from telebill_assets.tariffs.dial_codes import read_prefixes
from telebill_assets.tariffs.layout import Layout

NO_FEE = Decimal(0)
Variant = tuple[str, str]
"""Jurisdiction and band of a price; ANY for any."""


@dataclass(frozen=True)
class Offer:
    """What a line of a deck says of its prefixes."""

    line: int
    prefixes: tuple[str, ...]
    name: str
    country: str
    group: str
    effective: date
    end: date | None
    prices: Mapping[Variant, tuple[PricedGroup, ...]]
    """Empty if the prefixes are closed or blocked from the day on."""


class OfferReader:
    """Reads the lines of one deck. Each distinct text of a field is read once."""

    def __init__(self, file: str, layout: Layout) -> None:
        self.findings: list[Finding] = []
        self._file, self._layout = file, layout
        self._known: dict[tuple[str, ...], tuple[Any, str | None]] = {}
        self._line = 0
        self._cells: Mapping[str, str] = {}

    def read(self, lines: Sequence[DeckLine]) -> list[Offer]:
        """Offers of the lines that can be read; what is wrong with the others is added to `findings`."""
        return [offer for line in lines if (offer := self._offer(line)) is not None]

    def _offer(self, line: DeckLine) -> Offer | None:
        before = len(self.findings)
        self._line, self._cells = line.line, line.cells
        layout = self._layout
        prefixes = self._prefixes()
        country = self._text("country", layout.country or "").upper()
        if country and not (country.isalnum() and 2 <= len(country) <= 3):
            self._wrong("country", "an ISO country such as DE, or 001")
        effective = self._date("effective", layout.effective)
        end = self._date("end", None)
        if effective is None and not self._cells.get("effective"):
            self._wrong("effective", "a first day, in a column or for the whole deck")
        if effective is not None and end is not None and end < effective:
            self._wrong("end", f"no day before the effective date {effective}")
        priced = self._one("status", has_rate, self._cells.get("status", ""))
        prices = self._prices() if priced else {}
        if len(self.findings) > before or effective is None:
            return None
        name, group = self._text("name", ""), self._text("group", layout.group or "")
        return Offer(line.line, tuple(prefixes or ()), name, country, group, effective, end, prices)

    def _prefixes(self) -> list[str] | None:
        code = self._text("country_code", self._layout.country_code)
        text = self._cells.get("prefix", "")
        try:
            return read_prefixes(text, code, ranges=self._layout.ranges)
        except UnreadableCellError as error:
            self.findings.append(Finding(self._file, self._line, "prefix", text, str(error)))
            return None

    def _prices(self) -> dict[Variant, tuple[PricedGroup, ...]]:
        first_s, next_s = self._increments()
        unit = self._one("per", read_unit, self._text("per", self._layout.per))
        fee = self._price("connect_fee", NO_FEE)
        first_rate = self._price("first_rate", None)
        found: dict[Variant, tuple[PricedGroup, ...]] = {}
        for field in self._layout.prices:
            rate = self._price(field, None)
            if rate is not None and fee is not None and first_s and next_s and unit:
                first = PricedGroup(0, fee, rate if first_rate is None else first_rate, unit, first_s)
                found |= dict.fromkeys(self._variants(field), _groups(first, rate, next_s))
        self._check_missing_prices()
        return found

    def _check_missing_prices(self) -> None:
        filled = {field for field in self._layout.prices if self._cells.get(field)}
        if not filled:
            self._wrong(self._layout.prices[0], "a price; only a blocked or closed prefix has none")
        for field, other in (("interstate", "intrastate"), ("intrastate", "interstate")):
            if field in self._layout.columns and field not in filled and other in filled:
                self._wrong(field, f"a price, as there is one for {other} calls")

    def _variants(self, field: str) -> list[Variant]:
        """Which calls a price column is for. What is neither interstate nor intrastate has the indeterminate price."""
        kind, _, band = field.partition(".")
        if kind == "rate":
            return [(ANY, band or ANY)]
        if kind == "intrastate":
            return [("intrastate", ANY), ("local", ANY)]
        if kind == "indeterminate" and "rate" not in self._layout.columns:
            return [(ANY, ANY)]
        return [(kind, ANY)]

    def _increments(self) -> tuple[int | None, int | None]:
        if "first" in self._layout.columns:
            return self._one("first", read_increment, self._cells["first"]), self._one(
                "next", read_increment, self._cells["next"]
            )
        text = self._text("interval", self._layout.interval or "")
        return self._one("interval", read_interval, text) or (None, None)

    def _price(self, field: str, default: Decimal | None) -> Decimal | None:
        text = self._cells.get(field, "")
        if not text:
            return default
        return self._one(field, read_price, text, self._layout.decimal, self._layout.thousands)

    def _date(self, field: str, default: date | None) -> date | None:
        text = self._cells.get(field, "")
        return self._one(field, read_date, text, self._layout.dates) if text else default

    def _text(self, field: str, default: str) -> str:
        return self._cells.get(field) or default

    def _one(self, field: str, reader: Callable[..., Any], text: str, *options: Any) -> Any:
        """The value of a cell, or None and a finding."""
        key = (field, text)
        if key not in self._known:
            try:
                self._known[key] = reader(text, *options), None
            except UnreadableCellError as error:
                self._known[key] = None, str(error)
        value, expected = self._known[key]
        if expected is not None:
            self.findings.append(Finding(self._file, self._line, field, text, expected))
        return value

    def _wrong(self, field: str, expected: str) -> None:
        self.findings.append(Finding(self._file, self._line, field, self._cells.get(field, ""), expected))


def _groups(first: PricedGroup, rate: Decimal, next_s: int) -> tuple[PricedGroup, ...]:
    """One group if the first increment is like the others, else one for it and one for the rest."""
    if first.increment_s == next_s and first.rate == rate:
        return (first,)
    return first, PricedGroup(first.increment_s, NO_FEE, rate, first.unit_s, next_s)
