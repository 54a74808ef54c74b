"""Fields of published cases: numbers are exact whether they come as JSON numbers or as texts."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from telebill_assets.rating.call.exact import decimals_of

MOST_DIGITS = 38
"""Before and after the decimal point."""
FIRST_YEAR, LAST_YEAR = 1900, 2199
DAY_S = 86_400
CLOCK_TIME = (
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[T ]([0-9]{2}:[0-9]{2}(?::[0-9]{2})?)(?:\.0+)?\s*(?:Z|UTC|[+-][0-9]{2}:?[0-9]{2})?)?"
)
Case = Mapping[str, Any]


class WrongCaseError(ValueError):
    """A case that cannot be answered; the message names the field, its value and what is expected."""


def wrong(field: str, value: object, expected: str) -> WrongCaseError:
    """The error that a field is not what it must be."""
    shown = "missing" if value is None else f"'{value}'"
    return WrongCaseError(f"{field} is {shown}, expected {expected}")


def decimal(case: Case, field: str, name: str) -> Decimal | None:
    """A number of any sign with at most MOST_DIGITS digits before and after the point; None if it is null or absent.

    Raises:
        WrongCaseError: it is no number; `name` says where it stands.
    """
    value = case.get(field)
    if value is None:
        return None
    try:
        if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
            raise wrong(name, value, "a number")
        found = Decimal(str(value).strip())
    except InvalidOperation as error:
        raise wrong(name, value, "a number") from error
    if not found.is_finite() or (found and found.adjusted() >= MOST_DIGITS) or decimals_of(found) > MOST_DIGITS:
        raise wrong(name, value, f"a number with at most {MOST_DIGITS} digits before and after the point")
    return found


def whole(case: Case, field: str, name: str, least: int, most: int) -> int:
    """A whole number in a range.

    Raises:
        WrongCaseError: it is missing, or something else.
    """
    found = decimal(case, field, name)
    if found is None or found != found.to_integral_value() or not least <= found <= most:
        raise wrong(name, case.get(field), f"a whole number from {least} to {most}")
    return int(found)


def objects(case: Case, field: str, name: str) -> Sequence[Case] | None:
    """A list of objects; None if it is null, absent or empty.

    Raises:
        WrongCaseError: it is something else.
    """
    value = case.get(field)
    if value is None or value == []:
        return None
    if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
        raise wrong(name, value, "a list of objects, or null")
    return value


def one_of(case: Case, field: str, known: Sequence[str], default: str) -> str:
    """A word of a list; the default if it is null or absent.

    Raises:
        WrongCaseError: it is no such word.
    """
    value = case.get(field)
    if value is None:
        return default
    if value not in known:
        raise wrong(field, value, f"one of {', '.join(known)}")
    return str(value)


def clock_time(text: object) -> datetime:
    """A date, or a date and time of day, as a clock shows it. A zone that is written behind it is that clock's own.

    Raises:
        ValueError: the text is no time in whole seconds between 1900 and 2199.
    """
    found = re.fullmatch(CLOCK_TIME, str(text).strip())
    if not found or not FIRST_YEAR <= int(found[1][:4]) <= LAST_YEAR:
        raise ValueError(text)
    day, clock = date.fromisoformat(found[1]), found[2] or "00:00"
    if clock in {"24:00", "24:00:00"}:
        day, clock = day + timedelta(days=1), "00:00"
    return datetime.fromisoformat(f"{day} {clock}")


def second_of_day(value: object, name: str) -> int:
    """A time of day, up to 24:00:00, in seconds.

    Raises:
        WrongCaseError: it is none.
    """
    found = re.fullmatch(r"([0-9]{1,2}):([0-5][0-9])(?::([0-5][0-9]))?", str(value).strip())
    second = int(found[1]) * 3600 + int(found[2]) * 60 + int(found[3] or 0) if found else DAY_S + 1
    if second > DAY_S:
        raise wrong(name, value, "a time of day such as 08:30:00, at most 24:00:00")
    return second
