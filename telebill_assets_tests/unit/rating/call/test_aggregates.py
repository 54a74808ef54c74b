"""The sums of priced calls, against sums worked out by hand; parts of a day add up to the day."""

from datetime import UTC, date, datetime
from decimal import Decimal

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from telebill_assets.audit.controls.rerate import merge_samples, sample_calls
from telebill_assets.rating.call.aggregates import (
    aggregate,
    merge_aggregates,
    merge_outcomes,
    outcomes,
    unpriced_calls,
)

DAY = date(2020, 4, 3)
NOON = datetime(2020, 4, 3, 12, tzinfo=UTC)
TYPES = {"charge": pl.Decimal(18, 10), "billed_s": pl.Int64, "destination": pl.String, "unpriced": pl.String}


def call(line=1, charge="0.1", billed_s=60, **changes):
    """A priced call; without charge it is one that has no rate."""
    unpriced = None if charge else "no_rate"
    return {
        "landing_day": DAY,
        "record_key": f"sbc:{line}",
        "path": "sbc/a.csv",
        "file_id": "f",
        "line": line,
        "source": "sbc",
        "account_id": "A-1",
        "service_id": "A-1-1",
        "direction": "outbound",
        "caller": "+13125550100",
        "callee": "+442079460100",
        "start_at": NOON,
        "answer_at": NOON,
        "call_date": DAY,
        "talk_s": 45,
        "jurisdiction": "international",
        "usage_type": "voice",
        "units": 1,
        "plan_id": "P",
        "currency": "USD",
        "destination": "uk",
        "destination_name": "UK",
        "destination_group": "europe",
        "band": "any",
        "rate_id": "D/uk/*/*/*/2020-01-01",
        "billed_s": billed_s if charge else None,
        "charge": Decimal(charge) if charge else None,
        "unpriced": unpriced,
    } | changes


def frame(*rows):
    return pl.DataFrame(list(rows), schema_overrides=TYPES)


UNKNOWN_PLAN = {"unpriced": "no_plan", "plan_id": None, "currency": None, "destination": None}
CALLS = frame(
    call(1, "0.1000000001"),
    call(2, "0.2", billed_s=120, talk_s=61),
    call(3, "0.3", service_id="A-1-2"),
    call(4, None),
    call(5, None, path="sbc/b.csv", **UNKNOWN_PLAN),
)


def test_calls_of_one_account_service_and_rate_are_one_row():
    rows = aggregate(CALLS).sort("service_id").to_dicts()
    assert [
        (row["service_id"], row["calls"], row["units"], row["talk_s"], row["billed_s"], row["charge"]) for row in rows
    ] == [
        ("A-1-1", 2, 2, 106, 180, Decimal("0.3000000001")),
        ("A-1-2", 1, 1, 45, 60, Decimal("0.3000000000")),
    ]


def test_the_ledger_counts_every_call_once_and_knows_no_amount_of_what_has_no_price():
    found = outcomes(CALLS).sort("path", "outcome", "reason").select("path", "outcome", "reason", "currency", "records")
    assert found.rows() == [
        ("sbc/a.csv", "priced", None, "USD", 3),
        ("sbc/a.csv", "suspended", "no_rate", "USD", 1),
        ("sbc/b.csv", "suspended", "no_plan", None, 1),
    ]
    sums = outcomes(CALLS).sort("path", "outcome").select("talk_s", "billed_s", "amount").rows()
    assert sums == [(151, 240, Decimal("0.6000000001")), (45, None, None), (45, None, None)]


def test_a_call_without_price_is_suspended_with_what_was_expected():
    rows = unpriced_calls(CALLS).sort("line").to_dicts()
    assert [(row["line"], row["reason"], row["rule"], row["field"], row["detail"]) for row in rows] == [
        (4, "no_rate", "priced:no_rate", "callee", "expected a rate for destination uk on the call's date"),
        (5, "no_plan", "priced:no_plan", "account_id", "expected a subscription valid on the call's date"),
    ]
    assert {row["stage"] for row in rows} == {"daily_aggregates"}


NOBODY = call(0, None, destination=None)


def test_a_number_without_destination_is_suspended_too():
    (row,) = unpriced_calls(frame(NOBODY)).to_dicts()
    assert row["detail"] == "expected a rate for destination  on the call's date"


ROWS = st.builds(
    call,
    line=st.integers(1, 10**6),
    charge=st.none() | st.decimals(0, 999_999, places=10).map(str),
    billed_s=st.integers(0, 10**6),
    service_id=st.sampled_from(["s1", "s2"]),
    path=st.sampled_from(["a.csv", "b.csv"]),
    band=st.sampled_from(["peak", "off"]),
    currency=st.sampled_from(["USD", "EUR"]),
)


@settings(deadline=None)
@given(st.lists(st.tuples(ROWS, st.integers(0, 2)), min_size=1, max_size=20, unique_by=lambda drawn: drawn[0]["line"]))
def test_parts_of_a_day_add_up_to_the_day(drawn):
    day = frame(*(row for row, _ in drawn))
    parts = [day.filter(pl.Series([part == nr for _, part in drawn])) for nr in range(3)]
    for whole, merged in (
        (aggregate(day), merge_aggregates([aggregate(part) for part in parts])),
        (outcomes(day), merge_outcomes([outcomes(part) for part in parts])),
    ):
        assert_frame_equal(whole, merged, check_row_order=False)
    samples = [sample_calls(part, 4) for part in parts]
    assert_frame_equal(sample_calls(day, 4), merge_samples(samples, 4), check_row_order=False)


def test_a_sample_does_not_depend_on_the_order_of_the_calls():
    calls = frame(*(call(line) for line in range(1, 101)))
    sample = sample_calls(calls, 5)
    assert len(sample) == 5
    assert sample.equals(sample_calls(calls.reverse(), 5))
    assert sample["start_s"].to_list() == [int(NOON.timestamp())] * 5
