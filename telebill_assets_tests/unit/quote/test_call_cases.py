# ruff: noqa: E501
"""Cases of calls, against answers worked out by hand."""

from decimal import Decimal

import pytest

from telebill_assets.quote.call import answer

SIXTY_SIX = [  # the first minute whole, then six seconds
    {"from_s": 0, "connect_fee": "0", "rate": "0.10", "unit_s": 60, "increment_s": 60},
    {"from_s": 60, "connect_fee": "0", "rate": "0.10", "unit_s": 60, "increment_s": 6},
]
THIRTY_SIX = [  # US Mobile-style 30/6 with a fee
    {"from_s": 0, "connect_fee": "0.02", "rate": "0.06", "unit_s": 60, "increment_s": 30},
    {"from_s": 30, "rate": "0.06", "unit_s": 60, "increment_s": 6},
]
BY_SECOND = [{"from_s": 0, "rate": "0.01", "unit_s": 1, "increment_s": 1}]


def group(rate, unit_s=60, increment_s=1, from_s=0, fee=None):
    return {"from_s": from_s, "connect_fee": fee, "rate": rate, "unit_s": unit_s, "increment_s": increment_s}


def band(name, start, end, rate, weight=0, **changes):
    rates = None if rate is None else [group(rate)]
    return {"name": name, "start": start, "end": end, "weight": weight, "rates": rates, **changes}


PEAK = [
    band("off", "00:00:00", "24:00:00", "0.60"),
    band("peak", "08:00:00", "18:00:00", "1.20", 10, days=[1, 2, 3, 4, 5]),
]
MINUTES_BY_BAND = [
    band("off", "00:00", "24:00", None, rates=[group("0.60", increment_s=60)]),
    band("peak", "08:00", "18:00", None, 10, rates=[group("1.20", increment_s=60)]),
]
NIGHT = [band("day", "06:00", "22:00", "0.60"), band("night", "22:00", "06:00", "0.30")]
HOLIDAY = [
    band("day", "00:00", "24:00", "0.60"),
    band("holiday", "00:00", "24:00", "0.30", 5, dates=["--12-25", "2020-04-13"]),
]
HALF_UP_2 = {"method": "half_up", "decimals": 2}

