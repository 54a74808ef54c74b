"""Rows of a reference file as they stand in it: texts, with the line of each row."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from telebill_assets.reference.bulk import many_objects
from telebill_assets.reference.findings import Finding
from telebill_assets.tables.table import TableModel, nullable_columns, polars_schema


@dataclass(frozen=True)
class TextRow:
    """A row of a reference file as its texts, with the line on which it stands."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Texts:
    """The rows of a file, column by column; a missing column is empty."""

    file: str
    lines: Sequence[int]
    columns: Mapping[str, Sequence[str]]

    @classmethod
    def of(cls, file: str, rows: Sequence[TextRow]) -> "Texts":
        """Turn the rows of a file into columns; a cell that a row lacks is empty."""
        names = {name for row in rows for name in row.cells}
        columns = {name: [row.cells.get(name, "") for row in rows] for name in names}
        return cls(file, [row.line for row in rows], columns)

    def rows(self) -> list[TextRow]:
        """The rows in the order of the file, each with its line and cells."""
        return [TextRow(line, self.cells(i)) for i, line in enumerate(self.lines)]

    def column(self, name: str) -> Sequence[str]:
        return self.columns.get(name) or [""] * len(self.lines)

    def cells(self, position: int) -> dict[str, str]:
        """The texts of one row by column."""
        return {name: column[position] for name, column in self.columns.items()}


def read_csv(path: Path, model: TableModel) -> tuple[Texts, list[Finding]]:
    """Rows of a CSV file whose first line names the model's columns, in any order; those that may be empty may be left
    out.
    """
    nothing = Texts(path.name, [], {})
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        return nothing, [Finding(path.name, line, "line", f"byte {error.start}", "text in UTF-8")]
    reader = csv.reader(io.StringIO(text, newline=""))
    header = next(reader, [])
    findings = list(_header_faults(path.name, header, model))
    if findings:
        return nothing, findings
    lines, rows = [], []
    with many_objects():
        try:
            for cells in reader:
                if len(cells) == len(header):
                    lines.append(reader.line_num)
                    rows.append(cells)
                elif any(cells):
                    number, wanted = str(len(cells)), f"{len(header)} fields"
                    findings.append(Finding(path.name, reader.line_num, "line", number, wanted))
        except csv.Error as error:
            findings.append(Finding(path.name, reader.line_num, "line", str(error), "a line of CSV"))
        return Texts(path.name, lines, dict(zip(header, zip(*rows, strict=True), strict=False))), findings


def _header_faults(file: str, header: Sequence[str], model: TableModel) -> Iterator[Finding]:
    shown, columns, optional = ",".join(header), list(polars_schema(model)), nullable_columns(model)
    for name in columns:
        if name not in header and name not in optional:
            yield Finding(file, 1, "header", shown, f"a column {name}")
        if header.count(name) > 1:
            yield Finding(file, 1, "header", shown, f"one column {name}")
    yield from (Finding(file, 1, "header", name, "no such column") for name in header if name not in columns)
