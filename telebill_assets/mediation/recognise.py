"""Which layout a file is of, by its first lines."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from telebill_assets.mediation.layouts.dialect import Dialect
from telebill_assets.mediation.layouts.layout import Layout

SAMPLE = 60
"""Lines by which a file is recognised; any of them may be bad."""
HEADER_LINES = 5
"""Lines among which the header is looked for; exports may begin with a title or a version."""


@dataclass(frozen=True)
class Recognised:
    """A layout, and what a file of it is like. Files for which all of this is the same are read together."""

    layout: Layout
    dialect: Dialect
    names: tuple[str, ...]
    header: str | None
    """The header as it is written."""
    first_line: int
    """Position of the first line after the header among the lines that are not blank."""
    wrapped: bool
    """Whether every line as a whole stands in quotes."""


def recognise(lines: Sequence[str], layouts: Iterable[Layout]) -> Recognised | None:
    """The first of the layouts that the lines are of; None if they are of none.

    A file that a spreadsheet or an exporter has written with another delimiter is still of its layout.
    """
    sample, layouts = lines[:SAMPLE], list(layouts)
    for own in (True, False):
        for wrapped, texts in _readings(sample):
            for layout in layouts:
                for dialect in [layout.dialect] if own else layout.dialect.relatives():
                    if found := _by_header(layout, dialect, texts) or _by_positions(layout, dialect, texts):
                        names, first_line = found
                        header = sample[first_line - 1] if first_line else None
                        return Recognised(layout, dialect, tuple(names), header, first_line, wrapped)
    return None


def _readings(sample: Sequence[str]) -> Iterator[tuple[bool, Sequence[str]]]:
    """The lines as they are, and without the quotes in which all of them stand."""
    yield False, sample
    if all(is_wrapped(line) for line in sample):
        yield True, [unwrap(line) for line in sample]


def is_wrapped(line: str) -> bool:
    """Whether a whole line stands in quotes."""
    line = line.strip()
    return len(line) > 1 and line[0] == line[-1] == '"'


def unwrap(line: str) -> str:
    """The text of a line that as a whole stands in quotes."""
    return line.strip()[1:-1].replace('""', '"')


def _by_header(layout: Layout, dialect: Dialect, texts: Sequence[str]) -> tuple[Sequence[str], int] | None:
    if not layout.header:
        return None
    for i, text in enumerate(texts[:HEADER_LINES]):
        names = layout.column_names(dialect.cells(text))
        if names:
            return names, i + 1
    return None


def _by_positions(layout: Layout, dialect: Dialect, texts: Sequence[str]) -> tuple[Sequence[str], int] | None:
    """By the records of which there are most: half of the lines at least must look like records of the layout."""
    if not layout.widths:
        return None
    records = [text for text in texts if not (layout.skip and re.search(layout.skip, text))]
    fitting: dict[int, list[Sequence[str]]] = {}
    for text in records:
        if names := layout.position_names(dialect.cells(text)):
            alike = fitting.setdefault(len(names), [])
            alike.append(names)
            if 2 * len(alike) > len(records):
                return names, 0
    if 2 * sum(map(len, fitting.values())) < max(len(records), 1):
        return None
    return max(fitting.values(), key=len)[0], 0