# fmt: off
CASES = [  # case, charge, billed seconds, segments
    # increments
    ({"rates": SIXTY_SIX, "duration_s": 0}, "0", "0", []),
    ({"rates": SIXTY_SIX, "duration_s": 1}, "0.1", "60", [[None, "1"]]),
    ({"rates": SIXTY_SIX, "duration_s": 60}, "0.1", "60", [[None, "60"]]),
    ({"rates": SIXTY_SIX, "duration_s": 61}, "0.11", "66", [[None, "61"]]),
    ({"rates": SIXTY_SIX, "duration_s": "67"}, "0.12", "72", [[None, "67"]]),
    ({"rates": SIXTY_SIX[::-1], "duration_s": 67}, "0.12", "72", [[None, "67"]]),  # unsorted groups
    ({"rates": THIRTY_SIX, "duration_s": 7}, "0.05", "30", [[None, "7"]]),
    ({"rates": THIRTY_SIX, "duration_s": 31}, "0.056", "36", [[None, "31"]]),
    ({"rates": THIRTY_SIX, "duration_s": 0}, "0", "0", []),
    # an increment larger than its group: 40 s in 60 s steps are bought at 0.10, and reach over the edge at 40
    (
        {"rates": [group("0.10", increment_s=60), group("0.60", from_s=40)], "duration_s": 70},
        "0.2",
        "70",
        [[None, "70"]],
    ),
    ({"rates": [group("0.10", increment_s=60), group("0.60", from_s=40)], "duration_s": 50}, "0.1", "60", [[None, "50"]]),
    # exact, and what no decimal can write
    ({"rates": BY_SECOND, "duration_s": 7}, "0.07", "7", [[None, "7"]]),
    ({"rates": [group("1", 3)], "duration_s": 1}, "0." + "3" * 30, "1", [[None, "1"]]),
    ({"rates": [group("0.00166666666666666667", 1)], "duration_s": 1000}, "1.66666666666666667", "1000", [[None, "1000"]]),
    ({"rates": [group("0.0000000000000000000000000000000001", 1)], "duration_s": 3}, f"0.{'0' * 33}3", "3", [[None, "3"]]),
    ({"rates": [group("12345678901234567890", 1)], "duration_s": 2}, "24691357802469135780", "2", [[None, "2"]]),
    ({"rates": [group("0", 1)], "duration_s": 90}, "0", "90", [[None, "90"]]),
    # a started second counts; the real ones are shown
    ({"rates": BY_SECOND, "duration_s": "0.4"}, "0.01", "1", [[None, "0.4"]]),
    ({"rates": SIXTY_SIX, "duration_s": Decimal("60.5")}, "0.11", "66", [[None, "60.5"]]),
    # rounding: 0.125 and -0.125, halves away from zero, up away from zero
    ({"rates": [group("0.125", 1)], "duration_s": 1, "rounding": HALF_UP_2}, "0.13", "1", [[None, "1"]]),
    ({"rates": [group("-0.125", 1)], "duration_s": 1, "rounding": HALF_UP_2}, "-0.13", "1", [[None, "1"]]),
    ({"rates": [group("0.121", 1)], "duration_s": 1, "rounding": {"method": "up", "decimals": 2}}, "0.13", "1", [[None, "1"]]),
    ({"rates": [group("-0.121", 1)], "duration_s": 1, "rounding": {"method": "up", "decimals": 2}}, "-0.13", "1", [[None, "1"]]),
    ({"rates": [group("0.129", 1)], "duration_s": 1, "rounding": {"method": "down", "decimals": 2}}, "0.12", "1", [[None, "1"]]),
    ({"rates": [group("-0.129", 1)], "duration_s": 1, "rounding": {"method": "down", "decimals": 2}}, "-0.12", "1", [[None, "1"]]),
    ({"rates": [group("1", 3)], "duration_s": 2, "rounding": {"method": "half_up", "decimals": 12}}, "0.666666666667", "2", [[None, "2"]]),
    ({"rates": [group("0.5", 1)], "duration_s": 1, "rounding": {"method": "half_up", "decimals": 0}}, "1", "1", [[None, "1"]]),
    # minimum and maximum of the sum, before rounding
    ({"rates": BY_SECOND, "duration_s": 3, "min_charge": "0.05"}, "0.05", "3", [[None, "3"]]),
    ({"rates": BY_SECOND, "duration_s": 0, "min_charge": "0.05"}, "0", "0", []),
    ({"rates": [group("0")], "duration_s": 3, "min_charge": "0.05"}, "0.05", "3", [[None, "3"]]),
    ({"rates": BY_SECOND, "duration_s": 300, "max_charge": "2.5"}, "2.5", "300", [[None, "300"]]),
    ({"rates": [group("0.10", increment_s=60)], "duration_s": 300, "max_charge": "0.25", "max_policy": "disconnect"}, "0.25", "180", [[None, "300"]]),
    # bands: the start rules, or the call is cut at the edge
    ({"bands": PEAK, "start": "2020-04-03T07:59:30", "duration_s": 60}, "0.6", "60", [["off", "60"]]),
    ({"bands": PEAK, "band_policy": "split", "start": "2020-04-03T07:59:30", "duration_s": 60}, "0.9", "60", [["off", "30"], ["peak", "30"]]),
    ({"bands": PEAK, "band_policy": "split", "start": "2020-04-03 17:59:50Z", "duration_s": 20}, "0.3", "20", [["peak", "10"], ["off", "10"]]),
    ({"bands": PEAK, "band_policy": "split", "start": "2020-04-04T07:59:30", "duration_s": 60}, "0.6", "60", [["off", "60"]]),
    # seconds bought by rounding up in the first band are not charged again in the second
    ({"bands": MINUTES_BY_BAND, "band_policy": "split", "start": "2020-04-03T07:59:30", "duration_s": 60}, "0.6", "60", [["off", "30"], ["peak", "30"]]),
    ({"bands": MINUTES_BY_BAND, "band_policy": "split", "start": "2020-04-03T07:59:30", "duration_s": 61}, "1.8", "120", [["off", "30"], ["peak", "31"]]),
    # from Friday evening to Saturday morning, over midnight and through a whole peak day
    ({"bands": NIGHT, "band_policy": "split", "start": "2020-04-03T21:00:00", "duration_s": 36_000}, "216", "36000", [["day", "3600"], ["night", "28800"], ["day", "3600"]]),
    ({"bands": PEAK, "band_policy": "split", "start": "2020-04-02", "duration_s": 172_800}, "2448", "172800",
     [["off", "28800"], ["peak", "36000"], ["off", "50400"], ["peak", "36000"], ["off", "21600"]]),
    ({"bands": HOLIDAY, "band_policy": "split", "start": "2020-04-13T23:59:30", "duration_s": 60}, "0.45", "60", [["holiday", "30"], ["day", "30"]]),
    ({"bands": HOLIDAY, "start": "2031-12-25T12:00:00", "duration_s": 60}, "0.3", "60", [["holiday", "60"]]),
    # rates of all bands hold where a band has none of its own; the fee is that of the first piece
    (
        {"rates": [group("0.60", fee="0.05")], "bands": [PEAK[0] | {"rates": None}, PEAK[1]], "band_policy": "split", "start": "2020-04-03T07:59:30", "duration_s": 60},
        "0.95", "60", [["off", "30"], ["peak", "30"]],
    ),
    # clocks go forward in Berlin at 02:00: 01:30 and an hour is 03:30
    (
        {"bands": [band("night", "00:00", "03:00", "0.30"), band("day", "03:00", "24:00", "0.60")], "band_policy": "split", "start": "2020-03-29T01:30:00", "time_zone": "Europe/Berlin", "duration_s": 3600},
        "27", "3600", [["night", "1800"], ["day", "1800"]],
    ),
    # and back at 03:00: from 01:30 to 03:00 are 9,000 seconds
    (
        {"bands": [band("night", "00:00", "03:00", "0.30"), band("day", "03:00", "24:00", "0.60")], "band_policy": "split", "start": "2020-10-25T01:30:00", "time_zone": "Europe/Berlin", "duration_s": 9060},
        "45.6", "9060", [["night", "9000"], ["day", "60"]],
    ),
]

