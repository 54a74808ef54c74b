"""Importing a carrier's rate deck: its lines become rows of destinations.csv and rates.csv of a reference folder."""

import shutil
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from telebill_assets.errors import InvalidInputError
from telebill_assets.reference.bulk import many_objects
from telebill_assets.reference.findings import Finding, InvalidReferenceError, in_order
from telebill_assets.reference.load import PLANS_FILE, examine, files
from telebill_assets.tables.reference.destinations import Destinations
from telebill_assets.tables.reference.rates import Rates
from telebill_assets.tables.table import TableModel, table_name
from telebill_assets.tariffs.deck_file import read_deck
from telebill_assets.tariffs.layout import Layout
from telebill_assets.tariffs.merge import DeckMerge, carried_over
from telebill_assets.tariffs.offers import OfferReader
from telebill_assets.tariffs.placement import inherited, place
from telebill_assets.tariffs.reference_csv import Values, as_csv, read_table

MOST_CARRIED_OVER = 200_000


@dataclass(frozen=True)
class Choices:
    """How a deck is imported."""

    deck: str
    complete: bool = False
    """The deck names all destinations, so rates for others are closed."""
    replace: bool = False
    """A price may take the place of another from the same day."""
    split: bool = False
    """Prefixes of one destination may be set apart by price."""
    carry_over: bool | None = None
    """Give new destinations the rates that their calls had before, in all decks; None: unless that is too much."""


@dataclass
class Imported:
    """The two tables after the import, and what it does."""

    destinations: list[Values]
    rates: list[Values]
    counts: dict[str, int]
    notes: list[str]


def import_deck(path: Path, layout: Layout, folder: Path, choices: Choices) -> Imported:
    """Read a deck and put it into the tables of a reference folder; nothing is written.

    Raises:
        InvalidReferenceError: with every finding in the deck, or in the two tables as they are.
        InvalidInputError: the deck cannot be read.
    """
    with many_objects():
        return merge_deck(path, layout, read_table(folder, Destinations), read_table(folder, Rates), choices)


def merge_deck(
    path: Path, layout: Layout, destinations: Sequence[Values], rates: Sequence[Values], choices: Choices
) -> Imported:
    """Put a deck into the rows of the two tables, see `import_deck`."""
    lines, findings = read_deck(path, layout)
    reader = OfferReader(path.name, layout)
    offers = reader.read(lines)
    placed = place(path.name, offers, destinations, split=choices.split)
    findings += [*reader.findings, *placed.findings]
    if not lines and not findings:
        findings.append(Finding(path.name, 1, "line", "", "lines with prefixes below the header"))
    carried = _carried_over(rates, placed.new, choices) if not findings else []
    merge = DeckMerge(choices.deck, layout.direction, [*rates, *carried], path.name, replace=choices.replace)
    shared = inherited(placed, () if choices.complete else merge.rated)
    offered = placed.offers | shared
    for destination, listed in offered.items():
        merge.apply(destination, listed)
    if choices.complete and offers:
        merge.close_others(offered, layout.effective or min(offer.effective for offer in offers))
    merged = merge.finish()
    findings += merged.findings
    if findings:
        raise InvalidReferenceError(in_order(findings))
    counts = {
        "lines": len(lines),
        **{f"{name} rates": number for name, number in merged.counts.items()},
        "new prefixes": len(placed.new_prefixes),
        "new destinations": len(placed.new),
        "destinations priced by a shorter prefix": len(shared),
        "rates carried over to new destinations": len(carried),
    }
    notes = _holes(merged.rows, placed.new)
    if merged.overruled:
        notes.append(f"{merged.overruled:,} new rates stand behind rates for one direction; see --direction")
    return Imported(placed.destinations, merged.rows, counts, notes)


def _carried_over(rates: Sequence[Values], new: dict[str, str], choices: Choices) -> list[Values]:
    if choices.carry_over is False:
        return []
    rows = carried_over(rates, new)
    if choices.carry_over is None and len(rows) > MOST_CARRIED_OVER:
        raise InvalidInputError(
            f"{len(rows):,} rates would carry over today's prices to {len(new):,} new destinations; say so with "
            "--carry-over, or leave them with the prices of the deck alone with --no-carry-over"
        )
    return rows


def _holes(rates: Iterable[Values], new: dict[str, str]) -> list[str]:
    """Decks that had a price for calls to new destinations, and now have none."""
    decks: dict[str, set[str]] = defaultdict(set)
    for row in rates:
        decks[row["destination"]].add(row["rate_deck"])
    lost = Counter(deck for destination, before in new.items() for deck in decks[before] - decks[destination])
    return [f"deck {deck} has no rate for {n:,} new destinations that it priced before" for deck, n in lost.items()]


def propose(imported: Imported, folder: Path, proposal: Path) -> None:
    """Write a copy of the reference folder with the imported tables, to be checked, compared and taken over.

    Raises:
        InvalidInputError: the proposal's folder is not empty.
    """
    if proposal.exists() and any(proposal.iterdir()):
        raise InvalidInputError(f"{proposal} is not empty; name another folder with --proposal, or remove it")
    proposal.mkdir(parents=True, exist_ok=True)
    for file in files(folder):
        if file.is_file():
            shutil.copyfile(file, proposal / file.name)
    _write(imported, proposal)


def write(imported: Imported, folder: Path, layouts: Iterable[str], scratch: Path) -> None:
    """Replace the two tables of the reference folder, if all its files are valid with them.

    Raises:
        InvalidReferenceError: they are not; nothing was written.
    """
    propose(imported, folder, scratch)
    if (folder / PLANS_FILE).is_file():
        errors = examine(scratch, layouts).errors
        if errors:
            raise InvalidReferenceError(errors)
    folder.mkdir(parents=True, exist_ok=True)
    for model in (Destinations, Rates):
        name = f"{table_name(model)}.csv"
        beside = folder / f".{name}.new"
        shutil.copyfile(scratch / name, beside)
        beside.replace(folder / name)


def _write(imported: Imported, folder: Path) -> None:
    tables: tuple[tuple[TableModel, list[Values]], ...] = (
        (Destinations, imported.destinations),
        (Rates, imported.rates),
    )
    with many_objects():
        for model, rows in tables:
            (folder / f"{table_name(model)}.csv").write_text(as_csv(rows, model), encoding="utf-8")
