"""A check of currency codes: one of ISO 4217 with as many decimals as telebill's amounts have."""

from functools import cache
from typing import Any

import pandera.polars as pa
import polars as pl
from babel.numbers import get_currency_precision, list_currencies
from pandera.api.extensions import register_check_method

MINOR_DIGITS = 2


@cache
def currencies(decimals: int) -> tuple[str, ...]:
    """Codes of the currencies with this number of decimals."""
    return tuple(sorted(code for code in list_currencies() if get_currency_precision(code) == decimals))


@register_check_method(statistics=["decimals"])
def known_currency(data: pa.PolarsData, *, decimals: int) -> pl.LazyFrame:
    """Whether the code is that of a currency with this number of decimals."""
    return data.lazyframe.select(pl.col(data.key).is_in(currencies(decimals)))


CURRENCY: dict[str, Any] = {"known_currency": {"decimals": MINOR_DIGITS}}
"""For fields of currency codes: pa.Field(**CURRENCY, description=...)."""
