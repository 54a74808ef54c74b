"""The second way to price a call, against charges worked out by hand."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from telebill_assets.audit.controls.second_rating import Price, SecondRating

DAY = date(2020, 4, 3)  # a Friday
ALWAYS = {"valid_from": date(2020, 1, 1), "valid_to": None}
ANY = {"jurisdiction": "*", "direction": "*", "band": "*"}
CALL = {
    "account_id": "A",
    "call_date": DAY,
    "local_start": datetime(2020, 4, 3, 17, 59, 59),
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


def rating(*groups, point="call", method="half_up", decimals=4):
    rounding = {"rounding_point": point, "rounding_method": method, "rounding_decimals": decimals}
    return SecondRating(
        {
            "plans": [{"plan_id": "P", "rate_deck": "D", **rounding}],
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
    later = CALL | {"local_start": datetime(2020, 4, 3, 18, 0, 0)}
    assert [rating(*groups).price(call).charge for call in (CALL, later)] == [2, 4]


def test_calls_without_plan_or_rate_have_no_price():
    second = rating(group(valid_from=date(2020, 4, 4)))
    assert second.price(CALL) == Price("P", "de", unpriced="no_rate")
    assert second.price(CALL | {"account_id": "B"}) == Price(None, "de", unpriced="no_plan")


def test_toll_free_calls_are_priced_on_their_origin():
    inbound = {"direction": "inbound", "jurisdiction": "toll_free", "caller": "+4930111111", "callee": "+18005550100"}
    assert rating(group()).price(CALL | inbound).destination == "de"
    assert rating(group()).price(CALL | inbound | {"caller": None}).unpriced == "no_rate"
