"""Small tariffs; columns that a row leaves out are null."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from telebill_assets.rating.tariff import Tariff
from telebill_assets.tables.registry import REFERENCE_TABLES
from telebill_assets.tables.table import from_rows, table_name


def tariff_of(rows: Mapping[str, Sequence[dict[str, Any]]]) -> Tariff:
    """A tariff of these rows by reference table; tables that are left out are empty."""
    return Tariff.build(
        {table_name(model): from_rows(rows.get(table_name(model), ()), model) for model in REFERENCE_TABLES}
    )


def rate_row(deck, destination, *, from_s=0, fee="0", rate="0", increment=60, **changes) -> dict[str, Any]:
    """A row of rates for all calls, of a minute."""
    return {
        "rate_deck": deck,
        "destination": destination,
        "jurisdiction": "*",
        "direction": "*",
        "band": "*",
        "valid_from": date(2020, 1, 1),
        "valid_to": None,
        "from_s": from_s,
        "connect_fee": Decimal(fee),
        "rate": Decimal(rate),
        "unit_s": 60,
        "increment_s": increment,
    } | changes
