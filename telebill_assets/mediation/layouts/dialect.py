"""How the lines of a file are cut into fields: delimited text, fixed columns, or keys with values."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from telebill_assets.mediation.layouts.fields import normal
from telebill_assets.mediation.lines import BOM, Lines

LONGEST_RECORD = 20
"""Lines that a record with line breaks inside quotes may span."""
DELIMITERS = (",", ";", "\t", "|")
UNIT_SEPARATOR = "\x1f"

csv.field_size_limit(2**31 - 1)  # a quote that is never closed makes the rest of the line one field


@dataclass(frozen=True)
class Records:
    """The records of one or more files: their lines, and the fields of the well-formed ones."""

    lines: Lines
    well_formed: np.ndarray
    """Whether each record has the fields of a record; `fields` holds only those that have, in order."""
    fields: pa.Table
    expected: str
    """What a well-formed line has, for error messages."""


class Dialect(Protocol):
    """A way of cutting lines into fields."""

    def cells(self, text: str) -> list[str]:
        """Fields of one line; for recognising a file by its first lines."""
        ...

    def split(self, lines: Lines, names: Sequence[str]) -> Records:
        """Fields of all lines. A line that cannot be cut is a record that is not well-formed.

        What becomes of a line depends on the lines of its own file only.
        """
        ...

    def relatives(self) -> "Sequence[Dialect]":
        """Dialects in which the same fields may come from another hand."""
        ...


@dataclass(frozen=True)
class Delimited:
    """Fields between delimiters. Quotes are doubled inside quotes; a line break inside quotes is part of the field."""

    delimiter: str = ","
    quote: str = '"'
    """Empty: quotes mean nothing."""
    escape: str = ""
    quotes_inside: bool = False
    """Every field is quoted and quotes inside are written as they are, so `","` is the only thing that can cut."""

    def cells(self, text: str) -> list[str]:
        if self.quotes_inside and _all_quoted(text):
            return re.sub(r'"\s*,\s*"', UNIT_SEPARATOR, text.strip()[1:-1]).split(UNIT_SEPARATOR)
        return next(self._reader([text + "\n"]), [])

    def relatives(self) -> Sequence[Dialect]:
        return [replace(self, delimiter=other) for other in DELIMITERS if other != self.delimiter]

    def split(self, lines: Lines, names: Sequence[str]) -> Records:
        if not self.quotes_inside:
            return self._split(lines, names)
        quoted = np.isin(lines.file, [file for file, text in lines.texts_at(lines.first()) if _all_quoted(text)])
        parts = [(lines.where(quoted), self._split_quoted), (lines.where(~quoted), self._split)]
        return _together([split(part, names) for part, split in parts if len(part)])

    def _split_quoted(self, lines: Lines, names: Sequence[str]) -> Records:
        inner = pc.replace_substring_regex(pc.utf8_trim_whitespace(lines.text), r'"\s*,\s*"', UNIT_SEPARATOR)
        inner = pc.replace_substring_regex(inner, '^"|"$', "")
        found = Delimited(UNIT_SEPARATOR, quote="").split(replace(lines, text=inner), names)
        return replace(found, lines=lines)

    def _split(self, lines: Lines, names: Sequence[str]) -> Records:
        parsed = self._with_arrow(_without_marks(lines), names)
        if parsed is None:
            return self._apart(lines, names)
        fields, malformed = parsed
        well_formed = np.ones(len(lines), dtype=bool)
        well_formed[malformed] = False
        repaired = {i: row for i in malformed if (row := self._without_blanks(lines.text[i].as_py(), len(names)))}
        if repaired:
            fields = _inserted(fields, repaired, np.flatnonzero(well_formed), names)
            well_formed[list(repaired)] = True
        return Records(lines, well_formed, fields, f"{len(names)} fields")

    def _with_arrow(self, texts: pa.Array, names: Sequence[str]) -> tuple[pa.Table, list[int]] | None:
        """Fields, and the positions of lines with a wrong number of them. None if a quote spans lines."""
        malformed: list[int] = []

        def skip(row: pacsv.InvalidRow) -> str:
            malformed.append(row.number - 1)
            return "skip"

        everything = pa.ListArray.from_arrays(pa.array([0, len(texts)], pa.int32()), texts)
        content = pc.binary_join(everything, "\n")[0].as_buffer()
        fields = pacsv.read_csv(
            pa.BufferReader(content),
            pacsv.ReadOptions(use_threads=False, column_names=list(names), block_size=content.size + 1),
            pacsv.ParseOptions(
                delimiter=self.delimiter,
                quote_char=self.quote or False,
                escape_char=self.escape or False,
                invalid_row_handler=skip,
                newlines_in_values=True,
                ignore_empty_lines=False,
            ),
            pacsv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False),
        )
        return (fields, malformed) if fields.num_rows + len(malformed) == len(texts) else None

    def _without_blanks(self, text: str, width: int) -> list[str] | None:
        """The fields of a line that has too many, if those too many are blank."""
        cells = self.cells(text)
        extra = len(cells) > width and not any(cell.strip() for cell in cells[width:])
        return cells[:width] if extra else None

    def _apart(self, lines: Lines, names: Sequence[str]) -> Records:
        """The files in which a quote is not closed on its line, each for itself, and all others together again."""
        files = np.unique(lines.file)
        if len(files) == 1:
            return self._line_by_line(lines, names)
        alone = np.unique(lines.file[self._unclosed(lines)]) if self.quote else files
        if not len(alone):
            alone = files
        parts = [lines.where(lines.file == file) for file in alone] + [lines.where(~np.isin(lines.file, alone))]
        return _together([self._split(part, names) for part in parts if len(part)])

    def _unclosed(self, lines: Lines) -> np.ndarray:
        return np.asarray(pc.count_substring(lines.text, self.quote)) % 2 == 1

    def _line_by_line(self, lines: Lines, names: Sequence[str]) -> Records:
        """The tolerant reader, for a file in which a quote is not closed on its line."""
        texts, width = lines.text.to_pylist(), len(names)
        first, raw, rows, well_formed = [], [], [], []
        i = 0
        while i < len(texts):
            spanned, cells = self._record_at(texts, i, width)
            first.append(i)
            raw.append("\n".join(texts[i : i + spanned]))
            well_formed.append(cells is not None)
            if cells is not None:
                rows.append(cells)
            i += spanned
        whole = Lines(lines.file[first], lines.number[first], pa.array(raw, pa.string()))
        return Records(whole, np.array(well_formed, dtype=bool), _table(rows, names), f"{width} fields")

    def _record_at(self, lines: Sequence[str], i: int, width: int) -> tuple[int, list[str] | None]:
        """How many lines the record at line `i` spans, and its fields unless it is malformed.

        A quote that is left open goes on in the next lines only if that makes a whole record; else it is a fault
        of its own line, and the next lines are records of their own.
        """
        text = lines[i]
        if not self._open(text):
            cells = self.cells(text)
            return 1, cells if len(cells) == width else self._without_blanks(text, width)
        for j in range(i + 1, min(i + LONGEST_RECORD, len(lines))):
            if not self._open(lines[j]) and len(self.cells(lines[j])) == width:
                break
            text = f"{text}\n{lines[j]}"
            cells = next(self._reader(text.splitlines(keepends=True)), [])
            if not self._open(text) and len(cells) == width:
                return j - i + 1, cells
        return 1, None

    def _open(self, text: str) -> bool:
        return bool(self.quote) and text.count(self.quote) % 2 == 1

    def _reader(self, lines: Iterable[str]) -> Iterator[list[str]]:
        return csv.reader(
            lines,
            delimiter=self.delimiter,
            quotechar=self.quote or None,
            escapechar=self.escape or None,
            quoting=csv.QUOTE_MINIMAL if self.quote else csv.QUOTE_NONE,
        )


@dataclass(frozen=True, eq=False)
class FixedColumns:
    """Fields by their first and last column, counted from 1."""

    columns: Mapping[str, tuple[int, int]]
    shortest: int
    """Shorter lines are not records."""

    def cells(self, text: str) -> list[str]:
        text = text.replace("\x00", "")
        return [text[first - 1 : last] for first, last in self.columns.values()]

    def relatives(self) -> Sequence[Dialect]:
        return ()

    def split(self, lines: Lines, names: Sequence[str]) -> Records:  # noqa: ARG002
        texts = pc.replace_substring(lines.text, "\x00", "")
        well_formed = pc.greater_equal(pc.utf8_length(texts), self.shortest)
        good = texts.filter(well_formed)
        fields = {
            normal(name): pc.utf8_slice_codeunits(good, first - 1, last) for name, (first, last) in self.columns.items()
        }
        return Records(
            replace(lines, text=texts), np.asarray(well_formed), pa.table(fields), f"at least {self.shortest} columns"
        )


@dataclass(frozen=True, eq=False)
class KeyValues:
    """A few fields by position, then `key='value'` in any order and number."""

    head: Sequence[str]
    keys: Sequence[str]
    required: str
    """Key without which a line is no record."""

    def cells(self, text: str) -> list[str]:
        return text.split(",")

    def relatives(self) -> Sequence[Dialect]:
        return ()

    def split(self, lines: Lines, names: Sequence[str]) -> Records:  # noqa: ARG002
        head = rf"^\s*{','.join(['[^,]*'] * len(self.head))},.*{re.escape(self.required)}="
        well_formed = pc.match_substring_regex(lines.text, head)
        good = lines.text.filter(well_formed)
        positions = pc.extract_regex(good, "^" + ",".join(f"(?P<h{i}>[^,]*)" for i in range(len(self.head))))
        fields = {normal(name): pc.struct_field(positions, f"h{i}") for i, name in enumerate(self.head)}
        for key in self.keys:
            found = pc.extract_regex(good, rf"(?:^|,)\s*{re.escape(key)}=(?P<v>'[^']*'|[^,]*)")
            fields[normal(key)] = pc.utf8_trim(pc.struct_field(found, "v"), "'")
        return Records(
            lines, np.asarray(well_formed), pa.table(fields), f"{len(self.head)} fields and {self.required}="
        )


def _together(parts: Sequence[Records]) -> Records:
    """Records that were cut in several parts, as one batch in the order of the parts."""
    if len(parts) == 1:
        return parts[0]
    return Records(
        Lines.together([part.lines for part in parts]),
        np.concatenate([part.well_formed for part in parts]),
        pa.concat_tables([part.fields for part in parts]),
        parts[0].expected,
    )


def _without_marks(lines: Lines) -> pa.Array:
    """The texts, the first of each file without the byte order mark that a header may have before it.

    Arrow takes it off the first of a batch.
    """
    first = lines.first()
    marked = [i for i, (_, text) in zip(first.tolist(), lines.texts_at(first), strict=True) if text.startswith(BOM)]
    if not marked:
        return lines.text
    chosen = np.isin(np.arange(len(lines)), marked)
    return pc.if_else(pa.array(chosen), pc.replace_substring_regex(lines.text, f"^{BOM}", ""), lines.text)


def _all_quoted(text: str) -> bool:
    text = text.strip()
    return text.startswith('"') and text.endswith('"') and re.search(r'"\s*,\s*"', text) is not None


def _table(rows: Sequence[Sequence[str]], names: Sequence[str]) -> pa.Table:
    return pa.table({name: pa.array([row[i] for row in rows], pa.string()) for i, name in enumerate(names)})


def _inserted(
    fields: pa.Table, repaired: Mapping[int, Sequence[str]], good: np.ndarray, names: Sequence[str]
) -> pa.Table:
    """The fields with the repaired lines at their places; `good` are the positions of the lines in `fields`."""
    both = pa.concat_tables([fields, _table(list(repaired.values()), names)])
    return both.take(pa.array(np.argsort(np.concatenate([good, list(repaired)]), kind="stable")))
