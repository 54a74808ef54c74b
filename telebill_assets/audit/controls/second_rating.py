"""A second way to price a call: one call at a time, in plain Python, by the letter of docs/tariffs.md.

It exists to disagree. It shares no code with `rating`, which prices whole columns in whole numbers; here increments are
bought one after the other, and amounts are Decimal.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_HALF_UP, Decimal, localcontext
from math import prod
from typing import Any

Row = Mapping[str, Any]

ROUNDING = {"half_up": ROUND_HALF_UP, "up": ROUND_CEILING, "down": ROUND_DOWN}
DIGITS = 60
"""Enough that a quotient is rounded to the wrong side by nobody."""
LINE_DECIMALS = 10
NOTHING = Decimal(0)


@dataclass(frozen=True)
class Price:
    """What a call costs, or why it has no price."""

    plan_id: str | None = None
    destination: str | None = None
    billed_s: int = 0
    charge: Decimal | None = None
    unpriced: str | None = None


class SecondRating:
    """Prices calls by rows of the tables plans, plan_bands, subscriptions, destinations and rates."""

    def __init__(self, tables: Mapping[str, Sequence[Row]]) -> None:
        self._plans = {row["plan_id"]: row for row in tables["plans"]}
        self._bands = _grouped(tables["plan_bands"], "plan_id")
        self._subscriptions = _grouped(tables["subscriptions"], "account_id")
        self._destinations = {row["prefix"]: row["destination"] for row in tables["destinations"]}
        self._rates = _grouped(tables["rates"], "rate_deck", "destination")

    def price(self, call: Row) -> Price:
        """Price a row of validated_usage."""
        destination = self._destination(_priced_number(call))
        plan = self._plan(call["account_id"], call["call_date"])
        if plan is None:
            return Price(destination=destination, unpriced="no_plan")
        groups = self._groups(plan, destination, call)
        if not groups:
            return Price(plan["plan_id"], destination, unpriced="no_rate")
        billed_s, charge = _bought(groups, call["talk_s"])
        return Price(plan["plan_id"], destination, billed_s, _rounded(plan, charge))

    def _destination(self, number: str) -> str | None:
        """The longest prefix that starts the number."""
        digits = number.removeprefix("+")
        prefixes = (digits[:length] for length in range(len(digits), 0, -1))
        return next((self._destinations[prefix] for prefix in prefixes if prefix in self._destinations), None)

    def _plan(self, account: str, day: date) -> Row | None:
        valid = [row for row in self._subscriptions[account,] if _valid(row, day)]
        return self._plans[valid[0]["plan_id"]] if valid else None

    def _groups(self, plan: Row, destination: str | None, call: Row) -> list[Row]:
        """The groups of the most specific rate: one for the jurisdiction before one for any, then direction, band."""
        band = _band(self._bands[plan["plan_id"],], call["local_start"])
        asked = {"jurisdiction": call["jurisdiction"], "direction": call["direction"], "band": band}
        fitting = [
            row
            for row in self._rates[plan["rate_deck"], destination]
            if _valid(row, call["call_date"]) and all(row[name] in {"*", value} for name, value in asked.items())
        ]
        if not fitting:
            return []
        best = min(tuple(row[name] == "*" for name in asked) for row in fitting)
        chosen = [row for row in fitting if tuple(row[name] == "*" for name in asked) == best]
        return sorted(chosen, key=lambda row: int(row["from_s"]))


def _priced_number(call: Row) -> str:
    """Toll-free calls are priced on where they come from, all others on where they go."""
    if call["direction"] == "inbound" and call["jurisdiction"] == "toll_free":
        return str(call["caller"] or call["callee"])
    return str(call["callee"])


def _band(bands: Iterable[Row], start: datetime) -> str | None:
    """The band with the highest weight at the start of the call; of equals the one listed first."""
    second = start.hour * 3600 + start.minute * 60 + start.second
    ruling = [
        row for row in bands if str(start.isoweekday()) in row["days"] and row["start_s"] <= second < row["end_s"]
    ]
    return max(ruling, key=lambda row: row["weight"])["band"] if ruling else None


def _bought(groups: Sequence[Row], talk_s: int) -> tuple[int, Decimal]:
    """Buy increments until the call is paid for: seconds bought, and the exact charge."""
    if talk_s == 0:
        return 0, NOTHING
    seconds: dict[int, int] = defaultdict(int)
    paid_s = 0
    while paid_s < talk_s:
        number = max(i for i, group in enumerate(groups) if group["from_s"] <= paid_s)
        seconds[number] += groups[number]["increment_s"]
        paid_s += groups[number]["increment_s"]
    units = [int(group["unit_s"]) for group in groups]
    with localcontext(prec=DIGITS):
        whole = sum((seconds[i] * group["rate"] * prod(units) / units[i] for i, group in enumerate(groups)), NOTHING)
        return paid_s, groups[0]["connect_fee"] + whole / prod(units)


def _rounded(plan: Row, charge: Decimal) -> Decimal:
    at_call = plan["rounding_point"] == "call"
    decimals, method = (plan["rounding_decimals"], plan["rounding_method"]) if at_call else (LINE_DECIMALS, "half_up")
    with localcontext(prec=DIGITS):
        return charge.quantize(Decimal(1).scaleb(-decimals), rounding=ROUNDING[method])


def _grouped(rows: Iterable[Row], *keys: str) -> Mapping[tuple[Any, ...], list[Row]]:
    grouped: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in rows:
        grouped[tuple(row[key] for key in keys)].append(row)
    return grouped


def _valid(row: Row, day: date) -> bool:
    return bool(row["valid_from"] <= day and (row["valid_to"] is None or day <= row["valid_to"]))
