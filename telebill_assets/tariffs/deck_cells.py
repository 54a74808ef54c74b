"""Cells of a carrier's rate deck: prices, dates, increments and statuses in the ways in which carriers write them.

Every reader raises `UnreadableCellError`, whose message says what is expected.
"""

import re
from datetime import date, datetime
from decimal import Decimal

LONGEST_INCREMENT_S = 3600
MOST_DECIMALS = 8
CURRENCY = re.compile(r"^(?:[A-Z]{3}|[$€£])\s*|\s*(?:[A-Z]{3}|[$€£])$")
MIDNIGHT = re.compile(r"[T ]0?0:00(:00(\.0+)?)?( ?(Z|UTC|GMT|\+00:?00))?$")
DATE_PARTS = {"YYYY": "%Y", "YY": "%y", "MMM": "%b", "MM": "%m", "DD": "%d"}
NO_RATE = re.compile("block(ed)?|barred|closed?|deleted?|removed?|discontinued|end(ed)?|withdrawn")
HAS_RATE = re.compile(
    "|n|new|add(ed|ition)?|(in|de)creased?|changed?|unchanged|no change|same|current|open(ed)?|active|pending|effective"
)


class UnreadableCellError(ValueError):
    """The text cannot be read; the message says what is expected."""


def read_price(text: str, decimal_mark: str, thousands: str | None) -> Decimal:
    """A price, with or without a currency sign.

    Separators of thousands are taken only if the layout declares them: 1,234 could be either.
    """
    bare = CURRENCY.sub("", text.strip())
    mark = re.escape(decimal_mark)
    whole = "[0-9]+" if thousands is None else rf"(?:[0-9]+|[1-9][0-9]{{0,2}}(?:{re.escape(thousands)}[0-9]{{3}})+)"
    if not re.fullmatch(rf"(?:{whole}(?:{mark}[0-9]+)?|{mark}[0-9]+)", bare):
        separators = f", and {thousands} between thousands" if thousands else " and no separators between thousands"
        raise UnreadableCellError(f"a price such as 0{decimal_mark}0125, with decimal mark {decimal_mark}{separators}")
    if thousands is not None:
        bare = bare.replace(thousands, "")
    price = Decimal(bare.replace(decimal_mark, "."))
    if price != round(price, MOST_DECIMALS):
        raise UnreadableCellError(f"a price with at most {MOST_DECIMALS} decimals")
    return price


def read_date(text: str, pattern: str) -> date:
    """A whole day, written by a pattern such as DD.MM.YYYY; a time of midnight may follow."""
    day = MIDNIGHT.sub("", text.strip())
    try:
        return datetime.strptime(day, strptime_format(pattern)).date()  # noqa: DTZ007  a day has no zone
    except ValueError as error:
        raise UnreadableCellError(f"a whole day written as {pattern}") from error


def strptime_format(pattern: str) -> str:
    """YYYY-MM-DD and the like as a format of `datetime.strptime`."""
    return re.sub("|".join(DATE_PARTS), lambda part: DATE_PARTS[part.group()], pattern)


def read_interval(text: str) -> tuple[int, int]:
    """First and next increment in seconds: 30/6, 1+1, 60,6, 60-60; a single number is both."""
    numbers = re.fullmatch(r"([0-9]+)(?:\s*[/+,;:|xX-]\s*([0-9]+))?\s*(?:s|sec|seconds)?", text.strip())
    if not numbers:
        raise UnreadableCellError("increments such as 30/6: the first and the next, in whole seconds")
    return _increment(numbers[1]), _increment(numbers[2] or numbers[1])


def read_increment(text: str) -> int:
    """One increment in whole seconds."""
    if not re.fullmatch(r"[0-9]+", text.strip()):
        raise UnreadableCellError("an increment in whole seconds")
    return _increment(text)


def _increment(digits: str) -> int:
    if not 1 <= int(digits) <= LONGEST_INCREMENT_S:
        raise UnreadableCellError(f"an increment from 1 to {LONGEST_INCREMENT_S} seconds")
    return int(digits)


def read_unit(text: str) -> int:
    """Seconds that a price is for: minute, second, or their number."""
    units = {"minute": 60, "min": 60, "m": 60, "second": 1, "sec": 1, "s": 1}
    bare = text.strip().casefold().removeprefix("per").lstrip(" /")
    if bare in units:
        return units[bare]
    if not re.fullmatch(r"[0-9]{1,4}", bare) or not 1 <= int(bare) <= LONGEST_INCREMENT_S:
        raise UnreadableCellError("minute, second, or a number of seconds up to 3600")
    return int(bare)


def has_rate(status: str) -> bool:
    """Whether a row of this status has a rate: not if it is blocked or closed."""
    word = " ".join(status.casefold().split())
    if NO_RATE.fullmatch(word):
        return False
    if not HAS_RATE.fullmatch(word):
        raise UnreadableCellError("a status such as new, changed, unchanged, blocked or closed")
    return True
