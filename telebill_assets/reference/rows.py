"""Rows of a reference file: first as texts with their line, then typed and checked by their table's model."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Any

from telebill_assets.reference.cells import UnreadableCellError, Value, broken_rule, read_cell
from telebill_assets.reference.findings import Finding, InvalidReferenceError
from telebill_assets.tables.table import TableModel


@dataclass(frozen=True)
class TextRow:
    """A row as it stands in the file."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Texts:
    """The rows of a file as they stand in it, column by column; a missing column is empty."""

    lines: Sequence[int]
    columns: Mapping[str, Sequence[str]]

    @classmethod
    def of(cls, rows: Sequence[TextRow]) -> "Texts":
        """The same rows, one by one."""
        names = {name for row in rows for name in row.cells}
        return cls([row.line for row in rows], {name: [row.cells.get(name, "") for row in rows] for name in names})

    def rows(self) -> list[TextRow]:
        """The rows one by one."""
        names = list(self.columns)
        cells = zip(*self.columns.values(), strict=True)
        return [TextRow(line, dict(zip(names, row, strict=True))) for line, row in zip(self.lines, cells, strict=True)]

    def column(self, name: str) -> Sequence[str]:
        return self.columns.get(name) or [""] * len(self.lines)


@dataclass(slots=True)
class Row:
    """A row with the values of its table's columns."""

    file: str
    line: int
    values: Mapping[str, Any]

    def __getitem__(self, column: str) -> Any:
        return self.values[column]

    def wrong(self, field: str, expected: str) -> Finding:
        """The finding that this row's field should be something else."""
        value = self.values.get(field)
        return Finding(self.file, self.line, field, "" if value is None else str(value), expected)


def read_csv(path: Path, model: TableModel) -> tuple[Texts, list[Finding]]:
    """Rows of a CSV file whose first line names the model's columns, in any order; those that may be empty may be left
    out.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        return Texts([], {}), [Finding(path.name, line, "line", f"byte {error.start}", "text in UTF-8")]
    reader = csv.reader(io.StringIO(text, newline=""))
    header = next(reader, [])
    findings = list(_header_faults(path.name, header, model))
    if findings:
        return Texts([], {}), findings
    lines, rows = [], []
    try:
        for cells in reader:
            if len(cells) == len(header):
                lines.append(reader.line_num)
                rows.append(cells)
            elif any(cells):
                findings.append(Finding(path.name, reader.line_num, "line", str(len(cells)), f"{len(header)} fields"))
    except csv.Error as error:
        findings.append(Finding(path.name, reader.line_num, "line", str(error), "a line of CSV"))
    return Texts(lines, dict(zip(header, zip(*rows, strict=True), strict=False))), findings


def _header_faults(file: str, header: Sequence[str], model: TableModel) -> Iterator[Finding]:
    shown, columns = ",".join(header), model.to_schema().columns
    for name, column in columns.items():
        if name not in header and not column.nullable:
            yield Finding(file, 1, "header", shown, f"a column {name}")
        if header.count(name) > 1:
            yield Finding(file, 1, "header", shown, f"one column {name}")
    yield from (Finding(file, 1, "header", name, "no such column") for name in header if name not in columns)


@dataclass(frozen=True)
class Typed:
    """Rows of a file by whether they can be used, and what is wrong with those that cannot."""

    sound: list[Row]
    faulty: list[Row]
    """Values that could not be read are None."""
    findings: list[Finding]


class _Column(dict[str, Value]):
    """Values of a column by their text. Each distinct text is read and checked once: a deck repeats most of them."""

    def __init__(self, name: str, column: Any) -> None:
        super().__init__()
        self.name = name
        self.faults: dict[str, list[str]] = {}
        self._kind, self._checks, self._nullable = column.dtype.type, list(column.checks), column.nullable

    def __missing__(self, text: str) -> Value:
        self[text], expected = self._read(text)
        if expected:
            self.faults[text] = expected
        return self[text]

    def _read(self, text: str) -> tuple[Value, list[str]]:
        try:
            value = read_cell(text, self._kind)
        except UnreadableCellError as error:
            return None, [str(error)]
        if value is None:
            return None, [] if self._nullable else ["a value"]
        if not self._checks:
            return value, []
        return value, [expected for check in self._checks if (expected := broken_rule(value, check))]


def typed(file: str, model: TableModel, texts: Texts) -> Typed:
    """Read every cell by its column's type and check it, and every row, by the model."""
    columns = [_Column(name, column) for name, column in model.to_schema().columns.items()]
    names = [column.name for column in columns]
    values = zip(*[map(column.__getitem__, texts.column(column.name)) for column in columns], strict=True)
    rows = [
        Row(file, line, dict(zip(names, cells, strict=True))) for line, cells in zip(texts.lines, values, strict=True)
    ]
    findings = [
        Finding(file, line, column.name, text, expected)
        for column in columns
        if column.faults
        for line, text in zip(texts.lines, texts.column(column.name), strict=True)
        for expected in column.faults.get(text, ())
    ]
    sound, unreadable = _apart(rows, findings)
    for rule in _row_rules(model):
        findings += [finding for row in sound if (finding := rule(row))]
    findings += _repeated(model, sound)
    sound, faulty = _apart(sound, findings)
    return Typed(sound, [*unreadable, *faulty], findings)


