"""Where the unified columns of a layout come from: texts, the first of several, choices by pattern."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from typing import Protocol

import pyarrow as pa
import pyarrow.compute as pc

from telebill_assets.mediation.layouts.fields import Fields

UTC_STAMP = pa.timestamp("us", "UTC")


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

    def written(self, fields: Fields) -> pa.Array:
        """The text that is read; null where it is blank."""
        ...

    def read(self, fields: Fields, reading: Reading) -> pa.Array:
        """Values of the unified column; null where blank or unreadable. A value depends on its own record only."""
        ...


@dataclass(frozen=True)
class Text:
    """A text column; of several, the first that is not blank."""

    column: str
    others: Sequence[str] = ()
    like: str = ""
    """Pattern of the texts that count; all others are passed over."""
    expected: str = ""

    def written(self, fields: Fields) -> pa.Array:
        texts = [fields.text(name) for name in (self.column, *self.others)]
        if self.like:
            texts = [pc.if_else(pc.match_substring_regex(text, self.like), text, None) for text in texts]
        return pc.coalesce(*texts) if len(texts) > 1 else texts[0]

    def read(self, fields: Fields, reading: Reading) -> pa.Array:  # noqa: ARG002
        return self.written(fields)


@dataclass(frozen=True)
class Joined:
    """Several texts with a colon between them; null if one is blank."""

    names: Sequence[str]
    expected: str = ""

    @property
    def column(self) -> str:
        return self.names[0]

    def written(self, fields: Fields) -> pa.Array:
        return pc.binary_join_element_wise(*(fields.text(name) for name in self.names), ":")

    def read(self, fields: Fields, reading: Reading) -> pa.Array:  # noqa: ARG002
        return self.written(fields)


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

    def written(self, fields: Fields) -> pa.Array:
        return pc.coalesce(*(source.written(fields) for source in self.sources))

    def read(self, fields: Fields, reading: Reading) -> pa.Array:
        values = self.sources[0].read(fields, reading)
        for source in self.sources[1:]:
            left = pc.is_null(values)
            if not pc.any(left).as_py():
                break
            values = pc.replace_with_mask(values, left, source.read(fields.where(left), reading))
        return values


@dataclass(frozen=True)
class Units:
    """Messages of a message record, or participants of a conference: at least one."""

    column: str
    expected: str = "a whole number, 1 or more"

    def written(self, fields: Fields) -> pa.Array:
        return fields.text(self.column)

    def read(self, fields: Fields, reading: Reading) -> pa.Array:  # noqa: ARG002
        texts = self.written(fields)
        return pc.if_else(pc.match_substring_regex(texts, "^[1-9][0-9]{0,8}$"), texts, None).cast(pa.int64())


@dataclass(frozen=True)
class Choice:
    """The value of the first case whose patterns all match their columns, else the default."""

    cases: Sequence[tuple[Mapping[str, str], str]]
    default: str
    column: str = ""
    expected: str = ""

    def written(self, fields: Fields) -> pa.Array:
        return pa.nulls(fields.rows, pa.string())

    def read(self, fields: Fields, reading: Reading) -> pa.Array:  # noqa: ARG002
        return fields.once(id(self), lambda: self._chosen(fields))

    def _chosen(self, fields: Fields) -> pa.Array:
        result = pa.repeat(pa.scalar(self.default), fields.rows)
        for patterns, value in reversed(self.cases):
            matches = [self._matches(fields, name, pattern) for name, pattern in patterns.items()]
            result = pc.if_else(reduce(pc.and_, matches), value, result)
        return result

    def _matches(self, fields: Fields, column: str, pattern: str) -> pa.Array:
        texts = pc.fill_null(fields.text(column), "")
        return fields.once((column, pattern), lambda: pc.match_substring_regex(texts, pattern))


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

    def written(self, fields: Fields) -> pa.Array:
        return self.otherwise.written(fields)

    def read(self, fields: Fields, reading: Reading) -> pa.Array:
        inbound = pc.equal(self.direction.read(fields, reading), "inbound")
        return pc.if_else(inbound, self.inbound.read(fields, reading), self.otherwise.read(fields, reading))
