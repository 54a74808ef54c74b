"""What Pandera finds when it checks the rows of a reference file by their model."""

from collections.abc import Iterable
from typing import Any

import polars as pl
from pandera.errors import SchemaErrors

from telebill_assets.tables.table import TableModel, validate

COLUMN, TABLE = "Column", "DataFrameSchema"
"""Pandera's names for what a check stands on: a column, or the table."""
NOT_NULL, UNIQUE = "not_nullable", "multiple_fields_uniqueness"
"""Pandera's names for what a model says without a check: a column has no null, rows have keys of their own."""


class Failures:
    """The positions of the rows that break each check, in order."""

    def __init__(self, cases: Iterable[dict[str, Any]]) -> None:
        self._rows: dict[tuple[str, str | None, str | int], list[int]] = {}
        for case in cases:
            where = case["column"] if case["schema_context"] == COLUMN else None
            check = case["check"] if case["check_number"] is None else case["check_number"]
            self._rows.setdefault((case["schema_context"], where, check), []).append(case["index"])

    def nulls(self, column: str) -> list[int]:
        """Rows without a value in a column that must have one."""
        return self._rows.get((COLUMN, column, NOT_NULL), [])

    def of_column(self, column: str, number: int) -> list[int]:
        """Rows that break the column's check of this number."""
        return self._rows.get((COLUMN, column, number), [])

    def of_rows(self, number: int) -> list[int]:
        """Rows that break the table's row check of this number."""
        return self._rows.get((TABLE, None, number), [])

    @property
    def repeated(self) -> list[int]:
        """Rows that share their unique columns with another."""
        return self._rows.get((TABLE, None, UNIQUE), [])


def failures(frame: pl.DataFrame, model: TableModel) -> Failures:
    """Let Pandera check a frame that has the columns and types of the model.

    Raises:
        pandera.errors.SchemaErrors: what is wrong is about no row.
    """
    try:
        validate(model.to_schema(), frame)
    except SchemaErrors as found:
        cases = found.failure_cases.drop("failure_case")
        if cases["index"].null_count():
            raise
        return Failures(cases.iter_rows(named=True))
    return Failures([])
