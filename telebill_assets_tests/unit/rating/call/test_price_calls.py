"""The price of a call, against prices worked out by hand."""

from collections import defaultdict
from datetime import UTC, date, datetime
from decimal import Decimal

import numpy as np
import polars as pl
import pytest

from telebill_assets.rating.call import price_calls as price_calls_module
from telebill_assets.rating.call.destinations import number_key, prefix_ranges
from telebill_assets.rating.call.price_calls import ChargeTooLargeError, price_calls
from telebill_assets.rating.tariff import Tariff
from telebill_assets_tests.support.tariffs import rate_row, tariff_of

START = date(2020, 1, 1)
PLANS = {  # account and plan: groups of (from_s, connect_fee, rate a minute, increment_s), method, decimals, point
    "minute": ([(0, "0", "0.10", 60)], "half_up", 4, "call"),
    "six": ([(0, "0.05", "0.10", 60), (60, "0", "0.10", 6)], "half_up", 4, "call"),
    "second": ([(0, "0", "0.0123", 1)], "half_up", 2, "line"),
    "thirty": ([(0, "0", "0.06", 30), (30, "0", "0.03", 6)], "up", 2, "call"),
    "down": ([(0, "0", "0.0199", 60)], "down", 2, "call"),
}


def tariff() -> Tariff:
    rows: dict[str, list[dict]] = defaultdict(list)
    for prefix, name in (("1", "us"), ("44", "uk"), ("447", "uk-mobile"), ("870", "satellite")):
        rows["destinations"].append(
            {"prefix": prefix, "destination": name, "name": name, "country": "US", "destination_group": "all"}
        )
    for plan, (groups, method, decimals, point) in PLANS.items():
        rounding = {"rounding_method": method, "rounding_decimals": decimals, "rounding_point": point}
        rows["plans"].append({"plan_id": plan, "name": plan, "currency": "USD", "rate_deck": plan, **rounding})
        rows["plan_bands"] += [
            {"plan_id": plan, "band": "any", "days": "1234567", "start_s": 0, "end_s": 86_400, "weight": 0},
            {"plan_id": plan, "band": "night", "days": "1234567", "start_s": 0, "end_s": 21_600, "weight": 1},
        ]
        rows["subscriptions"].append({"account_id": plan, "plan_id": plan, "quantity": Decimal(1), "valid_from": START})
        for from_s, fee, rate, increment in groups:
            rows["rates"].append(rate_row(plan, "us", from_s=from_s, fee=fee, rate=rate, increment=increment))
    rows["rates"] += [
        rate_row("minute", "us", jurisdiction="local", rate="0.02"),
        rate_row("minute", "uk", rate="0.30"),
        rate_row("minute", "uk", band="night", rate="0.20"),
        rate_row("minute", "uk-mobile", rate="0.50", valid_to=date(2020, 4, 15)),
        rate_row("minute", "uk-mobile", rate="0.60", valid_from=date(2020, 4, 16)),
    ]
    return tariff_of(rows)


CASES = [  # account, callee, talk_s, changes, billed_s, charge
    ("minute", "+15125550100", 0, {}, 0, "0"),
    ("minute", "+15125550100", 1, {}, 60, "0.1"),
    ("minute", "+15125550100", 60, {}, 60, "0.1"),
    ("minute", "+15125550100", 61, {}, 120, "0.2"),
    ("minute", "+15125550100", 61, {"jurisdiction": "local"}, 120, "0.04"),
    ("six", "+15125550100", 0, {}, 0, "0"),
    ("six", "+15125550100", 20, {}, 60, "0.15"),
    ("six", "+15125550100", 61, {}, 66, "0.16"),
    ("six", "+15125550100", 72, {}, 72, "0.17"),
    ("second", "+15125550100", 7, {}, 7, "0.0014350000"),
    ("second", "+15125550100", 100, {}, 100, "0.0205000000"),
    ("thirty", "+15125550100", 1, {}, 30, "0.03"),
    ("thirty", "+15125550100", 31, {}, 36, "0.04"),  # 0.033 rounded up to cents
    ("down", "+15125550100", 10, {}, 60, "0.01"),  # 0.0199 rounded down to cents
    ("minute", "+442079460100", 30, {}, 60, "0.3"),
    ("minute", "+442079460100", 30, {"start_at": datetime(2020, 4, 3, 5, 59, 59, tzinfo=UTC)}, 60, "0.2"),
    ("minute", "+442079460100", 30, {"start_at": datetime(2020, 4, 3, 6, tzinfo=UTC)}, 60, "0.3"),
    ("minute", "+447700900100", 30, {"call_date": date(2020, 4, 15)}, 60, "0.5"),
    ("minute", "+447700900100", 30, {"call_date": date(2020, 4, 16)}, 60, "0.6"),
]
UNPRICED = [
    ("minute", "+870773555010", {}, "no_rate"),
    ("minute", "+33199001000", {}, "no_rate"),
    ("nobody", "+15125550100", {}, "no_plan"),
    ("minute", "+15125550100", {"call_date": date(2019, 12, 31)}, "no_plan"),
]
SANE = {
    "caller": "+13125550100",
    "direction": "outbound",
    "jurisdiction": "interstate",
    "call_date": date(2020, 4, 3),
    "start_at": datetime(2020, 4, 3, 12, tzinfo=UTC),
}


def asked_calls():
    asked = [(account, callee, talk, changes) for account, callee, talk, changes, _, _ in CASES]
    asked += [(account, callee, 60, changes) for account, callee, changes, _ in UNPRICED]
    return [
        {**SANE, "account_id": account, "callee": callee, "talk_s": talk, **changes}
        for account, callee, talk, changes in asked
    ]


@pytest.fixture(scope="module")
def priced():
    return price_calls(pl.DataFrame(asked_calls()), tariff()).to_dicts()


def test_prices_are_those_worked_out_by_hand(priced):
    found = [(row["billed_s"], row["charge"]) for row in priced[: len(CASES)]]
    assert found == [(billed, Decimal(charge)) for *_, billed, charge in CASES]


def test_calls_without_plan_or_rate_have_a_reason_and_no_price(priced):
    found = [(row["unpriced"], row["charge"]) for row in priced[len(CASES) :]]
    assert found == [(reason, None) for *_, reason in UNPRICED]


def test_the_longest_prefix_owns_a_number():
    ranges = prefix_ranges({"1": 0, "1512": 1, "15": 2, "44": 3})

    numbers = ("15125550100", "15135550100", "12125550100", "442079460100", "33199")
    assert ranges.find(np.array(list(map(number_key, numbers)))).tolist() == [1, 2, 0, 3, -1]


def test_the_size_of_batches_changes_nothing(monkeypatch, priced):
    monkeypatch.setattr(price_calls_module, "BATCH", 3)
    assert price_calls(pl.DataFrame(asked_calls()), tariff()).to_dicts() == priced


def test_no_calls_have_no_prices():
    calls = pl.DataFrame(asked_calls())
    assert price_calls(calls.clear(), tariff()).schema == price_calls(calls, tariff()).schema


def test_a_charge_that_the_tables_have_no_room_for_is_refused():
    calls = pl.DataFrame([{**SANE, "account_id": "minute", "callee": "+15125550100", "talk_s": 10**12}])
    with pytest.raises(ChargeTooLargeError, match="costs 100,000,000 or more"):
        price_calls(calls, tariff())
