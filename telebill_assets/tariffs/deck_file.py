"""A carrier's rate deck as a file: the header is found by the columns that the layout names."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from telebill_assets.errors import InvalidInputError
from telebill_assets.reference.findings import Finding, InvalidReferenceError
from telebill_assets.tariffs.layout import Layout

DELIMITERS = (",", ";", "\t", "|")
LINES_BEFORE_HEADER = 60


@dataclass(frozen=True)
class DeckLine:
    """The cells of a line by the fields of the layout, without surrounding blanks."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class _Header:
    line: int
    delimiter: str
    positions: Mapping[str, tuple[int, ...]]
    """Columns of each field."""
    width: int


def read_deck(path: Path, layout: Layout) -> tuple[list[DeckLine], list[Finding]]:
    """Lines of the deck below its header; lines on which every field is empty are left out.

    Raises:
        InvalidInputError: the file cannot be read.
        InvalidReferenceError: no line names all columns of the layout.
    """
    try:
        text = path.read_text(encoding=layout.encoding)
    except OSError as error:
        raise InvalidInputError(f"{path} cannot be read: {error.strerror}") from error
    except LookupError as error:
        raise InvalidInputError(f"encoding is '{layout.encoding}', expected one such as utf-8 or latin-1") from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        wrong = Finding(path.name, line, "line", f"byte {error.start}", f"text in {layout.encoding}")
        raise InvalidReferenceError([wrong]) from error
    header = _find_header(path.name, text, layout)
    lines: list[DeckLine] = []
    findings: list[Finding] = []
    for number, cells in _rows(path.name, text, header.delimiter):
        if number <= header.line or not any(cell.strip() for cell in cells):
            continue
        if len(cells) < header.width and any(place >= len(cells) for at in header.positions.values() for place in at):
            findings.append(
                Finding(path.name, number, "line", str(len(cells)), f"{header.width} cells, as in the header")
            )
            continue
        found = {field: "".join(cells[place].strip() for place in at) for field, at in header.positions.items()}
        if any(found.values()):
            lines.append(DeckLine(number, found))
    return lines, findings


def _rows(file: str, text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        raise InvalidReferenceError([Finding(file, reader.line_num, "line", str(error), "a line of CSV")]) from error


def _find_header(file: str, text: str, layout: Layout) -> _Header:
    """The first line that names all columns, by whichever delimiter; else say what the most likely one lacks."""
    likely: tuple[int, int, list[str]] = (-1, 1, [])
    for delimiter in [layout.delimiter] if layout.delimiter else DELIMITERS:
        for number, cells in _rows(
            file, "\n".join(text.split("\n", LINES_BEFORE_HEADER)[:LINES_BEFORE_HEADER]), delimiter
        ):
            if layout.header_line not in {None, number}:
                continue
            names = [_plain(cell) for cell in cells]
            positions = {field: _positions(column, names) for field, column in layout.columns.items()}
            missing = [field for field, at in positions.items() if not at]
            if not missing:
                return _Header(number, delimiter, positions, len(cells))
            likely = max(likely, (len(positions) - len(missing), number, missing), key=lambda found: found[0])
    _, number, missing = likely
    missing = missing or list(layout.columns)
    raise InvalidReferenceError(
        [Finding(file, number, field, "", f"a column {layout.columns[field]} in the header") for field in missing]
    )


def _positions(column: str, names: Sequence[str]) -> tuple[int, ...]:
    """Where a column stands; `NPA+NXX` are two, unless one has that name. Nothing if one is missing."""
    if _plain(column) in names:
        return (names.index(_plain(column)),)
    parts = [_plain(part) for part in column.split("+")]
    return tuple(names.index(part) for part in parts) if all(part in names for part in parts) else ()


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
