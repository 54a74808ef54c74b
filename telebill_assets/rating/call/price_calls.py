"""The price of a call: the one function that every price comes from."""

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
import polars as pl

from telebill_assets.rating.call.call_arrays import arrays_of
from telebill_assets.rating.call.call_names import CallNames
from telebill_assets.rating.call.charging import Batch, Charged, charge_calls
from telebill_assets.rating.call.exact import decimal_series, largest
from telebill_assets.rating.call.plan_terms import LINE_DECIMALS
from telebill_assets.rating.call.price_list import PriceList
from telebill_assets.rating.call.rate_choice import NO_RATE
from telebill_assets.rating.tariff import CallTariff, Tariff

Ints = npt.NDArray[np.int64]

MOST = 10**18
BATCH = 65_536
"""Calls that are charged together: so many that numpy has work, so few that their arrays stay in the cache."""
USED = (
    *("account_id", "call_date", "start_at", "answer_at", "direction", "caller", "callee"),
    *("talk_s", "jurisdiction", "usage_type", "units"),
)
"""Columns of validated_usage that decide the price of a call."""


class ChargeTooLargeError(Exception):
    """A call that costs 100,000,000 or more: the tables have no room for it, and no tariff means it."""


def price_calls(calls: pl.DataFrame, tariff: Tariff | CallTariff) -> pl.DataFrame:
    """Price calls by the plan of their account on the call date.

    Args:
        calls: columns of validated_usage, with those of USED. Without answer_at a call is answered when it starts;
            without usage_type all are voice; without units each is one.
        tariff: the published tariff, or what of it is `prepared` for tasks.

    Returns:
        The calls with plan_id, currency, destination, destination_name, destination_group, band (of the first
        second), rate_id (of the first second; a + follows where other rates, a minimum or a maximum made the
        charge), billed_s (whole increments, seconds, times the participants of a conference), charge (Decimal(18,10))
        and unpriced: null, or 'no_plan' or 'no_rate', whose calls have no charge.

    Raises:
        ChargeTooLargeError: a charge has more than eight digits before the point.
    """
    prices = tariff.price_list
    if prices.terms.decimals != LINE_DECIMALS:
        msg = f"a plan rounds to more than {LINE_DECIMALS} decimals, which the charge has no room for"
        raise ValueError(msg)
    batch = arrays_of(calls, tariff)
    charged = _charged(prices, batch)
    return calls.hstack(_priced_columns(charged, prices.contract_plan[batch.contract], tariff.call_names))


@dataclass(frozen=True)
class _Prices:
    """What is kept of the charges of calls, see charging.Charged, in as little memory as will do."""

    destination: npt.NDArray[np.int32]
    band: npt.NDArray[np.int32]
    rate: npt.NDArray[np.int32]
    billed_s: Ints
    charge: Ints
    mixed: npt.NDArray[np.bool_]

    @classmethod
    def empty(cls, calls: int) -> "_Prices":
        destination, band, rate = (np.empty(calls, np.int32) for _ in range(3))
        billed_s, charge = (np.empty(calls, np.int64) for _ in range(2))
        return cls(destination, band, rate, billed_s, charge, np.empty(calls, np.bool_))

    def keep(self, charged: Charged, start: int) -> None:
        """Keep the charges of a batch of calls that begins at `start`."""
        for each in fields(self):
            getattr(self, each.name)[start : start + len(charged.rate)] = getattr(charged, each.name)


def _charged(prices: PriceList, calls: Batch) -> _Prices:
    found = _Prices.empty(len(calls.key))
    for nr, part in enumerate(calls.parts(BATCH)):
        charged = charge_calls(prices, part)
        if largest(charged.charge) >= MOST:
            raise ChargeTooLargeError("a call costs 100,000,000 or more; the rate or the duration cannot be right")
        found.keep(charged, nr * BATCH)
    return found


def _priced_columns(charged: _Prices, plan: Ints, names: CallNames) -> list[pl.Series]:
    """The columns that price_calls adds, in the order in which it documents them."""
    priced = charged.rate != NO_RATE
    billed_s, every = pl.Series("billed_s", charged.billed_s), bool(priced.all())
    return [
        *names.plans[plan],
        *names.destinations[charged.destination],
        names.bands.gather(charged.band),
        names.rate_ids(charged.rate, charged.mixed & priced),
        billed_s if every else billed_s.zip_with(pl.Series(priced), _NOTHING),
        decimal_series("charge", charged.charge, priced, LINE_DECIMALS),
        _REASONS.gather(np.where(priced, _PRICED, np.where(names.has_plan(plan), _NO_RATE, _NO_PLAN))),
    ]


_NO_PLAN, _NO_RATE, _PRICED = range(3)
_REASONS = pl.Series("unpriced", ["no_plan", "no_rate", None])
_NOTHING = pl.Series([None], dtype=pl.Int64)
