"""A month that something of the month before belongs to is not rated before it."""

from datetime import date
from decimal import Decimal

import pytest

from telebill_assets.compute.context import JobContext
from telebill_assets.compute.month_before import files_before
from telebill_assets.compute.request import JobRequest
from telebill_assets.lake.lake import Lake
from telebill_assets.rating.account_groups import AccountGroup
from telebill_assets.spark.distribute import Cluster
from telebill_assets.stages.rated_usage.checks import month_before_is_there
from telebill_assets.tables.allowance_balances import AllowanceBalances
from telebill_assets.tables.daily_aggregates import DailyAggregates
from telebill_assets.tables.rated_usage import RatedUsage
from telebill_assets.tables.table import from_rows
from telebill_assets_tests.unit.rating.month.months import FEE, allowance, tariff

MARCH, APRIL = date(2020, 3, 1), date(2020, 4, 1)
KEPT = tariff(plan_allowances=[allowance("free", 60, rollover_months=1)])
IN_ADVANCE = tariff(plan_allowances=[], plan_fees=[FEE | {"billed": "advance"}])
NEITHER = tariff(plan_fees=[FEE])


@pytest.fixture
def context(settings) -> JobContext:
    request = JobRequest(job="rated_usage", partition=APRIL, run_id="r", code_version="v")
    return JobContext(request, settings, Lake.open(settings), Cluster(settings))


def publish(context, model, *rows, **partition) -> None:
    staged = context.lake.stage_frame(from_rows(rows, model), model, "r", **partition)
    context.lake.publish(staged, "v")


def test_the_first_month_of_all_needs_no_other(context):
    assert files_before(context, APRIL) is None
    assert month_before_is_there(context, KEPT).passed


@pytest.mark.parametrize(("rules", "passed"), [(KEPT, False), (IN_ADVANCE, False), (NEITHER, True)])
def test_a_month_waits_for_the_month_before_if_that_had_calls(context, rules, passed):
    publish(context, DailyAggregates, landing_day=date(2020, 3, 31))
    found = month_before_is_there(context, rules)
    assert (found.passed, found.samples) == (passed, [] if passed else ["2020-03"])


def test_what_the_month_before_left_is_read(context):
    """Of its lines those that bill April, and of its units those that remain."""
    publish(context, DailyAggregates, landing_day=date(2020, 3, 31))
    line = {"billing_month": MARCH, "account_id": "A", "line_kind": "recurring", "amount": Decimal(1)}
    left = {"billing_month": MARCH, "account_id": "A", "allowance": "free"}
    lines = [line | {"line_id": name} for name in ("A-recurring", "A-recurring-advance")]
    publish(context, RatedUsage, *lines, billing_month=MARCH)
    publish(context, AllowanceBalances, *[left | {"remaining": units} for units in (0, 7)], billing_month=MARCH)
    before = files_before(context, APRIL).of_group(AccountGroup(0, 1))
    assert month_before_is_there(context, KEPT).passed
    assert before.lines["line_id"].to_list() == ["A-recurring-advance"]
    assert before.balances["remaining"].to_list() == [7]