def read_rows(path: Path, model: TableModel) -> list[Row]:
    """The rows of one file, for those who need no other.

    Raises:
        InvalidReferenceError: with every finding of the file.
    """
    texts, wrong = read_csv(path, model)
    found = typed(path.name, model, texts)
    if wrong or found.findings:
        raise InvalidReferenceError([*wrong, *found.findings])
    return found.sound


def _apart(rows: list[Row], findings: Sequence[Finding]) -> tuple[list[Row], list[Row]]:
    """Rows without and with findings."""
    if not findings:
        return rows, []
    wrong = {finding.line for finding in findings}
    return [row for row in rows if row.line not in wrong], [row for row in rows if row.line in wrong]


def _repeated(model: TableModel, rows: Sequence[Row]) -> list[Finding]:
    """Rows whose unique columns another row before them has too."""
    key = list(model.to_schema().unique or [])
    key_of = itemgetter(*key)
    if len({key_of(row.values) for row in rows}) == len(rows):
        return []
    first: dict[Any, Row] = {}
    findings = []
    for row in rows:
        earlier = first.setdefault(key_of(row.values), row)
        if earlier is not row:
            shown = ", ".join(str(row[name]) for name in key)
            expected = f"a key that no other row has; line {earlier.line} has it"
            findings.append(Finding(row.file, row.line, ", ".join(key), shown, expected))
    return findings


def _dates_in_order(row: Row) -> Finding | None:
    if row["valid_to"] is None or row["valid_from"] is None or row["valid_from"] <= row["valid_to"]:
        return None
    return row.wrong("valid_to", f"no day before valid_from {row['valid_from']}")


def _fee_in_first_group(row: Row) -> Finding | None:
    if row["from_s"] == 0 or row["connect_fee"] == 0:
        return None
    return row.wrong("connect_fee", "0, because only the group at 0 s has a connect fee")


def _maximum_not_below_minimum(row: Row) -> Finding | None:
    if row["min_charge"] is None or row["max_charge"] is None or row["min_charge"] <= row["max_charge"]:
        return None
    return row.wrong("max_charge", f"no less than min_charge {row['min_charge']}")


ROW_RULES: Mapping[str, Callable[[Row], Finding | None]] = {
    "dates_in_order": _dates_in_order,
    "fee_in_first_group": _fee_in_first_group,
    "maximum_not_below_minimum": _maximum_not_below_minimum,
}
"""The row rules of the reference models, by name, for files that no Spark session looks at."""


def _row_rules(model: TableModel) -> list[Callable[[Row], Finding | None]]:
    return [ROW_RULES[str(check.name)] for check in model.to_schema().checks]
