"""What a re-rating is about: landing days, and maybe one account or one destination."""

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from telebill_assets.errors import InvalidInputError
from telebill_assets.lake.lake import Lake
from telebill_assets.tables.daily_aggregates import DailyAggregates
from telebill_assets.tables.reference.accounts import Accounts
from telebill_assets.tables.reference.destinations import Destinations
from telebill_assets.tables.table import TableModel


@dataclass(frozen=True)
class Scope:
    """Days from first to last, both included; calls and aggregates outside stay exactly as they are published."""

    first: date
    last: date
    account: str | None = None
    destination: str | None = None

    @classmethod
    def parse(cls, days: str, account: str | None, destination: str | None) -> "Scope":
        """Read days as typed: 2020-04-01..2020-04-30, or one day.

        Raises:
            InvalidInputError: the days are no days, or out of order.
        """
        first, _, last = days.partition("..")
        try:
            scope = cls(date.fromisoformat(first), date.fromisoformat(last or first), account, destination)
        except ValueError:
            raise InvalidInputError(f"--days is {days!r}: expected 2020-04-01..2020-04-30, or one day") from None
        if scope.last < scope.first:
            raise InvalidInputError(f"--days is {days!r}: the last day is before the first")
        return scope

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]

    @property
    def months(self) -> list[date]:
        """First days of the months that the days are in."""
        return sorted({day.replace(day=1) for day in self.days})

    @property
    def filtered(self) -> bool:
        """Whether some rows of the days are outside."""
        return bool(self.account or self.destination)

    def days_in(self, month: date) -> list[date]:
        """The days that are in a month."""
        return [day for day in self.days if day.replace(day=1) == month]

    def of_account(self, calls: pl.LazyFrame) -> pl.LazyFrame:
        """Calls that may be inside: their destination is known only when they are priced."""
        return calls.filter(pl.col("account_id") == self.account) if self.account else calls

    def covers(self) -> pl.Expr:
        """Whether a priced call or an aggregate is inside; never null."""
        filters = {"account_id": self.account, "destination": self.destination}
        inside = [pl.col(name).eq_missing(pl.lit(wanted)) for name, wanted in filters.items() if wanted]
        return pl.all_horizontal(pl.lit(value=True), *inside)

    def require_known(self, lake: Lake) -> None:
        """Refuse days that are not published, and an account or destination that does not exist.

        Raises:
            InvalidInputError: naming all of them.
        """
        present = {partition["landing_day"] for partition in lake.published_partitions(DailyAggregates)}
        wrong = [f"--days: daily_aggregates of {day} is not published" for day in self.days if day not in present]
        wrong += _unknown(lake, Accounts, "account_id", "--account", self.account)
        wrong += _unknown(lake, Destinations, "destination", "--destination", self.destination)
        if wrong:
            raise InvalidInputError("\n".join(wrong))


def _unknown(lake: Lake, model: TableModel, column: str, option: str, wanted: str | None) -> list[str]:
    if wanted is None or wanted in lake.frame(model)[column]:
        return []
    return [f"{option} is {wanted!r}: not among the published {column}s"]
