"""Rows of a reference file, typed, and checked by Pandera with their table's model."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from telebill_assets.reference.cells import read_cells
from telebill_assets.reference.failures import Failures, failures
from telebill_assets.reference.findings import Finding, InvalidReferenceError
from telebill_assets.reference.texts import Texts, read_csv
from telebill_assets.tables.checks import PRESENT, column_checks, expected, expected_of_row, row_checks
from telebill_assets.tables.table import TableModel, polars_schema, unique_columns

POSITION = "_position"
"""Column of a frame of rows: where each stands in its file's texts."""


@dataclass(slots=True)
class Row:
    """A row with the values of its table's columns."""

    texts: Texts
    values: Mapping[str, Any]

    def __getitem__(self, column: str) -> Any:
        return self.values[column]

    @property
    def line(self) -> int:
        return self.texts.lines[self.values[POSITION]]

    def text(self, column: str) -> str:
        """The value as it stands in the file."""
        return self.texts.column(column)[self.values[POSITION]]

    def wrong(self, field: str, expected: str) -> Finding:
        """The finding that this row's field should be something else."""
        return Finding(self.texts.file, self.line, field, self.text(field).strip(), expected)


class Rows(Sequence[Row]):
    """Rows of one file, as a frame for questions about all of them and one by one for what only few have."""

    def __init__(self, texts: Texts, frame: pl.DataFrame) -> None:
        self.texts = texts
        self.frame = frame
        """The model's columns, and POSITION."""

    def __len__(self) -> int:
        return self.frame.height

    def __getitem__(self, index: Any) -> Any:
        return self._rows[index]

    @cached_property
    def _rows(self) -> list[Row]:
        return [Row(self.texts, values) for values in self.frame.iter_rows(named=True)]

    def where(self, predicate: pl.Expr) -> "Rows":
        """Those for which the predicate is true."""
        return Rows(self.texts, self.frame.filter(predicate))

    def among(self, others: pl.DataFrame) -> "Rows":
        """Those that agree with one of the others in the columns of these."""
        return Rows(self.texts, self.frame.join(others, on=others.columns, how="semi", nulls_equal=True))

    def without(self, others: pl.DataFrame) -> "Rows":
        """Those that agree with none of the others in the columns of these."""
        return Rows(self.texts, self.frame.join(others, on=others.columns, how="anti", nulls_equal=True))

    def values(self, column: str) -> list[Any]:
        """Each value of a column once, in the order of the file."""
        return self.frame[column].unique(maintain_order=True).to_list()

    @property
    def lines(self) -> list[int]:
        """The line of each row."""
        return [self.texts.lines[i] for i in self.frame[POSITION]]

    def table(self) -> pl.DataFrame:
        """The model's columns alone."""
        return self.frame.drop(POSITION)


@dataclass(frozen=True)
class Checked:
    """Rows of a file by whether they can be used, and what is wrong with those that cannot."""

    sound: Rows
    faulty: Rows
    """Values that could not be read are null."""
    findings: list[Finding]


def checked(model: TableModel, texts: Texts) -> Checked:
    """Read every cell by its column's type and let Pandera check the values by the model.

    A row with a wrong value is not looked at as a whole: mending the value may mend that too.
    """
    frame, unreadable = _read(model, texts)
    found = failures(frame.drop(POSITION), model)
    findings = unreadable + _wrong_values(model, texts, found, {(each.line, each.field) for each in unreadable})
    findings += _wrong_rows(model, texts, found, _lines(findings))
    findings += _repeated(model, texts, frame, found, _lines(findings))
    if not findings:
        return Checked(Rows(texts, frame), Rows(texts, frame.clear()), [])
    wrong = pl.Series(texts.lines, dtype=pl.Int64).is_in(sorted(_lines(findings)))
    return Checked(Rows(texts, frame.filter(~wrong)), Rows(texts, frame.filter(wrong)), findings)


def read_rows(path: Path, model: TableModel) -> Rows:
    """The rows of one file, for those who need no other.

    Raises:
        InvalidReferenceError: with every finding of the file.
    """
    texts, wrong = read_csv(path, model)
    found = checked(model, texts)
    if wrong or found.findings:
        raise InvalidReferenceError([*wrong, *found.findings])
    return found.sound


def _lines(findings: Sequence[Finding]) -> set[int]:
    return {finding.line for finding in findings}


def _read(model: TableModel, texts: Texts) -> tuple[pl.DataFrame, list[Finding]]:
    """The values of all cells, and what is wrong with those that cannot be read."""
    types = polars_schema(model)
    written = pl.DataFrame({name: pl.Series(texts.column(name), dtype=pl.String) for name in types})
    read = {name: read_cells(pl.col(name), kind) for name, kind in types.items()}
    wanted = written.select(expectation.alias(name) for name, (_, expectation) in read.items())
    findings = [
        Finding(texts.file, texts.lines[i], name, texts.column(name)[i], wanted[name][i])
        for name in types
        if wanted[name].null_count() < wanted.height
        for i in wanted[name].is_not_null().arg_true()
    ]
    values = written.select(value.cast(types[name]).alias(name) for name, (value, _) in read.items())
    return values.with_row_index(POSITION).select(*types, POSITION), findings


def _wrong_values(
    model: TableModel, texts: Texts, found: Failures, unreadable: Collection[tuple[int, str]]
) -> list[Finding]:
    """What the checks of single columns found; a cell that could not be read is no missing value besides."""
    findings = []
    for name, checks in column_checks(model).items():
        wrong = [(i, PRESENT) for i in found.nulls(name) if (texts.lines[i], name) not in unreadable]
        wrong += [(i, expected(check)) for number, check in enumerate(checks) for i in found.of_column(name, number)]
        findings += [Finding(texts.file, texts.lines[i], name, texts.column(name)[i], wanted) for i, wanted in wrong]
    return findings


def _wrong_rows(model: TableModel, texts: Texts, found: Failures, faulty: Collection[int]) -> Iterator[Finding]:
    """What the checks over several columns found."""
    for number, check in enumerate(row_checks(model)):
        for i in found.of_rows(number):
            if texts.lines[i] not in faulty:
                field, wanted = expected_of_row(check, texts.cells(i))
                yield Finding(texts.file, texts.lines[i], field, texts.column(field)[i], wanted)


def _repeated(
    model: TableModel, texts: Texts, frame: pl.DataFrame, found: Failures, faulty: Collection[int]
) -> list[Finding]:
    """Rows whose unique columns a row before them has too."""
    key = unique_columns(model)
    first: dict[tuple[Any, ...], int] = {}
    findings = []
    for i in found.repeated:
        line = texts.lines[i]
        if line not in faulty:
            values = frame.select(key).row(i)
            earlier = first.setdefault(values, line)
            if earlier != line:
                wanted = f"a key that no other row has; line {earlier} has it"
                findings.append(Finding(texts.file, line, ", ".join(key), ", ".join(map(str, values)), wanted))
    return findings
