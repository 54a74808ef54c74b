"""A check of currency codes: one of ISO 4217 with as many decimals as telebill's amounts have."""

from functools import cache
from typing import Any

import pandera.polars as pa
import polars as pl
from babel.numbers import get_currency_precision, list_currencies
from pandera.api.checks import Check

MINOR_DIGITS = 2


@cache
def currencies(decimals: int) -> tuple[str, ...]:
    """Codes of the currencies with this number of decimals."""
    return tuple(sorted(code for code in list_currencies() if get_currency_precision(code) == decimals))


def known_currency(decimals: int, **options: Any) -> Check:
    """A check that a code is that of a currency with this number of decimals; `options` are those of all checks."""

    def known(data: pa.PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(pl.col(data.key).is_in(currencies(decimals)))

    named = f"known_currency(decimals={decimals})"
    return Check(known, name="known_currency", statistics={"decimals": decimals}, error=named, **options)


Check.REGISTERED_CUSTOM_CHECKS["known_currency"] = known_currency
"""So that fields can name it. Pandera's own decorator for this imports pandas."""

CURRENCY: dict[str, Any] = {"known_currency": {"decimals": MINOR_DIGITS}}
"""For fields of currency codes: pa.Field(**CURRENCY, description=...)."""
