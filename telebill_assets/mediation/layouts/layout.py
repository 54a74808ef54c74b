"""The words in which a CDR layout is declared: how it is recognised and where each unified column comes from."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import reduce
from typing import Protocol

import pyarrow as pa
import pyarrow.compute as pc

UTC_STAMP = pa.timestamp("us", "UTC")
NAIVE_STAMP = pa.timestamp("us")
ISO_FORMATS = {"%Y-%m-%d %H:%M:%S": 19, "%Y-%m-%dT%H:%M:%SZ": 20}
"""Formats that Arrow casts directly, with the length of their texts."""


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

    def read(self, table: pa.Table, zone: str) -> pa.Array:
        """Values of the unified column; null where empty or unreadable. `zone` is the source's time zone."""
        ...


def _text(table: pa.Table, column: str) -> pa.Array:
    """The column's texts, trimmed; null where empty, and where the file is too narrow to have the column."""
    if column not in table.column_names:
        return pa.nulls(table.num_rows, pa.string())
    values = pc.utf8_trim_whitespace(table[column].combine_chunks())
    return pc.if_else(pc.equal(values, ""), None, values)


def _time(texts: pa.Array, format: str) -> pa.Array:  # noqa: A002
    """Times without zone; null where the text is not exactly of the format.

    Arrow's cast reads ISO times fast and strictly. Its strptime takes 31 April for 1 May, so what it reads must
    give the same text again.
    """
    if pc.all(pc.equal(pc.utf8_length(texts), ISO_FORMATS.get(format, 0))).as_py():
        with suppress(pa.ArrowInvalid):
            return pc.cast(texts, UTC_STAMP if format.endswith("Z") else NAIVE_STAMP).cast(NAIVE_STAMP)
    times = pc.strptime(texts, format=format, unit="s", error_is_null=True)
    return pc.if_else(pc.equal(pc.strftime(times, format=format), texts), times, None).cast(NAIVE_STAMP)


@dataclass(frozen=True)
class Text:
    """A text column, trimmed."""

    column: str
    expected: str = ""

    def read(self, table: pa.Table, zone: str) -> pa.Array:  # noqa: ARG002
        return _text(table, self.column)


@dataclass(frozen=True)
class Stamp:
    """A time without zone in the source's zone. In the hour that autumn repeats, the first pass is taken."""

    column: str
    format: str = "%Y-%m-%d %H:%M:%S"
    expected: str = "a time such as 2020-04-03 14:02:11"

    def read(self, table: pa.Table, zone: str) -> pa.Array:
        naive = _time(_text(table, self.column), self.format)
        return pc.assume_timezone(naive, zone, ambiguous="earliest", nonexistent="latest").cast(UTC_STAMP)


@dataclass(frozen=True)
class UtcStamp:
    """A time that says it is UTC, such as 2020-04-03T14:02:11Z."""

    column: str
    format: str = "%Y-%m-%dT%H:%M:%SZ"
    expected: str = "a UTC time such as 2020-04-03T14:02:11Z"

    def read(self, table: pa.Table, zone: str) -> pa.Array:  # noqa: ARG002
        return pc.assume_timezone(_time(_text(table, self.column), self.format), "UTC")


@dataclass(frozen=True)
class Seconds:
    """A whole number of seconds."""

    column: str
    expected: str = "a whole number of seconds"

    def read(self, table: pa.Table, zone: str) -> pa.Array:  # noqa: ARG002
        values = _text(table, self.column)
        readable = pc.match_substring_regex(values, r"^-?[0-9]{1,12}$")
        return pc.if_else(readable, values, None).cast(pa.int64())


@dataclass(frozen=True)
class EpochSeconds:
    """Seconds since 1970 UTC; 0 means never."""

    column: str
    expected: str = "seconds since 1970"

    def read(self, table: pa.Table, zone: str) -> pa.Array:
        seconds = Seconds(self.column).read(table, zone)
        seconds = pc.if_else(pc.equal(seconds, 0), None, seconds)
        return seconds.cast(pa.timestamp("s", "UTC")).cast(UTC_STAMP)


@dataclass(frozen=True)
class Choice:
    """The value of the first case whose patterns all match their columns, else the default."""

    cases: Sequence[tuple[Mapping[str, str], str]]
    default: str
    column: str = ""
    expected: str = ""

    def read(self, table: pa.Table, zone: str) -> pa.Array:  # noqa: ARG002
        result = pa.repeat(pa.scalar(self.default), table.num_rows)
        for patterns, value in reversed(self.cases):
            matches = [pc.match_substring_regex(table[name].combine_chunks(), p) for name, p in patterns.items()]
            result = pc.if_else(reduce(pc.and_, matches), value, result)
        return result


@dataclass(frozen=True)
class Layout:
    """One CDR layout. `columns` maps unified columns of raw_cdr to where they come from."""

    name: str
    title: str
    names: Sequence[str]
    """Column names: the least a header must hold, or all columns in order where there is no header."""
    columns: Mapping[str, ColumnSource]
    header_lines: int = 0
    """Lines before the first record; the first of them holds the names."""
    widths: Sequence[int] = field(default=())
    """Without header: the numbers of columns the layout is written with."""

    def column_names(self, first_fields: Sequence[str]) -> list[str] | None:
        """Names of the columns of a file whose first line has these fields; None if it is not this layout."""
        if self.header_lines:
            found = [name.strip() for name in first_fields]
            return found if set(self.names) <= set(found) else None
        return list(self.names[: len(first_fields)]) if len(first_fields) in self.widths else None
