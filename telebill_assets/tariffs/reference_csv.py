"""destinations.csv and rates.csv of a reference folder: read, changed and written as whole tables."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from telebill_assets.reference.rows import read_rows
from telebill_assets.tables.table import TableModel, table_name

Values = dict[str, Any]


def read_table(folder: Path, model: TableModel) -> list[Values]:
    """Rows of a table with their `line`; none if the folder has no such file.

    Raises:
        InvalidReferenceError: the file has faults, which are mended first.
    """
    path = folder / f"{table_name(model)}.csv"
    if not path.is_file():
        return []
    return [{**row.values, "line": row.line} for row in read_rows(path, model)]


def as_csv(rows: Iterable[Mapping[str, Any]], model: TableModel) -> str:
    """The rows as the text of a file, in the order of the model's columns."""
    columns = list(model.to_schema().columns)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(row.get(name)) for name in columns] for row in rows)
    return text.getvalue()


def with_defaults(values: Mapping[str, Any], model: TableModel) -> Values:
    """A new row: columns that it leaves out are any (*) if rows are told apart by them, else empty; dates are open."""
    return {**_defaults(model), **values}


@cache
def _defaults(model: TableModel) -> Values:
    unique: Sequence[str] = model.to_schema().unique or []
    named = {name: "*" if name in unique else None for name in model.to_schema().columns}
    return {name: None if name.startswith("valid_") else value for name, value in named.items()}


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date) else str(value)
