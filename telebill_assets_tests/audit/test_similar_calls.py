"""The control similar_calls on calls whose alikeness is plain to see."""

from datetime import UTC, datetime, timedelta

import pytest

from telebill_assets.audit.controls.similar_calls import similar_calls
from telebill_assets.audit.controls.thresholds import Thresholds

NOON = datetime(2020, 4, 5, 12, tzinfo=UTC)
COLUMNS = "caller string, callee string, start_at timestamp, talk_s long, usage_type string, path string, line long"
ONE, OTHER = "+13125550100", "+13125550101"


def found(spark, *calls):
    """Lines of the calls that the control counts; a call is (caller, callee, seconds after noon, talk seconds)."""
    rows = [
        (caller, callee, NOON + timedelta(seconds=after_s), talk_s, usage[0] if usage else "voice", "a.csv", line)
        for line, (caller, callee, after_s, talk_s, *usage) in enumerate(calls, start=1)
    ]
    result = similar_calls(spark.createDataFrame(rows, COLUMNS), len(rows), Thresholds())
    lines = [int(sample.rsplit(" ", 1)[1]) for sample in result.samples]
    assert result.failures == ({"calls": len(lines)} if lines else {})
    return lines


@pytest.mark.parametrize("start_s", [0, 10, 57, 58, 59, 60, 119])
@pytest.mark.parametrize(("after_s", "longer_s", "alike"), [(0, 0, True), (2, 1, True), (3, 0, False), (1, 2, False)])
def test_two_calls_are_alike_within_two_seconds_and_one_second_of_talk(spark, start_s, after_s, longer_s, alike):
    calls = (ONE, OTHER, start_s, 30), (ONE, OTHER, start_s + after_s, 30 + longer_s)
    assert found(spark, *calls) == ([2] if alike else [])


def test_only_the_same_numbers_make_calls_alike(spark):
    assert found(spark, (ONE, OTHER, 0, 30), (OTHER, ONE, 0, 30), (None, OTHER, 0, 30), (None, OTHER, 0, 30)) == []


def test_messages_are_not_calls(spark):
    assert found(spark, (ONE, OTHER, 0, 0, "sms"), (ONE, OTHER, 0, 0, "sms")) == []


def test_of_three_alike_the_two_that_follow_are_counted_once_each(spark):
    assert found(spark, (ONE, OTHER, 58, 30), (ONE, OTHER, 59, 30), (ONE, OTHER, 60, 30)) == [2, 3]
