"""A billing month: its first and last day, and the days of it on which something was active."""

from dataclasses import dataclass
from datetime import date, timedelta

from pyspark.sql import Column
from pyspark.sql import functions as F


@dataclass(frozen=True)
class Month:
    """A calendar month in the billing zone."""

    first: date

    @property
    def last(self) -> date:
        return self.next.first - timedelta(days=1)

    @property
    def next(self) -> "Month":
        return Month((self.first + timedelta(days=31)).replace(day=1))

    @property
    def previous(self) -> "Month":
        return Month((self.first - timedelta(days=1)).replace(day=1))

    @property
    def days(self) -> int:
        return self.last.day

    def active_from(self, valid_from: Column) -> Column:
        """First active day within the month."""
        return F.greatest(valid_from, F.lit(self.first))

    def active_to(self, valid_to: Column) -> Column:
        """Last active day within the month; an open end reaches beyond it."""
        return F.least(F.coalesce(valid_to, F.lit(self.last)), F.lit(self.last))

    def active_days(self, valid_from: Column, valid_to: Column) -> Column:
        """Number of active days within the month."""
        return F.datediff(self.active_to(valid_to), self.active_from(valid_from)) + 1

    def overlaps(self, valid_from: Column, valid_to: Column) -> Column:
        """Whether the days from valid_from to valid_to touch the month."""
        return (valid_from <= F.lit(self.last)) & (F.coalesce(valid_to, F.lit(self.last)) >= F.lit(self.first))

    def touches(self, valid_from: date | None, valid_to: date | None) -> bool:
        """The same of two days; null is open."""
        return (valid_from or self.last) <= self.last and (valid_to or self.first) >= self.first
