"""A second way to price a call: one call at a time, in plain Python, by the letter of docs/tariffs.md.

It exists to disagree. It shares no code with `rating`, which prices whole columns in whole numbers; here increments are
bought one after the other, in exact fractions that are rounded once, as Decimal.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal, localcontext
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

Row = Mapping[str, Any]

TABLES_READ = ("accounts", "plans", "plan_decks", "plan_bands", "subscriptions", "destinations", "rates")
ROUNDING = {"half_up": ROUND_HALF_UP, "up": ROUND_UP, "down": ROUND_DOWN}
DIGITS = 60
"""Enough that no quotient falls on the wrong side when it is rounded."""
LINE_DECIMALS = 10
NAMED = ("usage_type", "jurisdiction", "direction", "band")
"""What a rate may name; one that names an earlier of these comes first."""


@dataclass(frozen=True)
class Price:
    """What a call costs, or why it has no price."""

    plan_id: str | None = None
    destination: str | None = None
    billed_s: int | None = None
    charge: Decimal | None = None
    unpriced: str | None = None


class SecondRating:
    """Prices calls by rows of TABLES_READ; a table or column that is missing says nothing."""

    def __init__(self, tables: Mapping[str, Sequence[Row]]) -> None:
        self._zones = {row["account_id"]: ZoneInfo(row["time_zone"]) for row in tables["accounts"]}
        self._plans = {row["plan_id"]: row for row in tables["plans"]}
        self._decks = _grouped(tables.get("plan_decks", ()), "plan_id")
        self._bands = _grouped(tables["plan_bands"], "plan_id")
        self._subscriptions = _grouped(tables["subscriptions"], "account_id")
        self._destinations = _grouped(tables["destinations"], "prefix")
        self._rates = _grouped(tables["rates"], "rate_deck", "destination")

    def price(self, call: Row) -> Price:
        """Price a row of validated_usage; its start_s and answer_s are seconds since 1970."""
        subscribed = [row for row in self._subscriptions[call["account_id"],] if _valid(row, call["call_date"])]
        plan = self._plans[subscribed[0]["plan_id"]] if subscribed else None
        destination = self._destination(_priced_number(call, plan), call["call_date"])
        if plan is None:
            return Price(destination=destination, unpriced="no_plan")
        priced = self._charge(call, plan, destination)
        if priced is None:
            return Price(plan["plan_id"], destination, unpriced="no_rate")
        billed_s, charge = priced
        return Price(plan["plan_id"], destination, billed_s, _rounded(plan, charge))

    def _destination(self, number: str, day: date) -> str | None:
        """Of the longest prefix that starts the number and is valid on the day."""
        digits = number.removeprefix("+")
        for length in range(len(digits), 0, -1):
            for row in self._destinations[digits[:length],]:
                if _valid(row, day):
                    return str(row["destination"])
        return None

    def _charge(self, call: Row, plan: Row, destination: str | None) -> tuple[int, Fraction] | None:
        """Buy increments until the call is paid for: billed seconds and exact charge; None if a rate is missing."""
        usage, units = call.get("usage_type") or "voice", call.get("units") or 1
        seconds, times = (units, 1) if usage == "sms" else (call["talk_s"], units if usage == "conference" else 1)
        splits = plan.get("band_policy") == "split" and usage != "sms"
        begin = call["answer_s"] if splits and call.get("answer_s") is not None else call["start_s"]
        first = groups = self._groups(call, plan, destination, begin)
        if not first:
            return None
        maximum = plan.get("max_charge")
        ends_at = Fraction(maximum) if maximum is not None and plan.get("max_policy") == "disconnect" else None
        charge = Fraction(first[0]["connect_fee"]) if seconds else Fraction(0)
        paid_s = billed_s = 0
        while paid_s < seconds:
            if splits:
                groups = self._groups(call, plan, destination, begin + paid_s)
            if not groups:
                return None
            group = [row for row in groups if row["from_s"] <= paid_s][-1]
            paid_s += group["increment_s"]
            if ends_at is None or charge < ends_at:
                billed_s += group["increment_s"] * times
                charge += Fraction(group["rate"]) * group["increment_s"] * times / group["unit_s"]
        if seconds:
            charge = _bounded(charge, plan, free=all(not row["rate"] and not row["connect_fee"] for row in first))
        return (0 if usage == "sms" else billed_s), charge

    def _groups(self, call: Row, plan: Row, destination: str | None, instant: int) -> list[Row]:
        """The groups, by from_s, of the rate for a second of the call: of the first deck that has one that fits."""
        band = _band(self._bands[plan["plan_id"],], datetime.fromtimestamp(instant, self._zones[call["account_id"]]))
        asked = {"usage_type": call.get("usage_type") or "voice", "band": band}
        asked |= {name: call[name] for name in ("jurisdiction", "direction")}
        further = sorted(self._decks[plan["plan_id"],], key=lambda row: int(row["position"]))
        for deck in (plan["rate_deck"], *(row["rate_deck"] for row in further)):
            fitting = [
                row
                for row in self._rates[deck, destination]
                if band is not None and _valid(row, call["call_date"]) and _fits(row, asked)
            ]
            if fitting:
                best = min(map(_vagueness, fitting))
                return sorted((r for r in fitting if _vagueness(r) == best), key=lambda row: int(row["from_s"]))
        return []


def _priced_number(call: Row, plan: Row | None) -> str:
    """Inbound calls are priced on where they come from, if toll-free or if the plan says so.

    All others, and those of a plan that does not know the question, are priced on where they go.
    """
    by_origin = call["jurisdiction"] == "toll_free" or (plan or {}).get("inbound_on", "called") != "called"
    if call["direction"] == "inbound" and by_origin:
        return str(call["caller"] or call["callee"])
    return str(call["callee"])


def _fits(rate: Row, asked: Mapping[str, str | None]) -> bool:
    """A star stands for any, but for voice where it is the usage type."""
    usage = rate.get("usage_type") or "*"
    if usage not in {"*", asked["usage_type"]} or (usage == "*" and asked["usage_type"] != "voice"):
        return False
    return all(rate[name] in {"*", asked[name]} for name in NAMED[1:])


def _vagueness(rate: Row) -> tuple[bool, ...]:
    """What a rate leaves open; the least of these is the most specific rate."""
    return tuple((rate.get(name) or "*") == "*" for name in NAMED)


def _band(bands: Iterable[Row], local: datetime) -> str | None:
    """The band with the highest weight at a moment; of equals the one listed first."""
    second = local.hour * 3600 + local.minute * 60 + local.second
    today, yesterday = local.date(), local.date() - timedelta(days=1)
    ruling = []
    for row in bands:
        overnight = row["end_s"] <= row["start_s"]
        tonight = _begins(row, today) and row["start_s"] <= second and (overnight or second < row["end_s"])
        last_night = overnight and _begins(row, yesterday) and second < row["end_s"]
        if tonight or last_night:
            ruling.append(row)
    return max(ruling, key=lambda row: int(row["weight"]))["band"] if ruling else None


def _begins(band: Row, day: date) -> bool:
    dates = (band.get("dates") or "").split()
    on_date = not dates or day.isoformat() in dates or f"--{day:%m-%d}" in dates
    return str(day.isoweekday()) in (band["days"] or "1234567") and on_date


def _bounded(charge: Fraction, plan: Row, *, free: bool) -> Fraction:
    """Not below the minimum, unless the rate is free; not above the maximum."""
    minimum, maximum = plan.get("min_charge"), plan.get("max_charge")
    if minimum is not None and (plan.get("min_on_free") or not free):
        charge = max(charge, Fraction(minimum))
    return charge if maximum is None else min(charge, Fraction(maximum))


def _rounded(plan: Row, charge: Fraction) -> Decimal:
    at_call = plan["rounding_point"] == "call"
    decimals, method = (plan["rounding_decimals"], plan["rounding_method"]) if at_call else (LINE_DECIMALS, "half_up")
    with localcontext(prec=DIGITS):
        exact = Decimal(charge.numerator) / Decimal(charge.denominator)
        return exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUNDING[method])


def _grouped(rows: Iterable[Row], *keys: str) -> Mapping[tuple[Any, ...], list[Row]]:
    grouped: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in rows:
        grouped[tuple(row[key] for key in keys)].append(row)
    return grouped


def _valid(row: Row, day: date) -> bool:
    first, last = row.get("valid_from"), row.get("valid_to")
    return (first is None or first <= day) and (last is None or day <= last)
