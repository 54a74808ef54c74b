"""Where a tariff to compare comes from: a reference folder or a deck of it, a carrier's file, or the lake."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import polars as pl

from telebill_assets.errors import InvalidInputError
from telebill_assets.mediation.layouts import LAYOUTS
from telebill_assets.rating.tariff import Tariff
from telebill_assets.reference.load import load
from telebill_assets.settings import Settings
from telebill_assets.tables.reference.destinations import Destinations
from telebill_assets.tables.reference.rates import Rates
from telebill_assets.tables.registry import REFERENCE_TABLES
from telebill_assets.tables.table import table_name
from telebill_assets.tariffs.deck_import import Choices, merge_deck
from telebill_assets.tariffs.diff import Prices
from telebill_assets.tariffs.layout import Layout
from telebill_assets.tariffs.reference_csv import Values, read_table

PUBLISHED = "published"
DECK = "deck"
"""Name of a carrier's deck that is compared by itself."""


@dataclass(frozen=True)
class TariffSource:
    """A reference folder, the file of a carrier's deck, or the lake if there is no path; and a deck of it."""

    path: Path | None
    deck: str | None
    settings: Settings
    layout: Layout | None = None

    @classmethod
    def of(cls, text: str, settings: Settings, layout: Layout | None) -> "TariffSource":
        """Read FOLDER, FOLDER:DECK, published, published:DECK, or the name of a carrier's deck in this layout.

        Raises:
            InvalidInputError: there is no such folder or file, or it is a file and there is no layout.
        """
        name, _, deck = (text, "", "") if Path(text).exists() else text.rpartition(":")
        name, deck = (name, deck) if name else (text, "")
        if name == PUBLISHED:
            return cls(None, deck or None, settings)
        path = Path(name)
        if path.is_file() and layout is None:
            raise InvalidInputError(
                f"{name} is a file; name its folder, or say how the deck is laid out with --mapping"
            )
        if not path.exists():
            raise InvalidInputError(
                f"there is no {name}; expected a reference folder, folder:deck, published or a deck"
            )
        return cls(path, deck or None, settings, layout if path.is_file() else None)

    def prices(self, on: date | None) -> Prices:
        """What its prefixes cost in all decks, or in its deck.

        Raises:
            InvalidInputError: it has no such deck, or no rates at all.
            InvalidReferenceError: its files have faults.
        """
        found = Prices(self._rows[0], self._rows[1], on)
        if not found.decks:
            raise InvalidInputError(f"{self.path or PUBLISHED} has no rates")
        if self.deck and self.deck not in found.decks:
            known = ", ".join(found.decks)
            raise InvalidInputError(f"{self.path or PUBLISHED} has no deck {self.deck}; expected one of {known}")
        return found

    @cached_property
    def tariff(self) -> Tariff:
        """The whole tariff, for pricing.

        Raises:
            InvalidInputError: it is a single deck.
            InvalidReferenceError: the folder's files are not valid.
        """
        if self.layout is not None:
            raise InvalidInputError(
                f"{self.path} is a single deck; usage is priced with reference folders or published"
            )
        return Tariff.build(self._published if self.path is None else load(self.path, LAYOUTS).tables)

    @cached_property
    def _rows(self) -> tuple[list[Values], list[Values]]:
        if self.path is None:
            tables = self._published
            return tables["destinations"].to_dicts(), tables["rates"].to_dicts()
        if self.layout is not None:
            imported = merge_deck(self.path, self.layout, [], [], Choices(DECK))
            return imported.destinations, imported.rates
        return read_table(self.path, Destinations), read_table(self.path, Rates)

    @cached_property
    def _published(self) -> Mapping[str, pl.DataFrame]:
        from telebill_assets.lake.lake import Lake  # noqa: PLC0415  # folders are compared without a lake

        lake = Lake.open(self.settings)
        return {table_name(model): lake.frame(model) for model in REFERENCE_TABLES}
