"""Which suspense is meant: by reason, source, landing day and age."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from telebill_assets.errors import InvalidInputError
from telebill_assets.tables.reasons import FILE_REASONS, SUSPENSE_REASONS

REASONS = (*SUSPENSE_REASONS, *FILE_REASONS)
ENDLESS = 10**6


@dataclass(frozen=True)
class Selection:
    """Suspense of these reasons and sources (none named: all), landed from `first` to `last`."""

    today: date
    reasons: Collection[str] = ()
    sources: Collection[str] = ()
    first: date = date.min
    last: date = date.max

    def covers(self, day: date) -> bool:
        """Whether suspense of a landing day is meant; what landed after `today` never is."""
        return self.first <= day <= min(self.last, self.today)


def select(
    today: date,
    reasons: Sequence[str] | None = None,
    sources: Sequence[str] | None = None,
    days: str | None = None,
    age: str | None = None,
) -> Selection:
    """Read the options of the command line.

    Args:
        today: the day from which ages are counted.
        reasons: reason codes of records and files.
        sources: names of sources.
        days: landing days, `2020-04-03` or `2020-04-03..2020-04-09`; either end may be left out.
        age: days since landing, `8..30` or `8..`.

    Raises:
        InvalidInputError: an option cannot be read.
    """
    if unknown := [reason for reason in reasons or [] if reason not in REASONS]:
        raise InvalidInputError(f"--reason {', '.join(unknown)} is unknown, expected one of {', '.join(REASONS)}")
    first, last = _days(days)
    youngest, oldest = _ages(age)
    if oldest < ENDLESS:
        first = max(first, today - timedelta(days=oldest))
    return Selection(
        today, tuple(reasons or ()), tuple(sources or ()), first, min(last, today - timedelta(days=youngest))
    )


def day_of(text: str, option: str) -> date:
    """A day of the command line.

    Raises:
        InvalidInputError: it is none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInputError(f"{option} {text} is no date such as 2020-04-03") from None


def _days(text: str | None) -> tuple[date, date]:
    first, last = _range(text or "..")
    begin = day_of(first, "--days") if first else date.min
    end = day_of(last, "--days") if last else date.max
    if begin > end:
        raise InvalidInputError(f"--days {text} ends before it begins")
    return begin, end


def _ages(text: str | None) -> tuple[int, int]:
    if text and not re.fullmatch(r"\d{1,5}(\.\.\d{0,5})?|\.\.\d{1,5}", text):
        raise InvalidInputError(f"--age {text} is no number of days such as 8..30 or 8..")
    youngest, oldest = _range(text or "..")
    found = int(youngest or 0), int(oldest or ENDLESS)
    if found[0] > found[1]:
        raise InvalidInputError(f"--age {text} ends before it begins")
    return found


def _range(text: str) -> tuple[str, str]:
    first, dots, last = text.partition("..")
    return (first, last) if dots else (first, first)
