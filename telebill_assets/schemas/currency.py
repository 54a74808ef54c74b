"""A named check: the currency is one of ISO 4217 with as many decimals as telebill's amounts have."""

from functools import cache
from typing import Any

from babel.numbers import get_currency_precision, list_currencies
from pyspark.sql import Column

from telebill_assets.schemas.checks import column_check

MINOR_DIGITS = 2


@cache
def currencies(decimals: int) -> tuple[str, ...]:
    """Codes of the currencies with this number of decimals."""
    return tuple(sorted(code for code in list_currencies() if get_currency_precision(code) == decimals))


@column_check
def known_currency(column: Column, decimals: int) -> Column:
    """Whether the code is that of a currency with this number of decimals."""
    return column.isin(list(currencies(decimals)))


CURRENCY: dict[str, Any] = {"known_currency": {"decimals": MINOR_DIGITS}}
"""For fields of currency codes: pa.Field(**CURRENCY, description=...)."""
