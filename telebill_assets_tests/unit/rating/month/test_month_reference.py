"""Months of many accounts against a second method: plain Python that walks over every account's calls in order.

It shares no code with the rules it checks. Every account is a scenario with a plan of its own.
"""

from collections import Counter, defaultdict
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from math import ceil

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from telebill_assets_tests.unit.rating.month.months import (
    FEE,
    Scenario,
    allowance,
    calls,
    discount,
    run_april,
    tiers,
)

CENT, TENTH = Decimal("0.01"), Decimal("1e-10")
PRICES = {"us": Decimal("0.0013"), "uk": Decimal("0.0057")}
"""Per second; every call has a connect fee of 0.0049, so that short calls are dear."""


def half_up(amount: Decimal, step: Decimal = CENT) -> Decimal:
    return amount.quantize(step, ROUND_HALF_UP)


CALL = st.tuples(
    st.integers(1, 6),
    st.sampled_from(["S", "T"]),
    st.sampled_from(["us", "us", "uk"]),
    st.integers(1, 400),
    st.integers(0, 24),
)
ALLOWANCES = st.lists(
    st.tuples(st.integers(1, 600), st.sampled_from(["account", "service"]), st.sampled_from(["home", "far", "*"])),
    max_size=2,
)
STEPS = st.lists(
    st.tuples(
        st.integers(1, 5), st.decimals(0, 1, places=3), st.decimals(0, 2, places=2), st.sampled_from([None, 1, 2])
    ),
    max_size=3,
)
RULES = st.fixed_dictionaries(
    {
        "allowances": ALLOWANCES,
        "model": st.sampled_from(["graduated", "volume", "package"]),
        "steps": STEPS,
        "fee": st.booleans(),
        "percent": st.none() | st.integers(1, 100),
        "amount": st.none() | st.integers(1, 30),
        "maximum": st.none() | st.integers(1, 40),
        "minimum": st.none() | st.integers(1, 40),
    }
)
ACCOUNT = st.tuples(st.lists(CALL, max_size=8), RULES)


def scenario(drawn_calls, rules, *, arrival: str) -> Scenario:
    """The account's calls as aggregates of the days on which they arrive."""
    sums: dict[tuple, dict] = {}
    for day, service, destination, seconds, delay in drawn_calls:
        landed = {"at once": day, "late": day + delay, "at the end": 30}[arrival]
        row = calls(day, 0, "0", destination=destination, landed=landed) | {"service_id": service, "calls": 0}
        row = sums.setdefault((day, service, destination, landed), row)
        row["calls"] += 1
        row["talk_s"] += seconds
        row["billed_s"] += seconds
        row["charge"] += PRICES[destination] * seconds + Decimal("0.0049")
    steps = [
        {"up_to": 3 * (i + 1), "unit_price": str(price), "flat": str(flat), "increment": increment}
        for i, (_, price, flat, increment) in enumerate(rules["steps"])
    ]
    if steps:
        steps[-1]["up_to"] = None
    tables = {
        "plan_allowances": [
            allowance(f"a{i}", units, position=i, scope=scope, groups=groups)
            for i, (units, scope, groups) in enumerate(rules["allowances"], start=1)
        ],
        "plan_tiers": tiers("T", rules["model"], *steps),
        "plan_fees": [FEE] if rules["fee"] else [],
        "plan_discounts": [
            discount(name, position=position, scope=scope, **{name: Decimal(rules[name])})
            for position, (name, scope) in enumerate((("percent", "usage"), ("amount", "all")), start=1)
            if rules[name]
        ],
        "plan_maximums": [
            {"plan_id": "P", "maximum": "X", "amount": Decimal(rules["maximum"]), "scope": "all", "product": "seat"}
        ]
        if rules["maximum"]
        else [],
        "plan_minimums": [
            {"plan_id": "P", "minimum": "M", "amount": Decimal(rules["minimum"]), "scope": "all", "product": "seat"}
        ]
        if rules["minimum"]
        else [],
    }
    return Scenario(list(sums.values()), tables)


