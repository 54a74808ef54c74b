"""The longest prefix, against looking at every prefix."""

from datetime import date

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from telebill_assets.quote.prefix import answer
from telebill_assets.rating.call.destinations import number_key, prefix_ranges
from telebill_assets.rating.call.prefixes import NONE, Prefixes

DIGITS = st.text("0123", min_size=1, max_size=6)


def longest(prefixes, number):
    return max((prefix for prefix in prefixes if number.startswith(prefix)), key=len, default=None)


@settings(deadline=None)
@given(st.lists(st.text("0123", max_size=6), max_size=12), DIGITS)
def test_the_longest_prefix_is_found(prefixes, number):
    (found,) = answer([{"id": 1, "prefixes": prefixes, "number": number}])
    assert found == {"id": 1, "prefix": longest(prefixes, number)}


@settings(deadline=None)
@given(
    st.lists(st.tuples(DIGITS, st.integers(0, 3), st.integers(0, 3)), max_size=12, unique_by=lambda row: row[0]),
    DIGITS,
    st.integers(0, 5),
)
def test_the_longest_prefix_that_is_valid_is_found(rows, number, day):
    dated = [(prefix, since, since + days) for prefix, since, days in rows]
    valid = [prefix for prefix, since, until in dated if since <= day <= until]
    epoch = date(1970, 1, 1).toordinal()
    prefixes = Prefixes.build(
        {
            "prefix": prefix,
            "owner": 0,
            "valid_from": date.fromordinal(epoch + since),
            "valid_to": date.fromordinal(epoch + until),
        }
        for prefix, since, until in dated
    )
    version = int(prefixes.find(np.array([number_key(number)]), np.array([day]))[0])
    assert (None if version == NONE else prefixes.texts[version]) == longest(valid, number)


def test_odd_prefixes():
    cases = [
        ({"prefixes": ["1", "+1512", "44"], "number": "+1 (512) 555-0100"}, "+1512"),
        ({"prefixes": ["123"], "number": "12"}, None),
        ({"prefixes": ["0", "07", "0723"], "number": "0724"}, "07"),
        ({"prefixes": ["123456789012345"], "number": "12345678901234567"}, "123456789012345"),
        ({"prefixes": [44, 1], "number": 4420}, "44"),
        ({"prefixes": [], "number": "1"}, None),
    ]
    found = answer([{"id": i, **case} for i, (case, _) in enumerate(cases)])
    assert found == [{"id": i, "prefix": prefix} for i, (_, prefix) in enumerate(cases)]


def test_wrong_cases_name_their_field():
    cases = [
        ({"number": "1"}, "prefixes is missing"),
        ({"prefixes": ["4x"], "number": "1"}, "prefixes[0] is '4x'"),
        ({"prefixes": ["4"]}, "number is missing"),
        ({"prefixes": ["4"], "number": ""}, "number is ''"),
    ]
    found = answer([case for case, _ in cases])
    assert [each["error"].startswith(begins) for each, (_, begins) in zip(found, cases, strict=True)] == [True] * 4


@settings(deadline=None)
@given(st.sets(st.text("0189", max_size=15), max_size=40), st.lists(st.text("0189", max_size=15), max_size=40))
def test_steps_of_first_digits_find_what_a_search_of_all_ranges_finds(prefixes, numbers):
    ranges = prefix_ranges({prefix: i for i, prefix in enumerate(sorted(prefixes))})
    keys = np.array([number_key(number) for number in [*numbers, *prefixes, "9" * 15]])
    everywhere = ranges.owner[np.searchsorted(ranges.starts, keys, side="right") - 1]
    assert ranges.find(keys).tolist() == everywhere.tolist()
