"""Where the unified columns of a layout come from: texts, the first of several, choices by pattern."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from typing import Protocol

import pyarrow as pa
import pyarrow.compute as pc

from telebill_assets.mediation.layouts.dialect import normal

UTC_STAMP = pa.timestamp("us", "UTC")
BLANKS = pa.array(["", "NULL", "null", r"\N", "[None]", "<null>", "0000-00-00 00:00:00"])
"""Texts that stand for no value, in any column of any system."""


@dataclass(frozen=True)
class Reading:
    """What a file does not say itself: the source's time zone, and the day on which the file landed."""

    zone: str
    day: date


class ColumnSource(Protocol):
    """Where one unified column comes from."""

    @property
    def column(self) -> str:
        """Column of the file, for error messages."""
        ...

    @property
    def expected(self) -> str:
        """What a readable value looks like, for error messages; empty if every text is readable."""
        ...

    def written(self, table: pa.Table) -> pa.Array:
        """The text that is read; null where it is blank."""
        ...

    def read(self, table: pa.Table, reading: Reading) -> pa.Array:
        """Values of the unified column; null where blank or unreadable."""
        ...


def text_of(table: pa.Table, column: str) -> pa.Array:
    """The column's texts, trimmed; null where blank, and where the file does not have the column."""
    name = normal(column)
    if name not in table.column_names:
        return pa.nulls(table.num_rows, pa.string())
    values = pc.utf8_trim_whitespace(table[name].combine_chunks())
    return pc.if_else(pc.is_in(values, BLANKS), None, values)


@dataclass(frozen=True)
class Text:
    """A text column; of several, the first that is not blank."""

    column: str
    others: Sequence[str] = ()
    like: str = ""
    """Pattern of the texts that count; all others are passed over."""
    expected: str = ""

    def written(self, table: pa.Table) -> pa.Array:
        texts = [text_of(table, name) for name in (self.column, *self.others)]
        if self.like:
            texts = [pc.if_else(pc.match_substring_regex(text, self.like), text, None) for text in texts]
        return pc.coalesce(*texts)

    def read(self, table: pa.Table, reading: Reading) -> pa.Array:  # noqa: ARG002
        return self.written(table)


@dataclass(frozen=True)
class Joined:
    """Several texts with a colon between them; null if one is blank."""

    names: Sequence[str]
    expected: str = ""

    @property
    def column(self) -> str:
        return self.names[0]

    def written(self, table: pa.Table) -> pa.Array:
        return pc.binary_join_element_wise(*(text_of(table, name) for name in self.names), ":")

    def read(self, table: pa.Table, reading: Reading) -> pa.Array:  # noqa: ARG002
        return self.written(table)


@dataclass(frozen=True)
class FirstOf:
    """The first of several sources that can be read; for systems that write one column in several ways."""

    sources: Sequence[ColumnSource]

    @property
    def column(self) -> str:
        return self.sources[0].column

    @property
    def expected(self) -> str:
        return " or ".join(dict.fromkeys(source.expected for source in self.sources if source.expected))

    def written(self, table: pa.Table) -> pa.Array:
        return pc.coalesce(*(source.written(table) for source in self.sources))

    def read(self, table: pa.Table, reading: Reading) -> pa.Array:
        return pc.coalesce(*(source.read(table, reading) for source in self.sources))


@dataclass(frozen=True)
class Units:
    """Messages of a message record, or participants of a conference: at least one."""

    column: str
    expected: str = "a whole number, 1 or more"

    def written(self, table: pa.Table) -> pa.Array:
        return text_of(table, self.column)

    def read(self, table: pa.Table, reading: Reading) -> pa.Array:  # noqa: ARG002
        texts = self.written(table)
        return pc.if_else(pc.match_substring_regex(texts, "^[1-9][0-9]{0,8}$"), texts, None).cast(pa.int64())


@dataclass(frozen=True)
class Choice:
    """The value of the first case whose patterns all match their columns, else the default."""

    cases: Sequence[tuple[Mapping[str, str], str]]
    default: str
    column: str = ""
    expected: str = ""

    def written(self, table: pa.Table) -> pa.Array:
        return pa.nulls(table.num_rows, pa.string())

    def read(self, table: pa.Table, reading: Reading) -> pa.Array:  # noqa: ARG002
        result = pa.repeat(pa.scalar(self.default), table.num_rows)
        for patterns, value in reversed(self.cases):
            matches = [
                pc.match_substring_regex(pc.fill_null(text_of(table, name), ""), pattern)
                for name, pattern in patterns.items()
            ]
            result = pc.if_else(reduce(pc.and_, matches), value, result)
        return result


@dataclass(frozen=True)
class ByDirection:
    """One source for inbound calls and another for all others, such as the number that is billed."""

    direction: Choice
    inbound: ColumnSource
    otherwise: ColumnSource
    expected: str = ""

    @property
    def column(self) -> str:
        return self.otherwise.column

    def written(self, table: pa.Table) -> pa.Array:
        return self.otherwise.written(table)

    def read(self, table: pa.Table, reading: Reading) -> pa.Array:
        inbound = pc.equal(self.direction.read(table, reading), "inbound")
        return pc.if_else(inbound, self.inbound.read(table, reading), self.otherwise.read(table, reading))
