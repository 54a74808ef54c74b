"""Where a tariff to compare comes from: a reference folder, one deck of it, or the tables published in the lake."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import pyarrow as pa

from telebill_assets.errors import InvalidInputError
from telebill_assets.lake.lake import Lake
from telebill_assets.mediation.layouts import LAYOUTS
from telebill_assets.rating.tariff import Tariff
from telebill_assets.reference.load import load
from telebill_assets.schemas.reference.destinations import Destinations
from telebill_assets.schemas.reference.rates import Rates
from telebill_assets.schemas.registry import REFERENCE_TABLES
from telebill_assets.schemas.table import table_name
from telebill_assets.settings import Settings
from telebill_assets.tariffs.diff import Prices
from telebill_assets.tariffs.reference_csv import Values, read_table

PUBLISHED = "published"


@dataclass(frozen=True)
class TariffSource:
    """A folder (or the lake, if it is None), and a deck of it."""

    folder: Path | None
    deck: str | None
    settings: Settings

    @classmethod
    def of(cls, text: str, settings: Settings) -> "TariffSource":
        """Read FOLDER, FOLDER:DECK, published or published:DECK; a file rates.csv stands for its folder.

        Raises:
            InvalidInputError: there is no such folder.
        """
        name, _, deck = (text, "", "") if Path(text).exists() else text.rpartition(":")
        name, deck = (name, deck) if name else (text, "")
        if name == PUBLISHED:
            return cls(None, deck or None, settings)
        folder = Path(name).parent if Path(name).is_file() else Path(name)
        if not folder.is_dir():
            raise InvalidInputError(f"there is no folder {name}; expected a reference folder, folder:deck or published")
        return cls(folder, deck or None, settings)

    def prices(self, on: date | None) -> Prices:
        """What its prefixes cost in all decks, or in its deck.

        Raises:
            InvalidInputError: it has no such deck, or no rates at all.
        """
        found = Prices(self._rows[0], self._rows[1], on)
        if not found.decks or (self.deck and self.deck not in found.decks):
            known = ", ".join(found.decks) or "no rates at all"
            raise InvalidInputError(f"{self.folder or PUBLISHED} has no deck {self.deck or ''}; it has {known}")
        return found

    @cached_property
    def tariff(self) -> Tariff:
        """The whole tariff, for pricing.

        Raises:
            InvalidReferenceError: the folder's files are not valid.
        """
        return Tariff.build(self._published if self.folder is None else load(self.folder, LAYOUTS).tables)

    @cached_property
    def _rows(self) -> tuple[list[Values], list[Values]]:
        if self.folder is None:
            tables = self._published
            return tables["destinations"].to_pylist(), tables["rates"].to_pylist()
        return read_table(self.folder, Destinations), read_table(self.folder, Rates)

    @cached_property
    def _published(self) -> Mapping[str, pa.Table]:
        lake = Lake.open(self.settings)
        return {table_name(model): lake.read_arrow(model) for model in REFERENCE_TABLES}
