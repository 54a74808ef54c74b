"""The second way to price a call, against charges worked out by hand."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from telebill_assets.audit.controls.second_rating import Price, SecondRating

DAY = date(2020, 4, 3)  # a Friday
ALWAYS = {"valid_from": date(2020, 1, 1), "valid_to": None}
ANY = {"jurisdiction": "*", "direction": "*", "band": "*"}
CALL = {
    "account_id": "A",
    "call_date": DAY,
    "start_s": int(datetime(2020, 4, 3, 15, 59, 59, tzinfo=UTC).timestamp()),  # a second before 18:00 in Berlin
    "answer_s": int(datetime(2020, 4, 3, 15, 59, 59, tzinfo=UTC).timestamp()),
    "direction": "outbound",
    "jurisdiction": "national",
    "caller": "+4930111111",
    "callee": "+4989222222",
    "talk_s": 61,
}


def group(from_s=0, rate="0.06", unit_s=60, increment_s=60, connect_fee="0", **key):
    steps = {"from_s": from_s, "unit_s": unit_s, "increment_s": increment_s}
    money = {"rate": Decimal(rate), "connect_fee": Decimal(connect_fee)}
    return {"rate_deck": "D", "destination": "de", **ANY, **ALWAYS, **steps, **money, **key}


def rating(*groups, point="call", method="half_up", decimals=4, decks=(), **terms):
    rounding = {"rounding_point": point, "rounding_method": method, "rounding_decimals": decimals}
    return SecondRating(
        {
            "accounts": [{"account_id": "A", "time_zone": "Europe/Berlin"}],
            "plans": [{"plan_id": "P", "rate_deck": "D", **rounding, **terms}],
            "plan_decks": [{"plan_id": "P", "position": i, "rate_deck": deck} for i, deck in enumerate(decks, 1)],
            "plan_bands": [
                {"plan_id": "P", "band": "all", "days": "1234567", "start_s": 0, "end_s": 86400, "weight": 0},
                {"plan_id": "P", "band": "evening", "days": "12345", "start_s": 64800, "end_s": 86400, "weight": 1},
            ],
            "subscriptions": [{"account_id": "A", "plan_id": "P", **ALWAYS}],
            "destinations": [{"prefix": "49", "destination": "de"}, {"prefix": "4989", "destination": "de"}],
            "rates": list(groups),
        }
    )


@pytest.mark.parametrize(
    ("groups", "rounding", "talk_s", "billed_s", "charge"),
    [
        ([group()], {}, 61, 120, "0.1200"),
        ([group()], {}, 0, 0, "0.0000"),
        ([group(connect_fee="0.05")], {}, 1, 60, "0.1100"),
        ([group(increment_s=1)], {}, 61, 61, "0.0610"),
        # 100 s at 0.07 a minute is 0.11666...
        ([group(rate="0.07", increment_s=1)], {}, 100, 100, "0.1167"),
        ([group(rate="0.07", increment_s=1)], {"method": "down"}, 100, 100, "0.1166"),
        ([group(rate="0.07", increment_s=1)], {"method": "up"}, 100, 100, "0.1167"),
        ([group(rate="0.07", increment_s=1)], {"point": "line"}, 100, 100, "0.1166666667"),
        # a tie is rounded away from zero: 0.00005
        ([group(rate="0.00005", unit_s=1, increment_s=1)], {}, 1, 1, "0.0001"),
        # the first 60 s bought whole, then 6 s each; 61 s cost 0.06 + 0.006
        ([group(), group(from_s=60, increment_s=6)], {}, 61, 66, "0.0660"),
        # 35 s in steps of 40 reach into the second group, which charges only what is left: 61 - 40 = 21 -> 30 s
        (
            [group(increment_s=40, unit_s=1, rate="0.001"), group(from_s=30, increment_s=10, unit_s=1, rate="0.01")],
            {},
            61,
            70,
            "0.3400",
        ),
    ],
)
def test_a_call_is_bought_increment_by_increment(groups, rounding, talk_s, billed_s, charge):
    price = rating(*groups, **rounding).price(CALL | {"talk_s": talk_s})
    assert (price.billed_s, price.charge) == (billed_s, Decimal(charge))


def test_the_jurisdiction_is_more_specific_than_the_band():
    groups = [group(rate="1"), group(rate="2", band="all"), group(rate="3", jurisdiction="national")]
    assert rating(*groups).price(CALL).charge == 6


def test_the_band_at_the_start_rules():
    groups = [group(rate="1"), group(rate="2", band="evening")]
    later = CALL | {"start_s": CALL["start_s"] + 1}
    assert [rating(*groups).price(call).charge for call in (CALL, later)] == [2, 4]


def test_calls_without_plan_or_rate_have_no_price():
    second = rating(group(valid_from=date(2020, 4, 4)))
    assert second.price(CALL) == Price("P", "de", unpriced="no_rate")
    assert second.price(CALL | {"account_id": "B"}) == Price(None, "de", unpriced="no_plan")


def test_toll_free_calls_are_priced_on_their_origin():
    inbound = {"direction": "inbound", "jurisdiction": "toll_free", "caller": "+4930111111", "callee": "+18005550100"}
    assert rating(group()).price(CALL | inbound).destination == "de"
    assert rating(group()).price(CALL | inbound | {"caller": None}).unpriced == "no_rate"


def test_a_split_call_is_cut_at_the_band_edge():
    # one second at 1, then 60 s at 2 a second
    groups = [
        group(rate="1", unit_s=1, increment_s=1, band="all"),
        group(rate="2", unit_s=1, increment_s=1, band="evening"),
    ]
    assert rating(*groups, band_policy="split").price(CALL).charge == 121
    assert rating(*groups, band_policy="start").price(CALL).charge == 61


def test_seconds_bought_before_the_edge_are_not_bought_again():
    groups = [group(rate="1", unit_s=1, increment_s=10, band="all"), group(rate="2", unit_s=1, band="evening")]
    # 10 s at 1 are bought for the first second; 51 s are left and cost one step of 60 s
    assert rating(*groups, band_policy="split").price(CALL).charge == 130


@pytest.mark.parametrize(
    ("terms", "talk_s", "billed_s", "charge"),
    [
        ({"min_charge": Decimal("0.5")}, 61, 120, "0.5"),
        ({"min_charge": Decimal("0.5")}, 0, 0, "0"),
        ({"max_charge": Decimal("0.1")}, 61, 120, "0.1"),
        ({"max_charge": Decimal("0.1"), "max_policy": "disconnect"}, 600, 120, "0.1"),
    ],
)
def test_a_charge_has_its_bounds(terms, talk_s, billed_s, charge):
    price = rating(group(), **terms).price(CALL | {"talk_s": talk_s})
    assert (price.billed_s, price.charge) == (billed_s, Decimal(charge))


def test_a_free_rate_has_no_minimum_unless_the_plan_says_so():
    free, minimum = group(rate="0"), Decimal("0.5")
    assert rating(free, min_charge=minimum).price(CALL).charge == 0
    assert rating(free, min_charge=minimum, min_on_free=True).price(CALL).charge == minimum


def test_the_next_deck_is_asked_where_the_first_has_no_rate():
    world = group(rate="1") | {"rate_deck": "world"}
    assert rating(world, decks=["other", "world"]).price(CALL).charge == 2
    assert rating(world).price(CALL).unpriced == "no_rate"


def test_messages_count_units_and_conferences_participants():
    message = group(rate="0.05", unit_s=1, increment_s=1, usage_type="sms")
    sms = rating(message).price(CALL | {"usage_type": "sms", "units": 3, "talk_s": 0})
    assert (sms.billed_s, sms.charge) == (0, Decimal("0.15"))
    room = group(connect_fee="1", usage_type="conference")
    conference = rating(room).price(CALL | {"usage_type": "conference", "units": 4})
    assert (conference.billed_s, conference.charge) == (480, Decimal("1.48"))
    assert rating(group()).price(CALL | {"usage_type": "conference", "units": 4}).unpriced == "no_rate"
