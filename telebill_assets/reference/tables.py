"""The rows of all reference files: those that can be used, and what is known of those that cannot."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any

import polars as pl

from telebill_assets.reference.rows import Checked, Row, Rows


class Tables(Mapping[str, Rows]):
    """The sound rows of each table by its name."""

    def __init__(self) -> None:
        self._sound: dict[str, Rows] = {}
        self.faulty: dict[str, Rows] = {}
        """Rows with findings of their own; values that could not be read are null."""
        self.unread: set[str] = set()
        """Tables of which a line could not be taken apart, so nobody knows what is missing in them."""

    def add(self, table: str, rows: Checked, *, read_whole: bool) -> None:
        """Add the rows of a table; `read_whole` unless the file is missing or a line of it could not be taken apart."""
        self._sound[table], self.faulty[table] = rows.sound, rows.faulty
        if not read_whole:
            self.unread.add(table)

    def known(self, table: str, column: str) -> set[Any]:
        """Values of a column, also in rows that have other faults."""
        return {value for rows in (self._sound[table], self.faulty[table]) for value in rows.values(column)}

    def whole(self, *tables: str) -> bool:
        """Whether every row of these tables can be used."""
        return not any(table in self.unread or len(self.faulty[table]) for table in tables)

    def __getitem__(self, table: str) -> Rows:
        return self._sound[table]

    def __iter__(self) -> Iterator[str]:
        return iter(self._sound)

    def __len__(self) -> int:
        return len(self._sound)


def sharing(rows: Rows, columns: Sequence[str]) -> list[list[Row]]:
    """Rows that agree in these columns, together; rows that agree with no other are left out."""
    key_of = itemgetter(*columns)
    grouped: dict[Any, list[Row]] = defaultdict(list)
    for row in rows.where(pl.struct(columns).is_duplicated()):
        grouped[key_of(row.values)].append(row)
    return list(grouped.values())
