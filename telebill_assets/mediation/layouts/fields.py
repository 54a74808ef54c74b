"""The fields of a batch of records, as the columns of a layout ask for them."""

import re
from collections.abc import Callable
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

BLANKS = pa.array(["", "NULL", "null", r"\N", "[None]", "<null>", "0000-00-00 00:00:00"])
"""Texts that stand for no value, in any column of any system."""


@cache
def normal(name: str) -> str:
    """A column name without case, spaces and punctuation: `CALL ID`, `Call_Id` and `callid` are the same."""
    return re.sub(r"[^a-z0-9]+", "", name.lower())


class Fields:
    """Fields of many records by column. What several unified columns are made of is worked out once."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table
        self._known: dict[object, pa.Array] = {}

    @property
    def rows(self) -> int:
        """How many records the batch has."""
        return int(self._table.num_rows)

    def has(self, column: str) -> bool:
        """Whether the files have the column."""
        return normal(column) in self._table.column_names

    def written(self, column: str) -> pa.Array:
        """The column's texts as they were written."""
        return self._table[normal(column)].combine_chunks()

    def text(self, column: str) -> pa.Array:
        """The column's texts, trimmed; null where blank, and where the files do not have the column."""
        return self.once(normal(column), lambda: self._trimmed(column))

    def once(self, what: object, find: Callable[[], pa.Array]) -> pa.Array:
        """What was found the first time that this was asked for; `what` is compared as a key of a dictionary."""
        if what not in self._known:
            self._known[what] = find()
        return self._known[what]

    def where(self, rows: pa.Array) -> "Fields":
        """The fields of some of the records."""
        return _Part(self, rows)

    def _trimmed(self, column: str) -> pa.Array:
        if not self.has(column):
            return pa.nulls(self.rows, pa.string())
        values = pc.utf8_trim_whitespace(self.written(column))
        return pc.if_else(pc.is_in(values, BLANKS), None, values)


class _Part(Fields):
    """Some of the records of a batch; only the columns that are asked for are copied."""

    def __init__(self, whole: Fields, rows: pa.Array) -> None:
        super().__init__(pa.table({}))
        self._whole, self._rows = whole, rows

    @property
    def rows(self) -> int:
        return int(pc.sum(self._rows).as_py() or 0)

    def has(self, column: str) -> bool:
        return self._whole.has(column)

    def _trimmed(self, column: str) -> pa.Array:
        return self._whole.text(column).filter(self._rows)


def filled(values: pa.Array, texts: pa.Array, read: Callable[[pa.Array], pa.Array]) -> pa.Array:
    """The values and, where a text has none yet, what `read` makes of that text.

    Most texts are written in the first way that is tried, so the slower ways are tried on the others only.
    """
    left = pc.and_(pc.is_null(values), pc.is_valid(texts))
    if not pc.any(left).as_py():
        return values
    return pc.replace_with_mask(values, left, read(texts.filter(left)))
