"""Small months: one account, a plan with calls to two destination groups, and any rules a test adds."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import polars as pl

from telebill_assets.rating.month.charge_lines import charge_lines, rate_month
from telebill_assets.rating.month.month_before import MonthBefore
from telebill_assets.rating.tariff import Tariff
from telebill_assets.tables.daily_aggregates import DailyAggregates
from telebill_assets.tables.table import from_rows
from telebill_assets_tests.support.tariffs import tariff_of

APRIL = date(2020, 4, 1)
ALLOWANCE_S = 600


def april(day: int) -> date:
    return date(2020, 4, day)


OWN: dict[str, list[dict]] = {
    "accounts": [{"account_id": "A", "currency": "USD"}],
    "plans": [
        {
            "plan_id": "P",
            "name": "P",
            "currency": "USD",
            "rate_deck": "D",
            "rounding_method": "half_up",
            "rounding_decimals": 4,
            "rounding_point": "call",
        }
    ],
    "subscriptions": [{"account_id": "A", "plan_id": "P", "quantity": Decimal(1), "valid_from": date(2020, 1, 1)}],
}


def tariff(**rows: list[dict]) -> Tariff:
    known: dict[str, list[dict]] = OWN | {
        "destinations": [
            {"prefix": "1", "destination": "us", "name": "United States", "country": "US", "destination_group": "home"},
            {
                "prefix": "44",
                "destination": "uk",
                "name": "United Kingdom",
                "country": "GB",
                "destination_group": "far",
            },
        ],
        "plan_allowances": [allowance("10 minutes", ALLOWANCE_S)],
        "rates": [rate("us", "0.06"), rate("uk", "0.30")],
        "products": [
            {"product": "usage_interstate", "name": "Calls to other states", "category": "usage"},
            {"product": "usage_international", "name": "International calls", "category": "usage"},
            {"product": "seat", "name": "Seat", "category": "recurring"},
        ],
    }
    return tariff_of(known | rows)


def rate(destination: str, price: str) -> dict:
    return {
        "rate_deck": "D",
        "destination": destination,
        "jurisdiction": "*",
        "direction": "*",
        "band": "*",
        "valid_from": date(2020, 1, 1),
        "from_s": 0,
        "connect_fee": Decimal(0),
        "rate": Decimal(price),
        "unit_s": 60,
        "increment_s": 1,
    }


def calls(day: int, billed_s: int, charge: str, *, destination="us", landed: int | None = None) -> dict:
    return {
        "landing_day": april(landed or day),
        "call_date": april(day),
        "account_id": "A",
        "service_id": "S",
        "direction": "outbound",
        "plan_id": "P",
        "rate_id": f"D/{destination}/*/*/*/2020-01-01",
        "destination": destination,
        "destination_group": "home" if destination == "us" else "far",
        "jurisdiction": "interstate",
        "usage_type": "voice",
        "band": "any",
        "currency": "USD",
        "calls": 1,
        "units": 1,
        "talk_s": billed_s,
        "billed_s": billed_s,
        "charge": Decimal(charge),
    }


def lines(aggregates: list[dict], **rows: list[dict]) -> list[dict]:
    return charge_lines(from_rows(aggregates, DailyAggregates), tariff(**rows), APRIL).sort("line_id").to_dicts()


@dataclass(frozen=True)
class Scenario:
    """One account with a plan of its own: calls of April (and March), rules, and rows that changed in between."""

    called: list[dict] = field(default_factory=list)
    rules: dict[str, list[dict]] = field(default_factory=dict)
    before: list[dict] = field(default_factory=list)
    later: dict[str, list[dict]] = field(default_factory=dict)


Rows = dict[str, list[dict]]


def run_april(scenarios: dict[str, Scenario]) -> Rows:
    """Lines of April by scenario; nothing was billed before. All scenarios are one month's accounts."""
    aggregates, rules = aggregates_of(scenarios, "called"), tariff_for(scenarios, with_later=False)
    return _by_account(charge_lines(aggregates, rules, APRIL), "line_id")


def run_march_and_april(scenarios: dict[str, Scenario]) -> list[Rows]:
    """Lines and balances of March, then of April on top of them, by scenario."""
    rules = tariff_for(scenarios, with_later=False)
    of_march = rate_month(aggregates_of(scenarios, "before"), rules, date(2020, 3, 1))
    changed = tariff_for(scenarios, with_later=True)
    of_april = rate_month(aggregates_of(scenarios, "called"), changed, APRIL, MonthBefore(*of_march))
    order = ("line_id", "granted_month", "line_id", "granted_month")
    return [_by_account(found, key) for found, key in zip((*of_march, *of_april), order, strict=True)]


def aggregates_of(scenarios: dict[str, Scenario], when: str) -> pl.DataFrame:
    """The calls of all scenarios, `called` in April or `before`."""
    rows = [_owned(row, name) for name, scenario in scenarios.items() for row in getattr(scenario, when)]
    return from_rows(rows, DailyAggregates)


def tariff_for(scenarios: dict[str, Scenario], *, with_later: bool) -> Tariff:
    """The rules of all scenarios, each for its own account."""
    tables: Rows = defaultdict(list)
    for name, scenario in scenarios.items():
        own = OWN | scenario.rules | (scenario.later if with_later else {})
        for table, rows in own.items():
            tables[table] += [_owned(row, name) for row in rows]
    return tariff(**{"plan_allowances": []} | tables)


def _owned(row: dict, name: str) -> dict:
    """The row of the scenario's own account and plan."""
    mine = {"account_id": name, "plan_id": name, "charge_id": name}
    return row | {key: value for key, value in mine.items() if key in row}


def _by_account(found: pl.DataFrame, order: str) -> Rows:
    by_account: Rows = defaultdict(list)
    for row in found.sort(order).iter_rows(named=True):
        by_account[row["account_id"]].append(row)
    return by_account


def march(row: dict) -> dict:
    """The calls a month earlier."""
    return row | {name: row[name].replace(month=3) for name in ("landing_day", "call_date")}


def allowance(name: str, units: int, *, position: int = 1, groups: str = "home", **more: object) -> dict:
    row = {"plan_id": "P", "allowance": name, "position": position, "units": units, "unit": "s", "scope": "account"}
    return row | {"destination_groups": groups, "rollover_months": 0} | more


def tiers(name: str, model: str, *steps: dict[str, str | None], unit: str = "min", groups: str = "home") -> list[dict]:
    """Steps with up_to, unit_price, flat and increment as texts."""
    head = {"plan_id": "P", "tiers": name, "model": model, "unit": unit, "destination_groups": groups}
    return [
        head
        | {"tier": number, "product": "usage_international", "direction": "outbound"}
        | {key: value and Decimal(value) for key, value in step.items()}
        for number, step in enumerate(steps, start=1)
    ]


def discount(name: str, *, position: int = 1, scope: str = "all", groups: str = "*", **more: object) -> dict:
    row = {"plan_id": "P", "discount": name, "position": position, "scope": scope, "destination_groups": groups}
    return row | more


def amounts(found: list[dict], kind: str) -> list[tuple[str, Decimal]]:
    return [(line["description"], line["amount"]) for line in found if line["line_kind"] == kind]


FEE = {
    "plan_id": "P",
    "product": "seat",
    "description": "Seat",
    "unit": "seat",
    "unit_price": Decimal(30),
    "billed": "arrears",
}
