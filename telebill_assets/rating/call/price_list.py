"""The price list: a tariff as arrays, from which whole batches of calls are priced at once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from telebill_assets.rating.call.band_calendars import BandCalendars
from telebill_assets.rating.call.bands import Band
from telebill_assets.rating.call.contracts import Contract
from telebill_assets.rating.call.exact import Integers, largest
from telebill_assets.rating.call.plan_terms import PlanTerms, amounts_of
from telebill_assets.rating.call.prefixes import Prefixes
from telebill_assets.rating.call.rate_choice import RateChoice
from telebill_assets.rating.call.rate_groups import RateGroups, RateRows, Scale

Ints = npt.NDArray[np.int64]
Row = Mapping[str, Any]

INT64 = 2**63 - 1


@dataclass(frozen=True)
class PriceList:
    """Everything that prices calls. Numbers are positions: of plans, contracts, destinations, bands and rates."""

    scale: Scale
    prefixes: Prefixes
    contract_plan: Ints
    calendars: BandCalendars
    terms: PlanTerms
    choice: RateChoice
    rates: RateGroups

    @classmethod
    def build(
        cls,
        *,
        plans: Sequence[Row],
        plan_decks: Sequence[Row],
        plan_bands: Sequence[Row],
        contracts: Sequence[Contract],
        destinations: Mapping[str, int],
        prefixes: Sequence[Row],
        rates: RateRows,
        bands: Sequence[str],
    ) -> "PriceList":
        """Take rows of the reference tables and the numbers of what they name."""
        scale = Scale.of(rates, amounts_of(plans))
        decks = {name: i for i, name in enumerate(rates.keys["rate_deck"].values)}
        orders = [[decks[name] for name in _decks(plan, plan_decks) if name in decks] for plan in plans]
        week = _bands_by_plan(plan_bands, {name: i for i, name in enumerate(bands)})
        return cls(
            scale=scale,
            prefixes=Prefixes.build(prefixes),
            contract_plan=np.array([*(contract.plan for contract in contracts), len(plans)], np.int64),
            calendars=BandCalendars(
                [week[plans[contract.plan]["plan_id"]] for contract in contracts],
                [contract.time_zone for contract in contracts],
            ),
            terms=PlanTerms.build(plans, orders, scale),
            choice=RateChoice.build(rates, destinations, bands),
            rates=RateGroups.build(rates, scale),
        )

    @cached_property
    def _bounds(self) -> tuple[int, int, int]:
        """The largest price of a second, increment and fixed amount."""
        fixed = max(map(largest, (self.rates.connect_fee, self.terms.minimum, self.terms.maximum)))
        return largest(self.rates.per_second), largest(self.rates.increment_s), fixed

    def money_type(self, seconds: int, times: int) -> npt.DTypeLike:
        """int64 if the charges of all calls of at most so many seconds fit at every step, else unlimited numbers."""
        per_second, increment, fixed = self._bounds
        charge = per_second * (seconds + increment) * times + fixed
        divisor = largest(self.terms.divisor)
        rounded = 2 * (charge * largest(self.terms.multiplier) + divisor)
        in_steps = (charge // self.scale.unit + 2) * 10**self.terms.decimals
        return np.int64 if max(rounded, in_steps, seconds + increment) < INT64 else np.object_


def money(values: Integers, kind: npt.DTypeLike) -> Integers:
    """The numbers in the chosen type."""
    return values if values.dtype == kind else values.astype(kind)


def _decks(plan: Row, plan_decks: Sequence[Row]) -> list[str]:
    """The plan's own deck, then its default decks in their order."""
    further = [row for row in plan_decks if row["plan_id"] == plan["plan_id"]]
    ordered = sorted(further, key=lambda row: int(row["position"]))
    return list(dict.fromkeys([plan["rate_deck"], *(row["rate_deck"] for row in ordered)]))


def _bands_by_plan(rows: Sequence[Row], numbers: Mapping[str, int]) -> Mapping[str, list[Band]]:
    bands: dict[str, list[Band]] = defaultdict(list)
    for row in rows:
        listed = bands[row["plan_id"]]
        listed.append(Band.of(row, len(listed), numbers[row["band"]]))
    return bands
