"""Charging: a batch of calls, as arrays, is cut into pieces, bought in whole increments and rounded once.

A call is cut where a rate group begins and, if its plan splits, where its band changes. All calls of the batch take
their first piece together, then those that go on take their second, and so on.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields

import numpy as np
import numpy.typing as npt

from telebill_assets.rating.call.bands import NO_BAND
from telebill_assets.rating.call.exact import Integers
from telebill_assets.rating.call.plan_terms import HALF_UP, UP
from telebill_assets.rating.call.price_list import PriceList, money
from telebill_assets.rating.call.rate_choice import NO_RATE, WAYS_OF_A_TYPE, CallsToRate
from telebill_assets.rating.call.rate_groups import FAR
from telebill_assets.tables.validated_usage import USAGE_TYPES

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

SMS, CONFERENCE = USAGE_TYPES.index("sms"), USAGE_TYPES.index("conference")


@dataclass(frozen=True)
class Batch:
    """Calls as arrays: number key (destinations.py), day of the call, kind (rate_choice.py), contract (price_list.py),
    instant from which bands are counted, talk seconds, units.
    """

    key: Ints
    day: Ints
    kind: Ints
    contract: Ints
    instant: Ints
    talk_s: Ints
    units: Ints

    def parts(self, size: int) -> Iterator["Batch"]:
        """The calls in batches of at most so many; one empty batch if there are none."""
        for start in range(0, max(len(self.key), 1), size):
            yield Batch(*(getattr(self, each.name)[start : start + size] for each in fields(self)))


@dataclass(frozen=True)
class Purchase:
    """A piece of some calls: what was bought of it, and in which band, rate and group. Seconds count from the start."""

    call: Ints
    band: Ints
    rate: Ints
    group: Ints
    from_s: Ints
    until_s: Ints
    bought_s: Ints


@dataclass
class Charged:
    """What a batch of calls costs.

    `band` and `rate` are those of the first piece; NO_RATE if any piece has none, and then `unrated_s` is where it
    begins and `unrated_band` its band. `mixed` says that the charge is not that of the first rate alone. `numerator`
    is the exact charge, `charge` the rounded one in units of 10^-decimals of the price list's terms.
    """

    version: npt.NDArray[np.int32]
    destination: Ints
    band: Ints
    rate: Ints
    billed_s: Ints
    numerator: Integers
    charge: Integers
    mixed: Flags
    unrated_s: Ints
    unrated_band: Ints
    pieces: list[Purchase] = field(default_factory=list)
    """What was bought, one piece of some calls after the other; only if it is asked for."""


def charge_calls(prices: PriceList, calls: Batch, *, keep_pieces: bool = False) -> Charged:
    """Price a batch of calls; with `keep_pieces` also say how."""
    meter = _Meter(prices, calls, keep_pieces=keep_pieces)
    meter.run()
    return meter.result()


class _Meter:
    """The state of all calls of a batch while they are charged."""

    def __init__(self, prices: PriceList, calls: Batch, *, keep_pieces: bool) -> None:
        self.prices, self.calls, self.rates = prices, calls, prices.rates
        self.plan = prices.contract_plan[calls.contract]
        usage = calls.kind // WAYS_OF_A_TYPE
        self.is_sms = usage == SMS
        self.quantity = np.where(self.is_sms, calls.units, calls.talk_s)
        self.times = np.where(usage == CONFERENCE, calls.units, 1)
        seconds, times = (int(column.max(initial=1)) for column in (self.quantity, self.times))
        self.money = prices.money_type(seconds, times)
        self.per_second = money(self.rates.per_second, self.money)
        self.version = prices.prefixes.find(calls.key, calls.day)
        self.destination = prices.prefixes.owner[self.version].astype(np.int64)
        n = len(calls.key)
        self.reached, self.billed = np.zeros(n, np.int64), np.zeros(n, np.int64)
        self.numerator = np.zeros(n, self.money)
        self.mixed = np.zeros(n, np.bool_)
        self.unrated_s, self.unrated_band = np.zeros(n, np.int64), np.full(n, NO_BAND, np.int64)
        self.pieces: list[Purchase] | None = [] if keep_pieces else None
        self.limited = bool(prices.terms.disconnects.any())

    def run(self) -> None:
        """Charge the calls band by band."""
        every = np.arange(len(self.plan))
        self.band, until = self._band(every, np.zeros_like(every))
        self.rate = self._rate(every, self.band)
        self.unrated_band = np.where(self.rate == NO_RATE, self.band, NO_BAND)
        live = np.flatnonzero((self.quantity > 0) & (self.rate != NO_RATE))
        self.numerator[live] = money(self.rates.connect_fee, self.money)[self.rate[live]]
        since, band, rate, until = np.zeros_like(live), self.band[live], self.rate[live], until[live]
        while live.size:
            end = np.minimum(self.quantity[live], until)
            self._buy(live, band, rate, since=since, end=end)
            goes_on = np.flatnonzero(end < self.quantity[live])
            live, since = live[goes_on], end[goes_on]
            if not live.size:
                break
            band, until = self._band(live, since)
            rate = self._rate(live, band)
            unrated = rate == NO_RATE
            if unrated.any():
                lost = live[unrated]
                self.rate[lost], self.unrated_s[lost], self.unrated_band[lost] = NO_RATE, since[unrated], band[unrated]
                live, since, band, rate, until = (column[~unrated] for column in (live, since, band, rate, until))
            self.mixed[live] |= rate != self.rate[live]

    def _band(self, live: Ints, since: Ints) -> tuple[Ints, Ints]:
        """The band that holds `since` seconds after the start, and the seconds after the start at which it ends."""
        splits = self.prices.terms.split[self.plan[live]] & ~self.is_sms[live]
        instant = self.calls.instant[live]
        last = instant + np.where(splits, self.quantity[live], 0)
        band, end = self.prices.calendars.locate(self.calls.contract[live], instant + since, last)
        return band, np.where(splits, end - instant, FAR)

    def _rate(self, live: Ints, band: Ints) -> Ints:
        calls = self.calls
        wanted = CallsToRate(self.destination[live], calls.kind[live], band, calls.day[live])
        return self.prices.choice.find(self.prices.terms.decks[self.plan[live]], wanted, self.rates)

    def _buy(self, live: Ints, band: Ints, rate: Ints, *, since: Ints, end: Ints) -> None:
        """Buy the seconds from `since` to `end`, group after group. Seconds bought before are not bought again."""
        rates = self.rates
        group = rates.first_group[rate]
        while live.size:
            begin = np.maximum(since, rates.from_s[group])
            stop = np.minimum(end, rates.until_s[group])
            reached = self.reached[live]
            start = np.maximum(begin, reached)
            increment = rates.increment_s[group]
            bought = (np.maximum(stop - start, 0) + (increment - 1)) // increment * increment
            if self.limited:
                bought = self._until_maximum(live, group, bought)
            times = self.times[live]
            self.reached[live] = np.where(bought > 0, start + bought, reached)
            self.billed[live] += bought * times
            self.numerator[live] += bought * times * self.per_second[group]
            if self.pieces is not None:
                self._keep(Purchase(live, band, rate, group, begin, stop, bought * times))
            further = np.flatnonzero(rates.until_s[group] < end)
            if not further.size:
                break
            live, band, rate, since, end = (column[further] for column in (live, band, rate, since, end))
            group = group[further] + 1

    def _until_maximum(self, live: Ints, group: Ints, bought: Ints) -> Ints:
        """With the policy `disconnect`, the increment that reaches the maximum charge is the last one billed."""
        terms, plan = self.prices.terms, self.plan[live]
        increment = self.rates.increment_s[group]
        price = increment * self.times[live] * self.per_second[group]
        left = money(terms.maximum, self.money)[plan] - self.numerator[live]
        possible = np.where(left > 0, -(-left // np.where(price > 0, price, 1)), 0)
        stops = terms.disconnects[plan] & ((price > 0) | (left <= 0))
        wanted = bought // increment
        affordable = np.where(stops, np.minimum(possible, wanted), wanted)
        self.mixed[live] |= (affordable < wanted).astype(np.bool_)
        return (affordable * increment).astype(np.int64)

    def _keep(self, piece: Purchase) -> None:
        """Record the purchase for the calls that have at least one second in it, if purchases are recorded."""
        real = piece.until_s > piece.from_s
        if self.pieces is not None and real.any():
            self.pieces.append(Purchase(*(getattr(piece, each.name)[real] for each in fields(Purchase))))

    def result(self) -> Charged:
        """What the calls cost after the minimum charge, the maximum charge and the rounding of their plans.

        A charge of 0.0312 with a minimum of 0.05, rounded to two decimals, is 0.05.
        """
        for bound, where in self._bounds():
            changed = where & (bound != self.numerator)
            self.mixed |= changed
            self.numerator = np.where(changed, bound, self.numerator)
        return Charged(
            version=self.version,
            destination=self.destination,
            band=self.band,
            rate=self.rate,
            billed_s=np.where(self.is_sms, 0, self.billed),
            numerator=self.numerator,
            charge=self._rounded(),
            mixed=self.mixed,
            unrated_s=self.unrated_s,
            unrated_band=self.unrated_band,
            pieces=self.pieces or [],
        )

    def _bounds(self) -> Iterator[tuple[Integers, Flags]]:
        """Minimum and maximum, and the calls that are below or above. What costs nothing by its rate has no minimum."""
        terms, plan = self.prices.terms, self.plan
        charged = (self.quantity > 0) & (self.rate != NO_RATE)
        if terms.has_minimum.any():
            minimum = money(terms.minimum, self.money)[plan]
            owed = charged & terms.has_minimum[plan] & (terms.minimum_on_free[plan] | ~self.rates.free[self.rate])
            yield minimum, owed & (self.numerator < minimum)
        if terms.has_maximum.any():
            maximum = money(terms.maximum, self.money)[plan]
            yield maximum, charged & terms.has_maximum[plan] & (self.numerator > maximum)

    def _rounded(self) -> Integers:
        """Round away from zero (up), to zero (down) or to the nearest, halves away from zero (half_up)."""
        terms, plan = self.prices.terms, self.plan
        multiplier, divisor, step = (
            money(values, self.money)[plan] for values in (terms.multiplier, terms.divisor, terms.step)
        )
        method = terms.method[plan]
        exact = np.abs(self.numerator) * multiplier
        steps = exact // divisor
        rest = exact - steps * divisor
        above = np.where(method == UP, rest > 0, (method == HALF_UP) & (2 * rest >= divisor))
        rounded = (steps + above.astype(np.bool_)) * step
        return np.where(self.numerator < 0, -rounded, rounded)
