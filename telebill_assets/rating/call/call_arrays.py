"""Calls as arrays of numbers, which is how whole batches of them are charged."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from telebill_assets.rating.call.charging import Batch
from telebill_assets.rating.call.destinations import number_keys
from telebill_assets.rating.call.rate_choice import WAYS_OF_A_TYPE
from telebill_assets.rating.tariff import CallTariff, Tariff
from telebill_assets.tables.validated_usage import DIRECTIONS, JURISDICTIONS, USAGE_TYPES

Ints = npt.NDArray[np.int64]

INBOUND, TOLL_FREE = DIRECTIONS.index("inbound"), JURISDICTIONS.index("toll_free")


def arrays_of(calls: pl.DataFrame, tariff: Tariff | CallTariff) -> Batch:
    """What decides the price of calls, as numbers.

    Args:
        calls: as price_calls takes them.
        tariff: its contracts, plans and bands are numbered by their position.

    Raises:
        polars.exceptions.InvalidOperationError: a direction, jurisdiction or usage type is none that there is.
    """
    terms, day = tariff.price_list.terms, calls["call_date"].to_physical().cast(pl.Int64).to_numpy()
    direction, jurisdiction = (_numbers_in(known, calls[name]) for name, known in _WORDS.items())
    contract = tariff.account_contracts.contracts_of(calls["account_id"], day)
    plan = tariff.price_list.contract_plan[contract]
    by_origin = (direction == INBOUND) & ((jurisdiction == TOLL_FREE) | terms.inbound_by_origin[plan])
    kind = jurisdiction * len(DIRECTIONS) + direction
    if "usage_type" in calls.columns:
        kind += _numbers_in(USAGE_TYPES, calls["usage_type"]) * WAYS_OF_A_TYPE
    instant = _seconds(calls["start_at"])
    if "answer_at" in calls.columns and terms.split.any():
        instant = np.where(terms.split[plan], _seconds(calls["answer_at"]), instant)
    return Batch(
        key=number_keys(_priced_numbers(calls, by_origin)),
        day=day,
        kind=kind,
        contract=contract,
        instant=instant,
        talk_s=calls["talk_s"].to_numpy(),
        units=calls["units"].to_numpy() if "units" in calls.columns else np.ones(len(calls), np.int64),
    )


_WORDS = {"direction": DIRECTIONS, "jurisdiction": JURISDICTIONS}


def _priced_numbers(calls: pl.DataFrame, by_origin: npt.NDArray[np.bool_]) -> pl.Series:
    """The called number; of calls priced by their origin the calling one, if it is known."""
    called = calls["callee"]
    if not by_origin.any():
        return called
    origin = calls.select(pl.coalesce("caller", "callee")).to_series()
    return origin.zip_with(pl.Series(by_origin), called)


def _numbers_in(words: Sequence[str], column: pl.Series) -> Ints:
    """Positions of the words of a column."""
    return column.cast(pl.Enum(words)).to_physical().cast(pl.Int64).to_numpy()


def _seconds(moments: pl.Series) -> Ints:
    """Instants as whole seconds since 1970: 00:01:00 UTC of 1 January 1970 is 60."""
    return moments.dt.cast_time_unit("us").to_physical().to_numpy() // 1_000_000
