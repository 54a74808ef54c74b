"""What a kind of charge is: the file of each kind says it once, and `kinds` lists them in order."""

from collections.abc import Callable
from typing import NamedTuple

import polars as pl

from telebill_assets.rating.month.allowances import Used
from telebill_assets.rating.month.month import Month
from telebill_assets.rating.month.month_before import MonthBefore
from telebill_assets.rating.tariff import Tariff


class Given(NamedTuple):
    """What lines of a kind can be made of."""

    calls: pl.DataFrame
    """Made by `usage_lines.calls_by_rate`."""

    usage: Used
    """Made by `month_usage`: the calls, and what they used of allowances."""

    tariff: Tariff
    month: Month
    before: MonthBefore | None
    lines: pl.DataFrame
    """The lines so far, of all kinds before, as rows of rated_usage."""


class ChargeKind(NamedTuple):
    """A kind of charge, and how its lines are made."""

    line_kinds: tuple[str, ...]
    """Names of its lines; their signs, tax and place on the invoice are in `tables.line_kinds`."""

    lines: Callable[[Given], pl.DataFrame]
    """The pure function: all columns of rated_usage that are not null, but billing_month and amount."""

    product: str
    """How the product of a line is decided, and with it the tax code."""

    reads: tuple[str, ...]
    """Reference tables that its lines are made of."""

    declared_in: str | None = None
    """The one of them that declares the charge: a tariff without rows in it has no such lines."""

    def declared(self, tariff: Tariff) -> bool:
        """Whether a tariff can have such lines."""
        return self.declared_in is None or tariff.tables[self.declared_in].num_rows > 0
