"""Rows of a reference file: first as texts with their line, then typed and checked by their table's model."""

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from telebill_assets.reference.cells import UnreadableCellError, Value, broken_rule, read_cell
from telebill_assets.reference.findings import Finding
from telebill_assets.schemas.table import TableModel


@dataclass(frozen=True)
class TextRow:
    """A row as it stands in the file."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
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


def read_csv(path: Path, model: TableModel) -> tuple[list[TextRow], list[Finding]]:
    """Rows of a CSV file whose first line names the model's columns, in any order; those that may be empty may be left
    out.
    """
    columns = model.to_schema().columns
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        header = next(reader, [])
        findings = [
            *(
                Finding(path.name, 1, "header", ",".join(header), f"a column {name}")
                for name, column in columns.items()
                if name not in header and not column.nullable
            ),
            *(Finding(path.name, 1, "header", name, "no such column") for name in header if name not in columns),
        ]
        if findings:
            return [], findings
        rows = []
        for cells in reader:
            if not any(cells):
                continue
            if len(cells) != len(header):
                findings.append(Finding(path.name, reader.line_num, "line", str(len(cells)), f"{len(header)} fields"))
                continue
            rows.append(TextRow(reader.line_num, dict(zip(header, cells, strict=True))))
    return rows, findings


def typed(file: str, model: TableModel, rows: Iterable[TextRow]) -> tuple[list[Row], list[Finding]]:
    """Read every cell by its column's type and check it by the model; rows without findings are returned."""
    good: list[Row] = []
    findings: list[Finding] = []
    for row in rows:
        values, wrong = _values(file, model, row)
        findings += wrong
        if not wrong:
            good.append(Row(file, row.line, values))
    for rule in _row_rules(model):
        findings += [finding for row in good if (finding := rule(row))]
    return good, [*findings, *_repeated(model, good)]


def _values(file: str, model: TableModel, row: TextRow) -> tuple[dict[str, Value], list[Finding]]:
    values: dict[str, Value] = {}
    findings = []
    for name, column in model.to_schema().columns.items():
        text = row.cells.get(name, "")
        try:
            values[name] = read_cell(text, column.dtype.type)
        except UnreadableCellError as error:
            findings.append(Finding(file, row.line, name, text, str(error)))
            continue
        if values[name] is None and not column.nullable:
            findings.append(Finding(file, row.line, name, text, "a value"))
        broken = (broken_rule(values[name], check) for check in column.checks)
        findings += [Finding(file, row.line, name, text, expected) for expected in broken if expected]
    return values, findings


def _repeated(model: TableModel, rows: Sequence[Row]) -> list[Finding]:
    """Rows whose unique columns another row before them has too."""
    key = list(model.to_schema().unique or [])
    first: dict[tuple[Any, ...], Row] = {}
    findings = []
    for row in rows:
        earlier = first.setdefault(tuple(row[name] for name in key), row)
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
