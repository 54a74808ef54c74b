"""Column types shared by the tables. Money is Decimal everywhere; no type here is a float."""

from typing import Annotated

import polars as pl

Instant = Annotated[pl.Datetime, "us", "UTC"]
"""A moment in UTC, to the microsecond."""

LocalTime = Annotated[pl.Datetime, "us", None]
"""What a clock on the wall shows, in a time zone that the column's description names."""

Money = Annotated[pl.Decimal, 18, 2]
"""An amount rounded to the currency's minor unit."""

Exact = Annotated[pl.Decimal, 18, 10]
"""An amount before it is rounded to the minor unit, for one call, one aggregate or one line."""

Total = Annotated[pl.Decimal, 28, 10]
"""A sum of exact amounts over a file, a day or a month."""

TaxAmount = Annotated[pl.Decimal, 18, 6]
"""A tax amount as SureTax returns it with ResponseType D6."""

Rate = Annotated[pl.Decimal, 18, 8]
"""A price per unit, a connect fee, or a tax rate as a fraction."""

Quantity = Annotated[pl.Decimal, 18, 6]
"""A number of units; recurring quantities may be prorated."""


def unix_seconds(column: str) -> pl.Expr:
    """Whole seconds of an instant, fractions cut off."""
    return pl.col(column).dt.timestamp("us") // 1_000_000


def known_sum(name: str) -> pl.Expr:
    """The sum of a column under its own name, or null where no value is known: of null and null it is not 0."""
    return pl.when(pl.col(name).count() > 0).then(pl.col(name).sum()).alias(name)
