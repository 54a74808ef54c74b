"""A billing month: its first and last day, and the days of it on which something was active."""

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl


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

    def active_from(self, valid_from: pl.Expr) -> pl.Expr:
        """First active day within the month."""
        return pl.max_horizontal(valid_from, pl.lit(self.first))

    def active_to(self, valid_to: pl.Expr) -> pl.Expr:
        """Last active day within the month; an open end, which is null, reaches beyond it."""
        return pl.min_horizontal(valid_to, pl.lit(self.last))

    def active_days(self, valid_from: pl.Expr, valid_to: pl.Expr) -> pl.Expr:
        """Number of active days within the month: 10 from 21 April on."""
        return (self.active_to(valid_to) - self.active_from(valid_from)).dt.total_days() + 1

    def overlaps(self, valid_from: pl.Expr, valid_to: pl.Expr) -> pl.Expr:
        """Whether the days from valid_from to valid_to touch the month."""
        return (valid_from <= self.last) & (valid_to.is_null() | (valid_to >= self.first))

    def touches(self, valid_from: date | None, valid_to: date | None) -> bool:
        """Whether a validity, given as two dates, has a day in the month; None is an open end.

        21 April to 3 May touches April and May; from 1 May without an end touches May and every later month.
        """
        return (valid_from or self.last) <= self.last and (valid_to or self.first) >= self.first