WRONG = [  # case, what the error begins with
    ({"duration_s": 1}, "rates is missing, expected rates, or bands with rates"),
    ({"rates": BY_SECOND}, "duration_s is missing"),
    ({"rates": BY_SECOND, "duration_s": -1}, "duration_s is '-1'"),
    ({"rates": BY_SECOND, "duration_s": True}, "duration_s is 'True'"),
    ({"rates": BY_SECOND, "duration_s": "long"}, "duration_s is 'long'"),
    ({"rates": [group("0.1", 0)], "duration_s": 1}, "rates[0].unit_s is '0'"),
    ({"rates": [group("0.1", increment_s=0)], "duration_s": 1}, "rates[0].increment_s is '0'"),
    ({"rates": [group("0.1", increment_s="1.5")], "duration_s": 1}, "rates[0].increment_s is '1.5'"),
    ({"rates": [group(None)], "duration_s": 1}, "rates[0].rate is missing"),
    ({"rates": [group("1e99")], "duration_s": 1}, "rates[0].rate is '1e99'"),
    ({"rates": [group("0.1", from_s=60)], "duration_s": 1}, "rates: from_s of the first group is '60'"),
    ({"rates": [group("0.1"), group("0.2")], "duration_s": 1}, "rates: from_s is '[0, 0]'"),
    ({"rates": "0.1", "duration_s": 1}, "rates is '0.1'"),
    ({"rates": BY_SECOND, "duration_s": 1, "rounding": {"method": "even", "decimals": 2}}, "rounding.method is 'even'"),
    ({"rates": BY_SECOND, "duration_s": 1, "rounding": {"method": "up"}}, "rounding.decimals is missing"),
    ({"rates": BY_SECOND, "duration_s": 1, "min_charge": 2, "max_charge": 1}, "max_charge is '1'"),
    ({"rates": BY_SECOND, "duration_s": 1, "band_policy": "cut"}, "band_policy is 'cut'"),
    ({"bands": PEAK, "duration_s": 1}, "start is missing"),
    ({"bands": PEAK, "start": "2020-02-30", "duration_s": 1}, "start is '2020-02-30'"),
    ({"bands": [band("x", "25:00", "24:00", "1")], "start": "2020-04-03", "duration_s": 1}, "bands[0].start is '25:00'"),
    ({"bands": [band("x", "00:00", "24:00", "1", days=[0])], "start": "2020-04-03", "duration_s": 1}, "bands[0].days is '[0]'"),
    ({"bands": [band("x", "00:00", "24:00", "1", dates=["12-25"])], "start": "2020-04-03", "duration_s": 1}, "bands[0].dates is '12-25'"),
    ({"bands": [band("x", "08:00", "18:00", "1")], "start": "2020-04-03T07:00", "duration_s": 9}, "bands leave a gap: no band holds at 2020-04-03 07:00:00"),
    ({"bands": [band("x", "08:00", "18:00", "1")], "band_policy": "split", "start": "2020-04-03T17:59:00", "duration_s": 61}, "bands leave a gap: no band holds at 2020-04-03 18:00:00"),
    ({"bands": [PEAK[0] | {"rates": None}, PEAK[1]], "start": "2020-04-03", "duration_s": 9}, "rates is missing, expected rates in band 'off'"),
]


# fmt: on


@pytest.fixture(scope="module")
def answers():
    cases = [case for case, *_ in CASES] + [case for case, _ in WRONG]
    return answer([{"id": i, **case} for i, case in enumerate(cases)])


def test_answers_are_those_worked_out_by_hand(answers):
    expected = [
        {"id": i, "charge": charge, "billed_s": billed, "segments": segments}
        for i, (_, charge, billed, segments) in enumerate(CASES)
    ]
    assert answers[: len(CASES)] == expected


def test_wrong_cases_name_their_field_and_the_rest_go_on(answers):
    wrong = answers[len(CASES) :]
    assert all(set(found) == {"id", "error"} for found in wrong)
    said = [(found["error"], begins) for found, (_, begins) in zip(wrong, WRONG, strict=True)]
    assert [error for error, begins in said if not error.startswith(begins)] == []
