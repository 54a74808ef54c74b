"""Every rule of the price of a call beside its groups: decks, dates, bands, bounds, directions, kinds of usage."""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import polars as pl
import pytest

from telebill_assets.rating.call.price_calls import price_calls
from telebill_assets_tests.support.tariffs import rate_row, tariff_of

START = date(2020, 1, 1)
NOON = datetime(2020, 4, 3, 12, tzinfo=UTC)
EXACT = {"rounding_method": "half_up", "rounding_decimals": 4, "rounding_point": "call"}
BERLIN = "Europe/Berlin"
PLANS = {  # account and plan: terms, deck, default decks, bands as (name, days, start_s, end_s, weight, dates)
    "decks": ({}, "own", ("standard", "world"), ()),
    "split": ({"band_policy": "split"}, "banded", (), ((18, "peak"),)),
    "start": ({}, "banded", (), ((18, "peak"),)),
    "least": ({"min_charge": Decimal("0.50")}, "standard", (), ()),
    "always": ({"min_charge": Decimal("0.50"), "min_on_free": True}, "standard", (), ()),
    "capped": ({"max_charge": Decimal("0.25"), "max_policy": "cap"}, "standard", (), ()),
    "cut": ({"max_charge": Decimal("0.25"), "max_policy": "disconnect"}, "standard", (), ()),
    "origin": ({}, "inbound", (), ()),
    "called": ({"inbound_on": "called"}, "inbound", (), ()),
}
PREFIXES = [  # prefix, destination, first and last day
    ("1", "us", None, None),
    ("1411", "directory", None, None),
    ("1911", "emergency", None, None),
    ("44", "uk", None, None),
    ("447", "uk-mobile", date(2020, 4, 10), date(2020, 4, 19)),
    ("447", "uk-mobile-2", date(2020, 4, 20), None),
    ("49", "germany", None, None),
    ("33", "france", None, None),
]


def tariff():
    rows: dict[str, list[dict]] = defaultdict(list)
    for prefix, name, since, until in PREFIXES:
        place = {"prefix": prefix, "destination": name, "name": name, "country": "US", "destination_group": "all"}
        rows["destinations"].append({**place, "valid_from": since, "valid_to": until})
    for plan, (terms, deck, defaults, peak) in PLANS.items():
        rows["accounts"].append({"account_id": plan, "time_zone": BERLIN})
        rows["subscriptions"].append({"account_id": plan, "plan_id": plan, "valid_from": START})
        rows["plans"].append({"plan_id": plan, "currency": "EUR", "rate_deck": deck, **EXACT, **terms})
        for position, default in enumerate(defaults, start=1):
            rows["plan_decks"].append({"plan_id": plan, "position": position, "rate_deck": default})
        band = {"plan_id": plan, "band": "off", "days": "1234567", "start_s": 0, "end_s": 86_400, "weight": 0}
        rows["plan_bands"].append(band)
        for hour, name in peak:  # from 08:00 on, except on a holiday
            rows["plan_bands"] += [
                band | {"band": name, "start_s": 28_800, "end_s": hour * 3_600, "weight": 1},
                band | {"band": "holiday", "dates": "--04-10 2020-04-13", "weight": 2},
            ]
    rows["rates"] += [
        rate_row("own", "uk", rate="0.30"),
        rate_row("standard", "uk", rate="0.60"),
        rate_row("standard", "us", rate="0.10"),
        rate_row("standard", "us", jurisdiction="intrastate", rate="0.20"),
        rate_row("standard", "us", jurisdiction="indeterminate", rate="0.90"),
        rate_row("standard", "us", usage_type="sms", rate="0.05", unit_s=1, increment=1),
        rate_row("standard", "us", usage_type="conference", rate="0.04", fee="0.01"),
        rate_row("standard", "directory", rate="0", fee="1.25"),
        rate_row("standard", "emergency", rate="0"),
        rate_row("world", "france", rate="0.80"),
        rate_row("world", "uk-mobile", rate="0.70"),
        rate_row("world", "uk-mobile-2", rate="0.75"),
        rate_row("banded", "us", rate="0.06", increment=1),
        rate_row("banded", "us", band="peak", rate="0.12", increment=1),
        rate_row("banded", "us", band="holiday", rate="0.03", increment=1),
        rate_row("inbound", "germany", direction="inbound", rate="0.02"),
        rate_row("inbound", "us", direction="inbound", rate="0.01"),
        rate_row("inbound", "us", jurisdiction="toll_free", direction="inbound", rate="0.03"),
    ]
    return tariff_of(rows)


US, UK, MOBILE, FRANCE, GERMANY = "+13125550100", "+442079460100", "+447700900100", "+33199001000", "+4930123456"
INBOUND = {"direction": "inbound", "caller": GERMANY, "jurisdiction": "international"}


def berlin(text: str) -> dict:
    """A call at a local time of Berlin in April (UTC+2), answered ten seconds after its start."""
    at = (datetime.fromisoformat(text) - timedelta(hours=2)).replace(tzinfo=UTC)
    return {"start_at": at, "answer_at": at + timedelta(seconds=10), "call_date": date.fromisoformat(text[:10])}