def expected(drawn_calls, rules) -> dict[str, Decimal]:
    """Sum of the rounded lines of each kind."""
    sums: dict[tuple, list] = defaultdict(lambda: [0, Decimal(0)])
    for day, service, destination, seconds, _ in drawn_calls:
        of_day = sums[day, service, destination]
        of_day[0] += seconds
        of_day[1] += PRICES[destination] * seconds + Decimal("0.0049")
    usage, covered_by, replaced = Counter(), Counter(), Decimal(0)
    left: dict[tuple, int] = {}
    tiered = 0
    in_order = sorted(sums.items(), key=lambda item: (item[0][0], -item[1][1] / item[1][0], item[0][2], item[0][1]))
    for (_, service, destination), (seconds, charge) in in_order:
        usage[destination] += charge
        covered, credited = 0, Decimal(0)
        for nr, (units, scope, groups) in enumerate(rules["allowances"]):
            if groups not in {"*", "home" if destination == "us" else "far"}:
                continue
            pool = nr, service if scope == "service" else ""
            taken = min(seconds - covered, left.setdefault(pool, units))
            left[pool] -= taken
            covered += taken
            part = charge if covered == seconds else half_up(charge * covered / seconds, TENTH)
            covered_by[nr, destination] += part - credited
            credited = part
        if destination == "us" and rules["steps"]:
            replaced += charge - credited
            tiered += seconds - covered
    kinds = {
        "usage": sum(map(half_up, usage.values()), Decimal(0)),
        "allowance": -sum(map(half_up, covered_by.values()), Decimal(0)),
        "tier": priced_by_tiers(rules["model"], rules["steps"], tiered) - half_up(replaced),
        "recurring": Decimal(30) if rules["fee"] else Decimal(0),
    }
    interstate = kinds["usage"] + kinds["allowance"] - half_up(replaced)
    bases = {"interstate": interstate, "tiers": kinds["tier"] + half_up(replaced), "seat": kinds["recurring"]}
    off = Decimal(0)
    if rules["percent"]:
        for product in ("interstate", "tiers"):
            share = half_up(max(bases[product], Decimal(0)) * rules["percent"] / 100)
            bases[product] -= share
            off += share
    if rules["amount"]:
        share = min(sum(max(base, Decimal(0)) for base in bases.values()), Decimal(rules["amount"]))
        off += share
    kinds["discount"] = -off
    left = sum(bases.values()) - (share if rules["amount"] else 0)
    kinds["maximum"] = min(Decimal(rules["maximum"]) - left, Decimal(0)) if rules["maximum"] else Decimal(0)
    kinds["minimum"] = max(Decimal(rules["minimum"] or 0) - left - kinds["maximum"], Decimal(0))
    if not rules["minimum"]:
        kinds["minimum"] = Decimal(0)
    return {kind: amount for kind, amount in kinds.items() if amount}


def priced_by_tiers(model: str, steps: list[tuple], seconds: int) -> Decimal:
    """Sum of the rounded lines of the tiers: one for the units and one for the flat price of each."""
    total, start = Decimal(0), 0
    for number, (_, price, flat, increment) in enumerate(steps, start=1):
        end = None if number == len(steps) else 3 * number * 60
        if number > 1 and seconds <= start:
            break
        if model == "volume" and end is not None and seconds > end:
            start = end
            continue
        part = seconds if model == "volume" else (seconds if end is None else min(seconds, end)) - start
        minutes = ceil(Decimal(part) / 60 / increment) if increment else None
        metered = price * part / 60 if minutes is None else price * minutes
        total += half_up(metered) + half_up(flat)
        if model == "volume":
            break
        start = end or seconds
    return total


@settings(deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.lists(ACCOUNT, min_size=1, max_size=3))
def test_every_kind_of_line_sums_to_what_the_second_method_finds(accounts):
    scenarios = {f"N{nr}": scenario(called, rules, arrival="at once") for nr, (called, rules) in enumerate(accounts)}
    found = run_april(scenarios)
    for name, (called, rules) in zip(scenarios, accounts, strict=True):
        kinds: Counter[str] = Counter()
        for line in found[name]:
            kinds[line["line_kind"]] += line["amount"]
        assert {kind: amount for kind, amount in kinds.items() if amount} == expected(called, rules), (called, rules)


@settings(deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.lists(ACCOUNT, min_size=1, max_size=2))
def test_the_order_in_which_calls_arrive_changes_nothing(accounts):
    """Each account three times: its calls arrive on their day, some days later, or all on the last day, in reverse."""
    named = {
        f"N{nr}-{arrival}": scenario(called, rules, arrival=arrival)
        for nr, (called, rules) in enumerate(accounts)
        for arrival in ("at once", "late", "at the end")
    }
    backwards = {
        name: replace(one, called=one.called[::-1]) if name.endswith("end") else one for name, one in named.items()
    }
    found = run_april(backwards)
    for nr in range(len(accounts)):
        first, second, third = (
            [(line["line_kind"], line["description"], line["exact_amount"]) for line in found[f"N{nr}-{arrival}"]]
            for arrival in ("at once", "late", "at the end")
        )
        assert first == second == third
