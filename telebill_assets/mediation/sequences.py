"""File counters: which series a file's name belongs to, its number there, and which numbers are missing.

A counter is the last run of digits before the extensions; the rest of the name is its series. Dates and stamps are no
counters: a date stays in the series' name, because many counters begin anew every day; a time of day is left out of it,
because it would make every file a series of its own. A name that ends in a stamp may have its counter before it, as
three digits or more that stand alone. Six or four digits right after a date may be a counter or a time of day: one name
cannot tell, the numbers of the whole series can (`is_clock`). A sender whose names need another reading has its own
pattern here.
"""

import re
from collections.abc import Iterable
from itertools import pairwise

OWN_PATTERNS = (
    # Cisco Unified CM: cdr_<Cluster>_<node>_<yyyymmddHHMM>_<number>; a node counts on from day to day
    re.compile(r"(?P<series>(?:cdr|cmr)_.+_[0-9]+)_[0-9]{12}_(?P<number>[0-9]+)"),
)
NUMBER = "{}"
"""Stands for the counter in the name of a series."""

EXTENSIONS = re.compile(r"(?:\.(?:[A-Za-z][A-Za-z0-9]{0,5}|7z))+$")
COUNTER = re.compile(r"[0-9]{1,15}")
COUNTER_BEFORE_STAMP = re.compile(r"(?<![A-Za-z0-9])[0-9]{3,15}(?![A-Za-z0-9])")

_YEAR, _MONTH, _DAY = "(?:19|20)[0-9]{2}", "(?:0[1-9]|1[0-2])", "(?:0[1-9]|[12][0-9]|3[01])"
_HOUR, _SIXTY = "(?:[01][0-9]|2[0-3])", "[0-5][0-9]"
_DATE = (
    rf"(?:{_YEAR}(?P<y>[-_.]?){_MONTH}(?P=y){_DAY}"
    rf"|(?:{_MONTH}(?P<m>[-_.]?){_DAY}(?P=m)|{_DAY}(?P<d>[-_.]?){_MONTH}(?P=d)){_YEAR})"
)
_TIME = "|".join(
    (
        rf"T?{_HOUR}{_SIXTY}(?:{_SIXTY}(?:[.]?[0-9]{{3}})?)?Z?",  # joined to its date
        rf"[T_ .-]?{_HOUR}[-:.h]{_SIXTY}(?:[-:.m]{_SIXTY}(?:[.][0-9]{{3}})?)?Z?",
        rf"[_ .-]{_HOUR}{_SIXTY}(?:{_SIXTY})?Z?(?=[^0-9]+[0-9])",  # the counter is still to come
    )
)
_EPOCH = "1[2-9][0-9]{8}(?:[0-9]{3}|[0-9]{6})?"  # seconds, milliseconds or microseconds
STAMP = re.compile(rf"(?<![0-9])(?:(?P<date>{_DATE})(?:{_TIME})?|{_EPOCH})(?![0-9])")
CLOCK_SHAPED = re.compile(r"[0-9][_ .-]\{\}$")

Series = str


def series_of(name: str) -> tuple[Series, int] | None:
    """Series and number of a file's name (without folder); None if the name holds no counter.

    `cdr-0042.csv.gz` is number 42 of the series `cdr-{}`, `gw_20200403_0007.csv` number 7 of `gw_20200403_{}`.
    """
    stem = EXTENSIONS.sub("", name)
    for pattern in OWN_PATTERNS:
        if found := pattern.fullmatch(stem):
            return f"{found['series']}_{NUMBER}", int(found["number"])
    stamps = list(STAMP.finditer(stem))
    blank = STAMP.sub(lambda stamp: "\0" * len(stamp.group()), stem)  # no digits, same places
    counters = list(COUNTER.finditer(blank))
    if stamps and (not counters or counters[-1].end() < stamps[-1].start() + 1):
        counters = list(COUNTER_BEFORE_STAMP.finditer(blank))
    if not counters:
        return None
    chosen = counters[-1]
    parts = [(chosen.span(), NUMBER), *((stamp.span(), stamp["date"] or "") for stamp in stamps)]
    return _replaced(stem, parts), int(chosen.group())


def counters(names: Iterable[str]) -> dict[Series, list[int]]:
    """The numbers of every series among the names, in order; series that are times of day are left out."""
    found: dict[Series, set[int]] = {}
    for name in names:
        if place := series_of(name):
            found.setdefault(place[0], set()).add(place[1])
    return {series: sorted(numbers) for series, numbers in sorted(found.items()) if not is_clock(series, numbers)}


def gaps(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Missing numbers between the lowest and the highest, as ranges (first, last)."""
    ordered = sorted(set(numbers))
    return [(low + 1, high - 1) for low, high in pairwise(ordered) if high - low > 1]


def is_clock(series: Series, numbers: Iterable[int]) -> bool:
    """Whether numbers right after a date are times of day: a counter runs through 60 to 99, a clock never does."""
    ordered = sorted(numbers)
    if not ordered or not CLOCK_SHAPED.search(series):
        return False
    crossed = ordered[0] // 100 < ordered[-1] // 100
    return crossed and all(number % 100 < 60 and number // 100 % 100 < 60 for number in ordered)


def _replaced(text: str, parts: Iterable[tuple[tuple[int, int], str]]) -> str:
    for (start, end), replacement in sorted(parts, reverse=True):
        text = text[:start] + replacement + text[end:]
    return text
