"""Units that a month took over from the month before, which may be rated again."""

from datetime import date

import pytest

from telebill_assets.compute.context import JobContext
from telebill_assets.compute.month_before import units_carried
from telebill_assets.compute.request import JobRequest
from telebill_assets.lake.lake import Lake
from telebill_assets.spark.distribute import Cluster
from telebill_assets.tables.allowance_balances import AllowanceBalances
from telebill_assets.tables.table import from_rows

JANUARY, FEBRUARY = date(2021, 1, 1), date(2021, 2, 1)
UNITS = {"account_id": "A", "plan_id": "p", "allowance": "a", "service_id": "*", "unit": "s", "last_month": FEBRUARY}


def units(month, granted, available, used):
    figures = {"available": available, "used": used, "remaining": available - used}
    return UNITS | {"billing_month": month, "granted_month": granted, **figures}


@pytest.fixture
def context(settings):
    request = JobRequest(job="invoices", partition=FEBRUARY, run_id="run", code_version="1.0")
    return JobContext(request, settings, Lake.open(settings), Cluster(settings))


def publish(context, month, *rows):
    frame = from_rows(rows, AllowanceBalances)
    context.lake.publish(context.lake.stage_frame(frame, AllowanceBalances, "run", billing_month=month), "1.0")


def test_units_taken_over_are_those_that_were_left(context):
    publish(context, JANUARY, units(JANUARY, JANUARY, 600, 540))
    publish(context, FEBRUARY, units(FEBRUARY, JANUARY, 60, 60), units(FEBRUARY, FEBRUARY, 600, 10))
    assert units_carried(context, FEBRUARY).passed


def test_a_month_before_that_was_rated_again_is_noticed(context):
    publish(context, JANUARY, units(JANUARY, JANUARY, 600, 600))
    publish(context, FEBRUARY, units(FEBRUARY, JANUARY, 60, 60))
    verdict = units_carried(context, FEBRUARY)
    assert not verdict.passed
    assert verdict.samples == ["A, p, a, *, 2021-01-01: units +60"]


def test_a_first_month_takes_nothing_over(context):
    publish(context, FEBRUARY, units(FEBRUARY, FEBRUARY, 600, 10))
    assert units_carried(context, FEBRUARY).passed
