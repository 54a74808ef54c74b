"""Durations of a layout: seconds in any unit, HH:MM:SS, or parts in several columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce

import pyarrow as pa
import pyarrow.compute as pc

from telebill_assets.mediation.layouts.columns import Reading, Text
from telebill_assets.mediation.layouts.fields import Fields, filled


@dataclass(frozen=True)
class Seconds:
    """A duration: a number of units, or HH:MM:SS. Fractions of a second are rounded to the nearest, halves up."""

    column: str
    unit_s: Decimal = Decimal(1)
    whole: bool = False
    """Whether a fraction is a fault."""
    others: Sequence[str] = ()
    expected: str = "a number of seconds"

    def written(self, fields: Fields) -> pa.Array:
        return Text(self.column, self.others).written(fields)

    def read(self, fields: Fields, reading: Reading) -> pa.Array:  # noqa: ARG002
        texts = self.written(fields)
        if self.unit_s != 1 and not self.whole:
            return self._any(texts)
        whole = pc.if_else(pc.match_substring_regex(texts, r"^-?[0-9]{1,12}$"), texts, None).cast(pa.int64())
        return whole if self.whole else filled(whole, texts, self._any)

    def _any(self, texts: pa.Array) -> pa.Array:
        return filled(_rounded(texts, self.unit_s), texts, _clock)


@dataclass(frozen=True)
class Sum:
    """A duration whose parts stand in several columns; null if one of them is."""

    parts: Sequence[Seconds]
    expected: str = "hours, minutes and tenths of minutes"

    @property
    def column(self) -> str:
        return self.parts[0].column

    def written(self, fields: Fields) -> pa.Array:
        return pc.binary_join_element_wise(*(part.written(fields) for part in self.parts), ":")

    def read(self, fields: Fields, reading: Reading) -> pa.Array:
        return reduce(pc.add, (part.read(fields, reading) for part in self.parts))


def _rounded(texts: pa.Array, unit_s: Decimal) -> pa.Array:
    readable = pc.if_else(pc.match_substring_regex(texts, r"^-?[0-9]{1,12}(\.[0-9]{1,9})?$"), texts, None)
    seconds = pc.multiply(readable.cast(pa.decimal128(24, 9)), pa.scalar(unit_s))
    return pc.round(seconds, 0, "half_towards_infinity").cast(pa.int64(), safe=False)


def _clock(texts: pa.Array) -> pa.Array:
    """Whole seconds of HH:MM:SS, HH:MM:SS.mmm and MM:SS."""
    parts = pc.extract_regex(texts, r"^(?:(?P<h>[0-9]{1,5}):)?(?P<m>[0-9]{1,2}):(?P<s>[0-5][0-9](?:\.[0-9]{1,9})?)$")
    hours = pc.if_else(pc.equal(pc.struct_field(parts, "h"), ""), "0", pc.struct_field(parts, "h")).cast(pa.int64())
    minutes = pc.struct_field(parts, "m").cast(pa.int64())
    seconds = _rounded(pc.struct_field(parts, "s"), Decimal(1))
    return pc.add(pc.add(pc.multiply(hours, 3600), pc.multiply(minutes, 60)), seconds)
