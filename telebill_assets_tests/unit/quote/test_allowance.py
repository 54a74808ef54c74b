"""Published cases of allowances, against tables worked out by hand and a reference that walks over the events."""

from datetime import date, timedelta
from fractions import Fraction

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from telebill_assets.quote.allowance import answer


def offer(units, scope="account", destinations=None, since=None, until=None):
    return {"id": "x", "units": units, "scope": scope, "destinations": destinations, "from": since, "to": until}


def event(name, units, *, service="s1", destination="us", day="2020-04-10"):
    return {"id": name, "service": service, "destination": destination, "date": day, "units": units}


def used(allowances, *events):
    (found,) = answer([{"id": 1, "allowances": allowances, "events": list(events)}])
    return [(row["included"], row["over"]) for row in found["events"]]


def test_the_last_event_is_covered_in_part():
    found = used([offer(100)], event("a", "60.5"), event("b", 60), event("c", 1))
    assert found == [("60.5", "0"), ("39.5", "20.5"), ("0", "1")]


def test_a_service_has_units_of_its_own():
    events = [event("a", 80), event("b", 80, service="s2"), event("c", 80)]
    assert used([offer(100, "service")], *events) == [("80", "0"), ("80", "0"), ("20", "60")]
    assert used([offer(100)], *events) == [("80", "0"), ("20", "60"), ("0", "80")]


def test_allowances_are_used_in_the_listed_order_and_overflow_into_the_next():
    allowances = [offer(50, destinations=["us"]), offer(30)]
    events = [event("a", 20, destination="uk"), event("b", 70), event("c", 5)]
    assert used(allowances, *events) == [("20", "0"), ("60", "10"), ("0", "5")]


def test_dates_hold_from_the_first_day_to_before_the_last():
    days = ["2020-03-31", "2020-04-01", "2020-04-30", "2020-05-01"]
    events = [event(day, 1, day=day) for day in days]
    found = used([offer(10, since="2020-04-01", until="2020-05-01")], *events)
    assert found == [("0", "1"), ("1", "0"), ("1", "0"), ("0", "1")]


def test_events_without_units_or_allowance_are_answered():
    assert used([offer(0)], event("a", 0), event("b", 1)) == [("0", "0"), ("0", "1")]
    assert used([], event("a", 2)) == [("0", "2")]
    assert used([offer(5)]) == []


WRONG = [
    ({"allowances": [offer(-1)], "events": []}, "units is '-1', expected a number, 0 or more"),
    ({"allowances": [offer(1, "planet")], "events": []}, "scope is 'planet', expected one of account, service"),
    ({"allowances": [offer(1, destinations="us")], "events": []}, "destinations is 'us', expected a list, or null"),
    ({"allowances": [], "events": [event("a", 1, day="May")]}, "date is 'May', expected a date such as 2020-04-01"),
    ({"allowances": [], "events": 1}, "events is '1', expected a list of objects, or null"),
]


def test_a_wrong_case_says_what_is_wrong_and_the_others_are_answered():
    good = {"id": "good", "allowances": [offer(1)], "events": [event("e", 1)]}
    *wrong, right = answer([*({"id": nr} | case for nr, (case, _) in enumerate(WRONG)), good])
    assert [row["id"] for row in wrong] == list(range(len(WRONG)))
    assert [row["error"].startswith(said) for row, (_, said) in zip(wrong, WRONG, strict=True)] == [True] * len(WRONG)
    assert right == {"id": "good", "events": [{"id": "e", "included": "1", "over": "0"}]}


DAY = date(2020, 4, 1)
DATES = st.integers(0, 5).map(lambda n: DAY + timedelta(days=n))
OFFERS = st.tuples(
    st.integers(0, 60),
    st.sampled_from(["service", "account"]),
    st.none() | st.lists(st.sampled_from(["us", "uk"]), max_size=2),
    st.none() | DATES,
    st.none() | DATES,
)
EVENTS = st.tuples(st.sampled_from(["s1", "s2"]), st.sampled_from(["us", "uk", "de"]), DATES, st.integers(0, 40))
CASES = st.tuples(st.lists(OFFERS, max_size=3), st.lists(EVENTS, max_size=10))


def walked(offers, events) -> list[tuple[Fraction, Fraction]]:
    """Event by event, each from the first allowance that may be used and has units."""
    left: dict = {}
    found = []
    for service, destination, day, units in events:
        needed = Fraction(units, 4)
        for nr, (size, scope, destinations, since, until) in enumerate(offers):
            if destinations is not None and destination not in destinations:
                continue
            if (since and day < since) or (until and day >= until):
                continue
            pool = (nr, service if scope == "service" else None)
            taken = min(needed, left.setdefault(pool, Fraction(size)))
            left[pool] -= taken
            needed -= taken
        found.append((Fraction(units, 4) - needed, needed))
    return found


@settings(deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.lists(CASES, min_size=1, max_size=3))
def test_every_case_is_what_walking_over_its_events_finds(drawn):
    cases = [
        {
            "id": nr,
            "allowances": [
                offer(units, scope, names, since and since.isoformat(), until and until.isoformat())
                for units, scope, names, since, until in offers
            ],
            "events": [
                event(i, str(units / 4), service=service, destination=name, day=day.isoformat())
                for i, (service, name, day, units) in enumerate(events)
            ],
        }
        for nr, (offers, events) in enumerate(drawn)
    ]
    for found, (offers, events) in zip(answer(cases), drawn, strict=True):
        assert [(Fraction(row["included"]), Fraction(row["over"])) for row in found["events"]] == walked(offers, events)
