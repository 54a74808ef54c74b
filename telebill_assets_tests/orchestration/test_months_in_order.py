"""A month that something of the month before belongs to is not rated before it."""

from datetime import date
from decimal import Decimal

import pytest

from telebill_assets.compute.context import JobContext
from telebill_assets.compute.jobs.rated_usage import month_before_is_there
from telebill_assets.compute.month_before import month_before
from telebill_assets.compute.request import JobRequest
from telebill_assets.lake.lake import Lake
from telebill_assets.tables.allowance_balances import AllowanceBalances
from telebill_assets.tables.daily_aggregates import DailyAggregates
from telebill_assets.tables.rated_usage import RatedUsage
from telebill_assets_tests.frames import arrow
from telebill_assets_tests.rating.months import FEE, allowance, tariff

MARCH, APRIL = date(2020, 3, 1), date(2020, 4, 1)
KEPT = tariff(plan_allowances=[allowance("free", 60, rollover_months=1)])
IN_ADVANCE = tariff(plan_allowances=[], plan_fees=[FEE | {"billed": "advance"}])
NEITHER = tariff(plan_fees=[FEE])


@pytest.fixture
def context(settings, spark) -> JobContext:
    request = JobRequest(job="rated_usage", partition=APRIL, run_id="r", code_version="v")
    return JobContext(request, settings, spark, Lake.open(settings))


def publish(context, model, *rows, **partition) -> None:
    staged = context.lake.stage_arrow(arrow(model, *rows), model, "r", **partition)
    context.lake.publish(staged, "v")


def test_the_first_month_of_all_needs_no_other(context):
    assert month_before(context, APRIL) is None
    assert month_before_is_there(context, KEPT, None).passed


@pytest.mark.parametrize(("rules", "passed"), [(KEPT, False), (IN_ADVANCE, False), (NEITHER, True)])
def test_a_month_waits_for_the_month_before_if_that_had_calls(context, rules, passed):
    publish(context, DailyAggregates, landing_day=date(2020, 3, 31))
    found = month_before_is_there(context, rules, month_before(context, APRIL))
    assert (found.passed, found.samples) == (passed, [] if passed else ["2020-03"])


def test_what_the_month_before_left_is_read(context):
    publish(context, DailyAggregates, landing_day=date(2020, 3, 31))
    line = {"billing_month": MARCH, "line_id": "A-recurring", "amount": Decimal(1)}
    left = {"billing_month": MARCH, "allowance": "free", "remaining": 7}
    publish(context, RatedUsage, line, billing_month=MARCH)
    publish(context, AllowanceBalances, left, billing_month=MARCH)
    before = month_before(context, APRIL)
    assert month_before_is_there(context, KEPT, before).passed
    assert [row["line_id"] for row in before.lines.collect()] == ["A-recurring"]
    assert [row["remaining"] for row in before.balances.collect()] == [7]
