"""The control similar_calls on calls whose alikeness is plain to see."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telebill_assets.audit.controls.similar_calls import SimilarCalls, alike, candidates, similar_calls
from telebill_assets.audit.controls.thresholds import Thresholds

NOON = datetime(2020, 4, 5, 12, tzinfo=UTC)
COLUMNS = {
    "caller": pl.String,
    "callee": pl.String,
    "start_at": pl.Datetime("us", "UTC"),
    "talk_s": pl.Int64,
    "usage_type": pl.String,
    "path": pl.String,
    "line": pl.Int64,
}
ONE, OTHER = "+13125550100", "+13125550101"


def frame(*calls) -> pl.DataFrame:
    """Calls of (caller, callee, seconds after noon, talk seconds[, usage])."""
    rows = [
        (caller, callee, NOON + timedelta(seconds=after_s), talk_s, usage[0] if usage else "voice", "a.csv", line)
        for line, (caller, callee, after_s, talk_s, *usage) in enumerate(calls, start=1)
    ]
    return pl.DataFrame(rows, COLUMNS, orient="row")


def found(*calls):
    """Lines of the calls that the control counts."""
    result = similar_calls(alike(candidates(frame(*calls))), len(calls), Thresholds())
    lines = [int(sample.rsplit(" ", 1)[1]) for sample in result.samples]
    assert result.failures == ({"calls": len(lines)} if lines else {})
    return lines


@pytest.mark.parametrize("start_s", [0, 10, 57, 58, 59, 60, 119])
@pytest.mark.parametrize(("after_s", "longer_s", "alike"), [(0, 0, True), (2, 1, True), (3, 0, False), (1, 2, False)])
def test_two_calls_are_alike_within_two_seconds_and_one_second_of_talk(start_s, after_s, longer_s, alike):
    calls = (ONE, OTHER, start_s, 30), (ONE, OTHER, start_s + after_s, 30 + longer_s)
    assert found(*calls) == ([2] if alike else [])


def test_only_the_same_numbers_make_calls_alike():
    assert found((ONE, OTHER, 0, 30), (OTHER, ONE, 0, 30), (None, OTHER, 0, 30), (None, OTHER, 0, 30)) == []


def test_messages_are_not_calls():
    assert found((ONE, OTHER, 0, 0, "sms"), (ONE, OTHER, 0, 0, "sms")) == []


def test_of_three_alike_the_two_that_follow_are_counted_once_each():
    assert found((ONE, OTHER, 58, 30), (ONE, OTHER, 59, 30), (ONE, OTHER, 60, 30)) == [2, 3]


CALL = st.tuples(st.sampled_from([ONE, OTHER, None]), st.just(OTHER), st.integers(0, 6), st.integers(0, 3))


@settings(deadline=None)
@given(st.lists(CALL, max_size=12), st.lists(st.integers(0, 2), min_size=12, max_size=12))
def test_tasks_and_places_change_nothing(calls, task_of):
    """Calls are spread over three tasks, and their pairs over two places; counted once more call by call."""
    whole = frame(*calls)
    tasks = [whole.filter(pl.Series(task_of[: len(calls)], dtype=pl.Int64) == task) for task in range(3)]
    sent = pl.concat([candidates(task) for task in tasks])
    places = [alike(sent.filter(pl.col("pair") % 2 == place)) for place in range(2)]
    ordered = sorted((caller, start, talk, line) for line, (caller, _, start, talk) in enumerate(calls, 1) if caller)
    pairs = pairwise(ordered)
    lines = sorted(b[3] for a, b in pairs if a[0] == b[0] and b[1] - a[1] <= 2 and abs(b[2] - a[2]) <= 1)
    assert SimilarCalls.total(places) == SimilarCalls(len(lines), [("a.csv", line) for line in lines[:5]])
