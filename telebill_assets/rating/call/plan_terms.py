"""What a plan says of the price of a call beside its rates, as arrays by the number of the plan."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt

from telebill_assets.rating.call.exact import Integers, integers
from telebill_assets.rating.call.rate_groups import Scale

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

LINE_DECIMALS = 10
"""A charge that only its line rounds is kept to ten decimals."""
METHODS = ("down", "half_up", "up")
HALF_UP, UP = METHODS.index("half_up"), METHODS.index("up")


@dataclass(frozen=True)
class PlanTerms:
    """Terms by plan; the last plan stands for none. Amounts are numerators, see rate_groups.py.

    A charge is rounded to `multiplier` / `divisor` of its numerator, in steps of which `step` make 10^-decimals.
    """

    decimals: int
    decks: Ints
    split: Flags
    inbound_by_origin: Flags
    minimum: Integers
    has_minimum: Flags
    minimum_on_free: Flags
    maximum: Integers
    has_maximum: Flags
    disconnects: Flags
    method: Ints
    multiplier: Integers
    divisor: Integers
    step: Integers

    @classmethod
    def build(cls, plans: Sequence[Mapping[str, Any]], decks: Sequence[Sequence[int]], scale: Scale) -> "PlanTerms":
        """Take rows of plans, and the numbers of each plan's decks in their order."""
        rounded = [_decimals(plan) for plan in plans] + [0]
        most = max(LINE_DECIMALS, *rounded)
        places = max(map(len, decks), default=1)
        methods = [plan["rounding_method"] if _at_call(plan) else "half_up" for plan in plans]
        return cls(
            decimals=most,
            decks=np.array([[*row, *[-1] * (places - len(row))] for row in [*decks, []]], np.int64),
            split=_flags(plan.get("band_policy") == "split" for plan in plans),
            inbound_by_origin=_flags(plan.get("inbound_on") != "called" for plan in plans),
            minimum=_amounts(plans, "min_charge", scale),
            has_minimum=_flags(plan.get("min_charge") is not None for plan in plans),
            minimum_on_free=_flags(plan.get("min_on_free") for plan in plans),
            maximum=_amounts(plans, "max_charge", scale),
            has_maximum=_flags(plan.get("max_charge") is not None for plan in plans),
            disconnects=_flags(
                plan.get("max_charge") is not None and plan.get("max_policy") == "disconnect" for plan in plans
            ),
            method=np.array([*map(METHODS.index, methods), HALF_UP], np.int64),
            multiplier=integers(10 ** max(places - scale.decimals, 0) for places in rounded),
            divisor=integers(scale.denominator * 10 ** max(scale.decimals - places, 0) for places in rounded),
            step=integers(10 ** (most - places) for places in rounded),
        )


def amounts_of(plans: Iterable[Mapping[str, Any]]) -> list[Decimal]:
    """Every amount that the scale must make whole."""
    named = [plan.get(name) for plan in plans for name in ("min_charge", "max_charge")]
    return [amount for amount in named if amount is not None]


def _amounts(plans: Sequence[Mapping[str, Any]], name: str, scale: Scale) -> Integers:
    return integers([*(scale.amount(plan.get(name) or Decimal(0)) for plan in plans), 0])


def _flags(values: Iterable[Any]) -> Flags:
    return np.array([*(bool(value) for value in values), False], np.bool_)


def _at_call(plan: Mapping[str, Any]) -> bool:
    return plan["rounding_point"] == "call"


def _decimals(plan: Mapping[str, Any]) -> int:
    return int(plan["rounding_decimals"]) if _at_call(plan) else LINE_DECIMALS
