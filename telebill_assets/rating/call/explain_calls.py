"""Why a call costs what it costs: price_calls with every step shown, and exact at any size."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import fields
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.pandas.functions import pandas_udf

from telebill_assets.rating.call.charging import Batch, Charged, charge_calls
from telebill_assets.rating.call.exact import Integers, plain
from telebill_assets.rating.call.price_calls import numbered_calls
from telebill_assets.rating.call.price_list import PriceList
from telebill_assets.rating.call.rate_choice import NO_RATE
from telebill_assets.rating.tariff import Tariff

PIECE = "band string, from_s long, until_s long, billed_s long, rate_id string, from_group_s long"
EXPLANATION = (
    "prefix string, destination string, band string, rate_id string, billed_s long, exact_charge string, "
    f"charge string, unrated_s long, unrated_band string, pieces array<struct<{PIECE}>>"
)


def explain_calls(calls: DataFrame, tariff: Tariff) -> DataFrame:
    """Price calls as price_calls does, by the same charging, and say how.

    Args:
        calls: as price_calls takes them.
        tariff: any tariff, even one whose charges the lake's tables have no room for.

    Returns:
        The calls with plan_id, currency and `explanation`: the matched prefix and its destination, band and rate_id of
        the first second, billed_s, exact_charge and charge (before and after rounding by the plan at the point `call`;
        texts in plain decimal notation), and the pieces in order. A piece has its band, its seconds from the start of
        the call, the seconds (of all participants, or messages) bought for it, its rate and the group's first second.
        Where a rate is missing, rate_id and the charges are null, and unrated_s and unrated_band say from where.
    """
    explained = _explaining(tariff)(*[F.col(f"numbered_{field.name}") for field in fields(Batch)])
    numbered = numbered_calls(calls, tariff)
    return numbered.select(*calls.columns, "plan_id", "currency", explained.alias("explanation"))


def _explaining(tariff: Tariff) -> Callable[..., Column]:
    prices, names = tariff.price_list, _Names(tariff)

    @pandas_udf(EXPLANATION)  # type: ignore[call-overload]
    def explain(*columns: pd.Series) -> pd.DataFrame:
        batch = Batch(*(column.to_numpy(np.int64) for column in columns))
        return explanations(prices, names, batch)

    return explain


def explanations(prices: PriceList, names: "_Names", batch: Batch) -> pd.DataFrame:
    """The explanations of a batch, with the columns of EXPLANATION."""
    charged = charge_calls(prices, batch, keep_pieces=True)
    rated = (charged.rate != NO_RATE).tolist()
    return pd.DataFrame(
        {
            "prefix": names.of(names.prefixes, charged.version),
            "destination": names.of(names.destinations, charged.destination),
            "band": names.of(names.bands, charged.band),
            "rate_id": names.of(names.rates, charged.rate),
            "billed_s": charged.billed_s,
            "exact_charge": _amounts(charged.numerator, prices.scale.unit, rated),
            "charge": _amounts(charged.charge, 10**prices.terms.decimals, rated),
            "unrated_s": charged.unrated_s,
            "unrated_band": names.of(names.bands, charged.unrated_band),
            "pieces": _pieces(charged, names, prices.rates.from_s),
        }
    )


def _amounts(numerators: Integers, unit: int, rated: Sequence[bool]) -> list[str | None]:
    return [plain(Fraction(int(n), unit)) if priced else None for n, priced in zip(numerators, rated, strict=True)]


class _Names:
    """What the numbers of a price list stand for."""

    def __init__(self, tariff: Tariff) -> None:
        self.prefixes: Sequence[str] = tariff.price_list.prefixes.texts
        self.destinations: Sequence[str] = [row["destination"] for row in tariff.destinations]
        self.bands: Sequence[str] = tariff.bands
        self.rates: Sequence[str] = tariff.rates.ids.to_pylist()

    @staticmethod
    def of(names: Sequence[str], numbers: Any) -> list[str | None]:
        return [names[number] if number >= 0 else None for number in numbers.tolist()]


def _pieces(charged: Charged, names: _Names, from_s: Any) -> list[list[dict[str, Any]]]:
    """The pieces of every call, in the order of their seconds."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for piece in charged.pieces:
        bands, rates = names.of(names.bands, piece.band), names.of(names.rates, piece.rate)
        numbers = (column.tolist() for column in (piece.call, piece.from_s, piece.until_s, piece.bought_s))
        for call, start, end, bought, band, rate, group in zip(
            *numbers, bands, rates, from_s[piece.group].tolist(), strict=True
        ):
            found[call].append(
                {
                    "band": band,
                    "from_s": start,
                    "until_s": end,
                    "billed_s": bought,
                    "rate_id": rate,
                    "from_group_s": group,
                }
            )
    return [found[call] for call in range(len(charged.rate))]
