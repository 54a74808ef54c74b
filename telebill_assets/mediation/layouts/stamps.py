"""Times of a layout: stamps in the source's zone or with their offset, epochs, and records that bear no time."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, partial

import pyarrow as pa
import pyarrow.compute as pc

from telebill_assets.mediation.layouts.columns import UTC_STAMP, Reading
from telebill_assets.mediation.layouts.fields import Fields, filled

NAIVE_STAMP = pa.timestamp("us")
EXACT = pa.decimal128(30, 9)
ISO_FORMATS = {"%Y-%m-%d %H:%M:%S": 19, "%Y-%m-%dT%H:%M:%SZ": 20}
"""Formats that Arrow casts as they are, with the length of their texts."""
_LEAP_YEAR = "(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)"
_DATE = (
    "(?:[0-9]{4}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
    f"|{_LEAP_YEAR}-02-29)"
)
ISO_TIME = rf"^{_DATE}[T ](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z?$"
"""Times that Arrow casts: days that exist, hours to 23."""
DAY_FIRST, MONTH_FIRST = "%d/%m/", "%m/%d/"


def time_text(fields: Fields, column: str) -> pa.Array:
    """Texts of a column of times, in which 0 stands for never."""

    def find() -> pa.Array:
        texts = fields.text(column)
        if not pc.any(pc.starts_with(texts, "0")).as_py():
            return texts
        return pc.if_else(pc.match_substring_regex(texts, "^0+$"), None, texts)

    return fields.once(("time", column), find)


@dataclass(frozen=True)
class Stamp:
    """A time without zone, in the source's zone. In the hour that autumn repeats, the first pass is taken."""

    column: str
    formats: Sequence[str] = ("%Y-%m-%d %H:%M:%S",)
    """In strptime's words; the first that fits is taken. Days, months and hours may have one digit, and seconds a
    fraction."""
    date_column: str = ""
    """Column of the date, if date and time are apart."""
    zone: str = ""
    """The zone of the stamps where the system fixes it; else the source's."""
    expected: str = "a time such as 2020-04-03 14:02:11"

    def written(self, fields: Fields) -> pa.Array:
        time = time_text(fields, self.column)
        if not self.date_column:
            return time
        return pc.binary_join_element_wise(fields.text(self.date_column), time, " ")

    def read(self, fields: Fields, reading: Reading) -> pa.Array:
        zone = self.zone or reading.zone
        naive = self._naive(fields)
        return pc.assume_timezone(naive, zone, ambiguous="earliest", nonexistent="latest").cast(UTC_STAMP)

    def swapped(self, fields: Fields) -> Iterator[tuple[pa.Array, str]]:
        """Dates that can be read only with day and month in the other order: which they are, and what to say of them.

        A file that holds one would have all its other dates swapped.
        """
        for declared in self.formats:
            other = _other_order(declared)
            left = pc.if_else(pc.is_null(self._naive(fields)), self.written(fields), None)
            if other != declared and left.null_count < len(left):
                yield (
                    pc.is_valid(_time(left, other)),
                    f"{self.column} holds dates whose day and month are not in the declared order {declared}",
                )

    def _naive(self, fields: Fields) -> pa.Array:
        return fields.once(id(self), lambda: self._first_that_fits(self.written(fields)))

    def _first_that_fits(self, texts: pa.Array) -> pa.Array:
        naive = _time(texts, self.formats[0])
        for other in self.formats[1:]:
            naive = filled(naive, texts, partial(_time, format=other))
        return naive


def UtcStamp(column: str, *formats: str) -> Stamp:  # noqa: N802
    """A time that says it is UTC, such as 2020-04-03T14:02:11Z."""
    expected = "a UTC time such as 2020-04-03T14:02:11Z"
    return Stamp(column, formats or ("%Y-%m-%dT%H:%M:%SZ",), zone="UTC", expected=expected)


@dataclass(frozen=True)
class OffsetStamp:
    """A time with its offset from UTC, such as `Tue, 31 Aug 2010 20:36:28 +0000` or `2018-03-14 09:12:55.123-0400`."""

    column: str
    format: str
    expected: str = "a time with its offset from UTC"

    def written(self, fields: Fields) -> pa.Array:
        return time_text(fields, self.column)

    def read(self, fields: Fields, reading: Reading) -> pa.Array:  # noqa: ARG002
        parts = pc.extract_regex(self.written(fields), r"^(?P<time>.*?) ?(?P<sign>[+-])(?P<h>\d{2}):?(?P<m>\d{2})$")
        part = {name: pc.struct_field(parts, name) for name in ("time", "sign", "h", "m")}
        naive = _time(part["time"], self.format)
        minutes = pc.add(pc.multiply(part["h"].cast(pa.int64()), 60), part["m"].cast(pa.int64()))
        east = pc.if_else(pc.equal(part["sign"], "+"), minutes, pc.negate(minutes))
        utc = pc.subtract(naive, pc.multiply(east, 60_000_000).cast(pa.duration("us")))
        return pc.assume_timezone(utc, "UTC")


