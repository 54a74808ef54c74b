"""What a CDR layout declares: how it is recognised, how its lines are cut, and where its columns come from."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from telebill_assets.mediation.layouts.columns import ColumnSource
from telebill_assets.mediation.layouts.dialect import Delimited, Dialect
from telebill_assets.mediation.layouts.fields import normal

STAMP_LIKE = r"^\s*\d{1,4}[-/]\d{1,2}[-/]\d{1,4}[ T]\d{1,2}:\d{2}"
"""A time in any of the ways in which systems, and spreadsheets after them, write it."""


@dataclass(frozen=True)
class Trailer:
    """A line that closes the file. Its totals, where it has any, must be those of the records before it."""

    pattern: str
    """May name the groups `records` and `seconds`."""
    required: bool = False
    """Whether a file without it is cut off."""


@dataclass(frozen=True, eq=False)
class Layout:
    """One CDR layout. `columns` maps unified columns of raw_cdr to where they come from.

    A layout with `header` is recognised by a line that holds these names; one with `widths` by the number of fields
    and by what some of them look like. A layout may have both.
    """

    name: str
    title: str
    columns: Mapping[str, ColumnSource] = field(default_factory=dict)
    header: Sequence[str] = ()
    """Names that a header line must hold; all others may come and go."""
    positions: Sequence[str] = ()
    """Names of all columns in order, for files without header."""
    widths: Sequence[int] = ()
    """Without header: the numbers of fields with which the layout is written."""
    looks: Mapping[str, str] = field(default_factory=dict)
    """Without header: patterns of columns by which the layout is told from others of the same width."""
    dialect: Dialect = field(default_factory=Delimited)
    encoding: str = "utf-8"
    skip: str = ""
    """Pattern of lines that are not records: versions, types, marks."""
    trailer: Trailer | None = None
    complete: tuple[str, str] | None = None
    """A column and the pattern that it has on every row of a whole export."""
    set_aside: str = ""
    """Reason for which files of this layout are never billed; they are recognised and counted."""
    one_call_per_key: bool = False
    """Whether rows with the same call_key (or else call_id) are legs of one call, billed by its longest leg."""

    def column_names(self, cells: Sequence[str]) -> list[str] | None:
        """Names of the columns if these are the fields of the header."""
        names = [normal(cell) for cell in cells]
        if not self.header or not {normal(name) for name in self.header} <= set(names):
            return None
        first = {name: i for i, name in reversed(list(enumerate(names)))}
        return [name if name and first[name] == i else f"column {i + 1}" for i, name in enumerate(names)]

    def position_names(self, cells: Sequence[str]) -> tuple[str, ...] | None:
        """Names of the columns if these are the fields of a record without header."""
        if len(cells) not in self.widths:
            return None
        names, looks = _positions(self, len(cells))
        for place, pattern in looks:
            if not pattern.search("" if place is None else cells[place]):
                return None
        return names


@cache
def _positions(layout: Layout, width: int) -> tuple[tuple[str, ...], list[tuple[int | None, re.Pattern[str]]]]:
    """Names of the columns of so wide a record, and the places and patterns of those that are looked at."""
    names = [normal(name) for name in layout.positions[:width]]
    names += [f"column {i + 1}" for i in range(len(names), width)]
    place = {name: i for i, name in enumerate(names)}
    return tuple(names), [(place.get(normal(name)), re.compile(look)) for name, look in layout.looks.items()]
