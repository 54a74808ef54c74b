"""Which other days a job of one day or one month looks at."""

from datetime import date, timedelta

from telebill_assets.compute.context import JobContext
from telebill_assets.errors import InvalidInputError


def month_of(text: str) -> date:
    """First day of the month that an operator wrote as 2020-04.

    Raises:
        InvalidInputError: it is no month.
    """
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise InvalidInputError(f"{text!r} is no month such as 2020-04") from None


def earlier_days(context: JobContext) -> list[date]:
    """Landing days before the job's day on which a call of that day may have landed already."""
    days = range(1, context.settings.max_call_age_days + 1)
    candidates = [context.partition - timedelta(days=n) for n in days]
    return [day for day in candidates if day >= context.settings.first_day]


def next_month(month: date) -> date:
    """First day of the month after `month`."""
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def days_of_month(month: date) -> list[date]:
    """All days of a month, in order."""
    first = month.replace(day=1)
    return [first + timedelta(days=n) for n in range((next_month(first) - first).days)]
