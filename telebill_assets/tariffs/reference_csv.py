"""destinations.csv and rates.csv of a reference folder: read, changed and written as whole tables."""

import csv
import io
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from telebill_assets.reference.rows import read_rows
from telebill_assets.tables.table import TableModel, polars_schema, table_name, unique_columns

Values = dict[str, Any]


def read_table(folder: Path, model: TableModel) -> list[Values]:
    """Rows of a table with their `line`; none if the folder has no such file.

    Decimals keep the digits that they are written with, so that an import does not rewrite a price it does not change.

    Raises:
        InvalidReferenceError: the file has faults, which are mended first.
    """
    path = folder / f"{table_name(model)}.csv"
    if not path.is_file():
        return []
    rows = read_rows(path, model)
    values = rows.table().with_columns(pl.Series("line", rows.lines)).to_dicts()
    for name in (name for name, kind in polars_schema(model).items() if isinstance(kind, pl.Decimal)):
        for row, text in zip(values, rows.texts.column(name), strict=True):
            if row[name] is not None:
                row[name] = Decimal(text.strip())
    return values


def as_csv(rows: Sequence[Mapping[str, Any]], model: TableModel) -> str:
    """The rows as the text of a file, in the order of the model's columns."""
    types = polars_schema(model)
    columns = [_texts([row.get(name) for row in rows], kind) for name, kind in types.items()]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(types)
    writer.writerows(zip(*columns, strict=True))
    return text.getvalue()


def with_defaults(values: Mapping[str, Any], model: TableModel) -> Values:
    """A new row: columns that it leaves out are any (*) if rows are told apart by them, else empty; dates are open."""
    return {**_defaults(model), **values}


@cache
def _defaults(model: TableModel) -> Values:
    unique = unique_columns(model)
    named = {name: "*" if name in unique else None for name in polars_schema(model)}
    return {name: None if name.startswith("valid_") else value for name, value in named.items()}


def _texts(values: Sequence[Any], kind: pl.DataType) -> Sequence[Any]:
    """Values as a writer of CSV takes them: decimals with all their digits; None is empty, dates are ISO dates."""
    return [None if each is None else f"{each:f}" for each in values] if isinstance(kind, pl.Decimal) else values
