"""Why a call costs what it costs: price_calls with every step shown, and exact at any size."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import polars as pl

from telebill_assets.rating.call.call_arrays import arrays_of
from telebill_assets.rating.call.charging import Charged, charge_calls
from telebill_assets.rating.call.exact import Integers, plain
from telebill_assets.rating.call.rate_choice import NO_RATE
from telebill_assets.rating.tariff import Tariff


@dataclass(frozen=True)
class Bought:
    """Seconds of a call that were bought at one rate and group, from `from_s` to `until_s` after its start."""

    band: str | None
    from_s: int
    until_s: int
    billed_s: int
    """What was bought for them: seconds of all participants, or messages."""
    rate_id: str | None
    from_group_s: int
    """First second of the group."""


@dataclass(frozen=True)
class Explanation:
    """The price of a call and how it comes about. Amounts are texts in plain decimal notation.

    Where a rate is missing, rate_id and the charges are None, and unrated_s and unrated_band say from where on.
    """

    plan_id: str | None
    currency: str | None
    prefix: str | None
    destination: str | None
    band: str | None
    """Band of the first second, as is the rate."""
    rate_id: str | None
    billed_s: int
    exact_charge: str | None
    """Before the plan rounds it at the point `call`."""
    charge: str | None
    """After it."""
    unrated_s: int
    unrated_band: str | None
    pieces: list[Bought] = field(default_factory=list)


def explain_calls(calls: pl.DataFrame, tariff: Tariff) -> list[Explanation]:
    """Price calls as price_calls does, by the same charging, and say how.

    Args:
        calls: as price_calls takes them; few, since every one becomes an object.
        tariff: any tariff, even one whose charges the lake's tables have no room for.

    Returns:
        An explanation of every call, in their order.
    """
    prices, names, batch = tariff.price_list, tariff.call_names, arrays_of(calls, tariff)
    charged = charge_calls(prices, batch, keep_pieces=True)
    plans = names.plans[prices.contract_plan[batch.contract]]
    rated = (charged.rate != NO_RATE).tolist()
    columns = (
        plans["plan_id"].to_list(),
        plans["currency"].to_list(),
        [prices.prefixes.texts[version] if version >= 0 else None for version in charged.version.tolist()],
        names.destinations["destination"].gather(charged.destination).to_list(),
        names.bands.gather(charged.band).to_list(),
        names.rates.gather(charged.rate).to_list(),
        charged.billed_s.tolist(),
        _amounts(charged.numerator, prices.scale.unit, rated),
        _amounts(charged.charge, 10**prices.terms.decimals, rated),
        charged.unrated_s.tolist(),
        names.bands.gather(charged.unrated_band).to_list(),
        _pieces(charged, tariff),
    )
    return [Explanation(*row) for row in zip(*columns, strict=True)]


def _amounts(numerators: Integers, unit: int, rated: Sequence[bool]) -> list[str | None]:
    return [plain(Fraction(int(n), unit)) if priced else None for n, priced in zip(numerators, rated, strict=True)]


def _pieces(charged: Charged, tariff: Tariff) -> list[list[Bought]]:
    """The pieces of every call, in the order of their seconds."""
    names, from_s = tariff.call_names, tariff.price_list.rates.from_s
    found: dict[int, list[Bought]] = defaultdict(list)
    for piece in charged.pieces:
        columns = (
            names.bands.gather(piece.band).to_list(),
            piece.from_s.tolist(),
            piece.until_s.tolist(),
            piece.bought_s.tolist(),
            names.rates.gather(piece.rate).to_list(),
            from_s[piece.group].tolist(),
        )
        for call, *bought in zip(piece.call.tolist(), *columns, strict=True):
            found[call].append(Bought(*bought))
    return [found[call] for call in range(len(charged.rate))]