@dataclass(frozen=True)
class Epoch:
    """Seconds since 1970 UTC, or thousandths or millionths of them; 0 means never."""

    column: str
    unit: str = "s"
    expected: str = "a number of seconds since 1970"

    def written(self, fields: Fields) -> pa.Array:
        return time_text(fields, self.column)

    def read(self, fields: Fields, reading: Reading) -> pa.Array:  # noqa: ARG002
        texts = self.written(fields)
        readable = pc.if_else(pc.match_substring_regex(texts, r"^\d{9,17}$"), texts, None)
        return readable.cast(pa.int64()).cast(pa.timestamp(self.unit, "UTC")).cast(UTC_STAMP, safe=False)


@dataclass(frozen=True)
class LandingDay:
    """For records that bear no time at all: the beginning of the day on which the file landed."""

    column: str = ""
    expected: str = ""

    def written(self, fields: Fields) -> pa.Array:
        return pa.nulls(fields.rows, pa.string())

    def read(self, fields: Fields, reading: Reading) -> pa.Array:
        midnight = pa.array([reading.day], pa.date32()).cast(NAIVE_STAMP)
        utc = pc.assume_timezone(midnight, reading.zone, ambiguous="earliest", nonexistent="latest").cast(UTC_STAMP)
        return pa.repeat(utc[0], fields.rows)


@dataclass(frozen=True)
class TimeOfDay:
    """Hours and minutes (HHMM) of the day on which the file landed, in the source's zone."""

    column: str
    expected: str = "hours and minutes such as 0915"

    def written(self, fields: Fields) -> pa.Array:
        return fields.text(self.column)

    def read(self, fields: Fields, reading: Reading) -> pa.Array:
        day = pa.scalar(f"{reading.day.isoformat()} ")
        naive = _time(pc.binary_join_element_wise(day, self.written(fields), ""), "%Y-%m-%d %H%M")
        return pc.assume_timezone(naive, reading.zone, ambiguous="earliest", nonexistent="latest").cast(UTC_STAMP)


def _other_order(declared: str) -> str:
    """The format with day and month in the other order."""
    if DAY_FIRST in declared:
        return declared.replace(DAY_FIRST, MONTH_FIRST)
    return declared.replace(MONTH_FIRST, DAY_FIRST)


def _time(texts: pa.Array, format: str) -> pa.Array:  # noqa: A002
    """Times without zone; null where the text is not exactly of the format.

    Arrow casts ISO times twenty times faster than it reads and writes by a format, so what can be is read as ISO.
    """
    iso = _as_iso(texts, format)
    if iso is None:
        return _strictly(texts, format)
    return filled(_cast(iso, format), texts, partial(_strictly, format=format))


def _as_iso(texts: pa.Array, format: str) -> pa.Array | None:  # noqa: A002
    """The texts as ISO times, null where they are not of the format; None if the format holds more than numbers."""
    if length := ISO_FORMATS.get(format):
        return pc.if_else(pc.equal(pc.utf8_length(texts), length), texts, None)
    rewriting = _rewriting(format)
    if rewriting is None:
        return None
    rewritten = pc.replace_substring_regex(texts, *rewriting)
    return pc.if_else(pc.not_equal(rewritten, texts), rewritten, None)


@cache
def _rewriting(format: str) -> tuple[str, str] | None:  # noqa: A002
    """Pattern and replacement that bring times of a fixed width into ISO, such as 13/04/2020 09:02."""
    directives = re.findall("%.", format)
    if not {*"YmdHM"} <= {each[1] for each in directives} <= {*"YmdHMS"}:
        return None
    pattern = re.sub("%.", lambda each: f"([0-9]{{{4 if each[0] == '%Y' else 2}}})", format)
    place = {each[1]: rf"\{i + 1}" for i, each in enumerate(directives)}
    time = f"{place['H']}:{place['M']}:{place.get('S', '00')}"
    return f"^{pattern}$", f"{place['Y']}-{place['m']}-{place['d']} {time}"


def _cast(iso: pa.Array, format: str) -> pa.Array:  # noqa: A002
    """Arrow reads all of the texts or none, so those that are no times are left out if there are any."""
    kind = UTC_STAMP if format.endswith("Z") else NAIVE_STAMP
    with suppress(pa.ArrowInvalid):
        return pc.cast(iso, kind).cast(NAIVE_STAMP)
    times = pc.if_else(pc.match_substring_regex(iso, ISO_TIME), iso, None)
    return pc.cast(times, kind).cast(NAIVE_STAMP)


def _strictly(texts: pa.Array, format: str) -> pa.Array:  # noqa: A002
    """Times by strptime, which takes 31 April for 1 May; so what it reads must give the same text again."""
    fraction = pc.struct_field(pc.extract_regex(texts, r"(?P<digits>\.[0-9]{1,6})[^0-9]*$"), "digits")
    plain = pc.replace_substring_regex(texts, r"\.[0-9]{1,6}([^0-9]*)$", r"\1")
    padded = pc.replace_substring_regex(plain, r"\b([0-9])\b", r"0\1")
    times = pc.strptime(padded, format=format, unit="s", error_is_null=True)
    exact = pc.if_else(pc.equal(pc.strftime(times, format=format), padded), times, None).cast(NAIVE_STAMP)
    micros = pc.multiply(fraction.cast(EXACT), pa.scalar(Decimal(1_000_000))).cast(pa.int64(), safe=False)
    return pc.add(exact, pc.fill_null(micros, 0).cast(pa.duration("us")))
