"""File counters in names: what is a counter, what is a date, and what is missing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telebill_assets.mediation.sequences import counters, gaps, series_of


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("cdr-0042.csv", ("cdr-{}", 42)),
        ("cdr-0042.csv.gz", ("cdr-{}", 42)),
        ("cdr-0001-again.csv", ("cdr-{}-again", 1)),
        ("gw_20200403_0007.csv", ("gw_20200403_{}", 7)),
        ("gw_03042020_17.txt", ("gw_03042020_{}", 17)),
        ("gw_20200403_101500_0001.csv", ("gw_20200403_{}", 1)),  # the time would make every file its own series
        ("gw_0012_20200403101500.csv", ("gw_{}_20200403", 12)),
        ("BW-CDR-20200403101500-2-005056A1-000123.csv", ("BW-CDR-20200403-2-005056A1-{}", 123)),
        ("cdr_StandAloneCluster_02_201510091036_254831", ("cdr_StandAloneCluster_02_{}", 254831)),
        ("cmr_StandAloneCluster_02_201510091036_254831", ("cmr_StandAloneCluster_02_{}", 254831)),
        ("cdr.log.3", ("cdr.log.{}", 3)),
    ],
)
def test_the_counter_and_its_series(name, expected):
    assert series_of(name) == expected


@pytest.mark.parametrize(
    "name",
    [
        "Master.csv",
        "cdr_20200403.csv",
        "cdr_2020-04-03.csv.gz",
        "cdr_202004031015.csv",
        "cdr_20200403101500.csv",
        "cdr_2020-04-03T10-15-00.csv",
        "cdr-20200403T101500Z.csv",
        "Master.csv.2020-04-03-10-15-00",
        "1585908000.csv",
        "cdr-1585908000123.csv",
        "node2-20200403.csv",
    ],
)
def test_dates_and_times_are_no_counters(name):
    assert series_of(name) is None


def test_times_of_day_are_known_by_their_series():
    clock = [f"gw_20200403_{hour:02}{minute:02}.csv" for hour in (9, 10) for minute in (0, 15, 30, 45)]
    counter = [f"ix_20200403_{number:04}.csv" for number in (58, 59, 61, 62, 101)]
    assert counters([*clock, *counter]) == {"ix_20200403_{}": [58, 59, 61, 62, 101]}


def test_gaps_are_ranges():
    assert gaps([5, 1, 2, 9, 9]) == [(3, 4), (6, 8)]
    assert gaps([]) == gaps([7]) == []


@given(st.sets(st.integers(0, 400), min_size=1))
def test_numbers_and_gaps_fill_the_span_exactly_once(numbers):
    missing = [number for first, last in gaps(numbers) for number in range(first, last + 1)]
    assert sorted([*numbers, *missing]) == list(range(min(numbers), max(numbers) + 1))
