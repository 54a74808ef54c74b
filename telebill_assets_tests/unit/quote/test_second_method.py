"""Any case of a call costs what a second method finds that shares no code."""

from datetime import datetime, timedelta
from fractions import Fraction

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from telebill_assets.quote.call import answer
from telebill_assets_tests.support.beat_by_beat import price

PRICES = st.decimals("-2", "5", places=6).map(str)
TIMES = st.integers(0, 24 * 4 - 1).map(lambda quarter: f"{quarter // 4:02}:{quarter % 4 * 15:02}:00")
ENDS = st.one_of(TIMES, st.just("24:00:00"))


@st.composite
def groups(draw):
    starts = [0, *sorted(draw(st.sets(st.integers(1, 900), max_size=2)))]
    return [
        {
            "from_s": start,
            "connect_fee": draw(st.sampled_from(["0", "0.05", "0.001"])),
            "rate": draw(PRICES),
            "unit_s": draw(st.sampled_from([1, 6, 7, 60, 3600])),
            "increment_s": draw(st.sampled_from([1, 6, 30, 60, 61, 1000])),
        }
        for start in starts
    ]


@st.composite
def bands(draw):
    return {
        "name": draw(st.sampled_from(["peak", "off", "night"])),
        "days": draw(st.one_of(st.none(), st.lists(st.integers(1, 7), min_size=1, unique=True))),
        "dates": draw(
            st.one_of(st.none(), st.lists(st.sampled_from(["--03-29", "2020-10-25", "--04-03"]), min_size=1))
        ),
        "start": draw(TIMES),
        "end": draw(ENDS),
        "weight": draw(st.integers(0, 3)),
        "rates": draw(st.one_of(st.none(), groups())),
    }


@st.composite
def cases(draw):
    day = draw(st.sampled_from(["2020-03-28", "2020-10-24", "2020-04-02"]))
    start = datetime.fromisoformat(day) + timedelta(seconds=draw(st.integers(0, 172_800)))
    if (start.month, start.day, start.hour) in {(3, 29, 2), (10, 25, 2)}:
        start -= timedelta(hours=1)  # an hour that Berlin has not, or has twice
    bounds = sorted(draw(st.lists(st.decimals("0", "9", places=3), min_size=2, max_size=2)))
    return {
        "rates": draw(groups()),
        "bands": draw(st.one_of(st.none(), st.lists(bands(), min_size=1, max_size=3))),
        "band_policy": draw(st.sampled_from(["start", "split"])),
        "rounding": draw(
            st.one_of(
                st.none(),
                st.fixed_dictionaries(
                    {"method": st.sampled_from(["half_up", "up", "down"]), "decimals": st.integers(0, 12)}
                ),
            )
        ),
        "min_charge": draw(st.one_of(st.none(), st.just(str(bounds[0])))),
        "max_charge": draw(st.one_of(st.none(), st.just(str(bounds[1])))),
        "start": start.isoformat(),
        "time_zone": draw(st.sampled_from(["UTC", "Europe/Berlin", "America/New_York"])),
        "duration_s": draw(st.one_of(st.integers(0, 200), st.integers(0, 100_000))),
    }


@settings(
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(st.lists(cases(), min_size=1, max_size=3))
def test_every_case_costs_what_the_second_method_finds(listed):
    for case, found in zip(listed, answer(listed), strict=True):
        expected = price(case)
        if expected is None:
            assert "bands leave a gap" in found["error"]
            continue
        charge, billed_s = expected
        assert found["billed_s"] == str(billed_s), case
        if case["rounding"] is None:
            assert abs(Fraction(found["charge"]) - charge) <= Fraction(1, 10**30), case
        else:
            assert Fraction(found["charge"]) == charge, case
        seconds = [int(seconds) for _, seconds in found["segments"]]
        assert sum(seconds) == case["duration_s"]