CASES = [  # account, callee, talk_s, changes, billed_s, charge, rate_id
    ("decks", UK, 60, {}, 60, "0.3", "own/uk/*/*/*/2020-01-01"),  # the plan's own deck comes first
    ("decks", US, 60, {}, 60, "0.1", "standard/us/*/*/*/2020-01-01"),
    ("decks", FRANCE, 60, {}, 60, "0.8", "world/france/*/*/*/2020-01-01"),
    ("decks", GERMANY, 60, {}, None, None, None),
    # prefixes are valid on dates; before, the shorter one holds
    ("decks", MOBILE, 60, {"call_date": date(2020, 4, 9)}, 60, "0.3", "own/uk/*/*/*/2020-01-01"),
    ("decks", MOBILE, 60, {"call_date": date(2020, 4, 10)}, 60, "0.7", "world/uk-mobile/*/*/*/2020-01-01"),
    ("decks", MOBILE, 60, {"call_date": date(2020, 4, 19)}, 60, "0.7", "world/uk-mobile/*/*/*/2020-01-01"),
    ("decks", MOBILE, 60, {"call_date": date(2020, 4, 20)}, 60, "0.75", "world/uk-mobile-2/*/*/*/2020-01-01"),
    # US jurisdictions and special codes
    ("decks", US, 60, {"jurisdiction": "intrastate"}, 60, "0.2", "standard/us/intrastate/*/*/2020-01-01"),
    ("decks", US, 60, {"jurisdiction": "indeterminate"}, 60, "0.9", "standard/us/indeterminate/*/*/2020-01-01"),
    ("decks", "+1911", 300, {}, 300, "0", "standard/emergency/*/*/*/2020-01-01"),
    ("decks", "+1411", 30, {}, 60, "1.25", "standard/directory/*/*/*/2020-01-01"),
    # messages, and minutes of every participant with one fee
    ("decks", US, 0, {"usage_type": "sms", "units": 3}, 0, "0.15", "standard/us/sms/*/*/*/2020-01-01"),
    ("decks", US, 61, {"usage_type": "conference", "units": 5}, 600, "0.41", "standard/us/conference/*/*/*/2020-01-01"),
    ("decks", UK, 0, {"usage_type": "sms"}, None, None, None),  # * is for voice only
    ("decks", US, 0, {}, 0, "0", "standard/us/*/*/*/2020-01-01"),  # unanswered
    # bands: ringing from 07:59:55, talking from 08:00:05
    ("start", US, 60, berlin("2020-04-03T07:59:55"), 60, "0.06", "banded/us/*/*/*/2020-01-01"),
    ("split", US, 60, berlin("2020-04-03T07:59:55"), 60, "0.12", "banded/us/*/*/peak/2020-01-01"),
    ("split", US, 60, berlin("2020-04-03T07:59:20"), 60, "0.09", "banded/us/*/*/*/2020-01-01+"),
    ("split", US, 60, berlin("2020-04-10T12:00:00"), 60, "0.03", "banded/us/*/*/holiday/2020-01-01"),
    ("split", US, 60, berlin("2020-04-13T12:00:00"), 60, "0.03", "banded/us/*/*/holiday/2020-01-01"),
    # minimum, maximum
    ("least", US, 60, {}, 60, "0.5", "standard/us/*/*/*/2020-01-01+"),
    ("least", US, 0, {}, 0, "0", "standard/us/*/*/*/2020-01-01"),
    ("least", "+1911", 60, {}, 60, "0", "standard/emergency/*/*/*/2020-01-01"),
    ("always", "+1911", 60, {}, 60, "0.5", "standard/emergency/*/*/*/2020-01-01+"),
    ("least", US, 600, {}, 600, "1", "standard/us/*/*/*/2020-01-01"),
    ("capped", US, 300, {}, 300, "0.25", "standard/us/*/*/*/2020-01-01+"),
    ("cut", US, 300, {}, 180, "0.25", "standard/us/*/*/*/2020-01-01+"),  # the third minute reaches 0.25
    ("cut", US, 120, {}, 120, "0.2", "standard/us/*/*/*/2020-01-01"),
    # inbound calls by their origin, unless the plan says otherwise; toll-free always
    ("origin", US, 60, INBOUND, 60, "0.02", "inbound/germany/*/inbound/*/2020-01-01"),
    ("called", US, 60, INBOUND, 60, "0.01", "inbound/us/*/inbound/*/2020-01-01"),
    ("origin", US, 60, INBOUND | {"caller": None}, 60, "0.01", "inbound/us/*/inbound/*/2020-01-01"),
    ("called", "+18005550100", 60, INBOUND | {"caller": US, "jurisdiction": "toll_free"}, 60, "0.03",
     "inbound/us/toll_free/inbound/*/2020-01-01"),
]  # fmt: skip
SANE = {
    "caller": "+15125550100",
    "direction": "outbound",
    "jurisdiction": "interstate",
    "call_date": date(2020, 4, 3),
    "start_at": NOON,
    "answer_at": NOON,
    "usage_type": "voice",
    "units": 1,
}


@pytest.fixture(scope="module")
def priced():
    rows = [
        {**SANE, "line": i, "account_id": account, "callee": callee, "talk_s": talk, **changes}
        for i, (account, callee, talk, changes, *_) in enumerate(CASES)
    ]
    return price_calls(pl.DataFrame(rows), tariff()).to_dicts()


def test_prices_are_those_worked_out_by_hand(priced):
    found = [(row["line"], row["billed_s"], row["charge"], row["rate_id"]) for row in priced]
    expected = [
        (i, billed, Decimal(charge) if charge else None, rate) for i, (*_, billed, charge, rate) in enumerate(CASES)
    ]
    assert found == expected


def test_what_has_no_rate_is_never_priced(priced):
    assert all((row["unpriced"] == "no_rate") == (row["charge"] is None) for row in priced)
    assert {row["line"] for row in priced if row["unpriced"]} == {3, 14}
