"""The rows of all reference files: those that can be used, and what is known of those that cannot."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any

from telebill_assets.reference.rows import Row, Typed


class Tables(Mapping[str, Sequence[Row]]):
    """The sound rows of each table by its name."""

    def __init__(self) -> None:
        self._sound: dict[str, list[Row]] = {}
        self.faulty: dict[str, list[Row]] = defaultdict(list)
        """Rows with findings of their own; values that could not be read are None."""
        self.unread: set[str] = set()
        """Tables of which a line could not be taken apart, so nobody knows what is missing in them."""

    def add(self, table: str, rows: Typed, *, read_whole: bool) -> None:
        """Add the rows of a table; `read_whole` unless the file is missing or a line of it could not be taken apart."""
        self._sound[table], self.faulty[table] = rows.sound, rows.faulty
        if not read_whole:
            self.unread.add(table)

    def known(self, table: str, column: str) -> set[Any]:
        """Values of a column, also in rows that have other faults."""
        return {row[column] for rows in (self._sound[table], self.faulty[table]) for row in rows}

    def whole(self, *tables: str) -> bool:
        """Whether every row of these tables can be used."""
        return not any(table in self.unread or self.faulty[table] for table in tables)

    def __getitem__(self, table: str) -> Sequence[Row]:
        return self._sound[table]

    def __iter__(self) -> Iterator[str]:
        return iter(self._sound)

    def __len__(self) -> int:
        return len(self._sound)


def sharing(rows: Sequence[Row], columns: Sequence[str]) -> list[list[Row]]:
    """Rows that agree in these columns, together; rows that agree with no other are left out."""
    key_of = itemgetter(*columns)
    keys = [key_of(row.values) for row in rows]
    counts = Counter(keys)
    if len(counts) == len(rows):
        return []
    grouped: dict[Any, list[Row]] = defaultdict(list)
    for key, row in zip(keys, rows, strict=True):
        if counts[key] > 1:
            grouped[key].append(row)
    return list(grouped.values())
