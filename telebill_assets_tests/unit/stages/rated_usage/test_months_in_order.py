"""A month that something of the month before belongs to is not rated before it."""

from datetime import date
from decimal import Decimal

import pytest

from telebill_assets.audit.check import CheckResult
from telebill_assets.compute.month_before import is_rated, month_before
from telebill_assets.lake.lake import Lake
from telebill_assets.rating.month.month import Month
from telebill_assets.stages.rated_usage import checks
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
def lake(settings) -> Lake:
    return Lake.open(settings)


def publish(lake, model, *rows, **partition) -> None:
    lake.publish(lake.stage_frame(from_rows(rows, model), model, "r", **partition), "v")


def month_before_is_there(lake, rules) -> CheckResult:
    days = [each["landing_day"] for each in lake.published_partitions(DailyAggregates)]
    rated = is_rated(lake, MARCH)
    return checks.month_before_is_there(Month(APRIL), rated=rated, carries_over=rules.carries_over, published=days)


def test_the_first_month_of_all_needs_no_other(lake):
    assert month_before(lake, APRIL) is None
    assert month_before_is_there(lake, KEPT).passed


@pytest.mark.parametrize(("rules", "passed"), [(KEPT, False), (IN_ADVANCE, False), (NEITHER, True)])
def test_a_month_waits_for_the_month_before_if_that_had_calls(lake, rules, passed):
    publish(lake, DailyAggregates, landing_day=date(2020, 3, 31))
    found = month_before_is_there(lake, rules)
    assert (found.passed, found.samples) == (passed, [] if passed else ["2020-03"])


def test_what_the_month_before_left_is_read(lake):
    """Of its lines those that bill April, and of its units those that remain."""
    publish(lake, DailyAggregates, landing_day=date(2020, 3, 31))
    line = {"billing_month": MARCH, "line_kind": "recurring", "amount": Decimal(1)}
    left = {"billing_month": MARCH, "allowance": "free"}
    lines = [line | {"line_id": name} for name in ("A-recurring", "A-recurring-advance")]
    publish(lake, RatedUsage, *lines, billing_month=MARCH)
    publish(lake, AllowanceBalances, *[left | {"remaining": units} for units in (0, 7)], billing_month=MARCH)
    before = month_before(lake, APRIL)
    assert month_before_is_there(lake, KEPT).passed
    assert before.lines["line_id"].to_list() == ["A-recurring-advance"]
    assert before.balances["remaining"].to_list() == [7]
