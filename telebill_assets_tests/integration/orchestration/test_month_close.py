"""A month starts by itself once: when every day of it is there and every blocking check passed."""

from datetime import UTC, datetime

import dagster as dg
import pytest
from dagster._core.definitions.asset_checks.asset_check_evaluation import (
    AssetCheckEvaluationTargetMaterializationData as Target,
)

from telebill_assets.compute.days import days_of_month
from telebill_assets.definitions import build_definitions
from telebill_assets.demo.commands import MONTH
from telebill_assets.settings import Settings
from telebill_assets.stages.road import STAGES

DAILY = dg.AssetKey("daily_aggregates")
DAYS = [day.isoformat() for day in days_of_month(MONTH)]
BLOCKING = [name for name, _, blocking in STAGES["daily_aggregates"].checks if blocking]
REFERENCE = (
    *("plan_allowances", "plan_tiers", "plan_fees", "plan_discounts", "plan_maximums", "plan_minimums"),
    *("subscriptions", "charges", "products"),
)
IN_APRIL, AFTER_APRIL = datetime(2020, 4, 20, tzinfo=UTC), datetime(2020, 5, 1, 6, tzinfo=UTC)


@pytest.fixture
def month(tmp_path):
    """How often the sensor, which ran in April already, starts April after these days were reported."""
    defs = build_definitions(Settings(home=tmp_path))

    def requested(days: list[str], failed: str | None = None, *, ticks: int = 1) -> int:
        with dg.DagsterInstance.ephemeral() as instance:
            cursor = tick(defs, instance, None, IN_APRIL).cursor
            for name in REFERENCE:
                instance.report_runless_asset_event(dg.AssetMaterialization(name))
            for day in days:
                report(instance, day, passed=day != failed)
            total = 0
            for _ in range(ticks):
                result = tick(defs, instance, cursor, AFTER_APRIL)
                cursor = result.cursor
                total += result.get_num_requested(dg.AssetKey("rated_usage"))
            return total

    return requested


def tick(defs, instance, cursor, time):
    return dg.evaluate_automation_conditions(
        defs=defs,
        instance=instance,
        asset_selection=dg.AssetSelection.groups("monthly"),
        cursor=cursor,
        evaluation_time=time,
    )


def report(instance, day, *, passed):
    """A day with the verdicts of its checks about this very materialisation, as an asset's body reports them."""
    instance.report_runless_asset_event(dg.AssetMaterialization(DAILY, partition=day))
    (record,) = instance.fetch_materializations(
        dg.AssetRecordsFilter(asset_key=DAILY, asset_partitions=[day]), limit=1
    ).records
    target = Target(storage_id=record.storage_id, run_id=record.run_id, timestamp=record.timestamp)
    for name in BLOCKING:
        instance.report_runless_asset_event(
            dg.AssetCheckEvaluation(
                asset_key=DAILY,
                check_name=name,
                passed=passed,
                partition=day,
                blocking=True,
                target_materialization_data=target,
            )
        )


def test_a_complete_month_starts_once(month):
    assert month(DAYS, ticks=3) == 1


def test_a_month_waits_for_its_last_day(month):
    assert month(DAYS[:-1]) == 0


@pytest.mark.parametrize("failed", [DAYS[0], DAYS[-1]])
def test_a_month_waits_while_a_blocking_check_of_a_day_failed(month, failed):
    assert month(DAYS, failed=failed) == 0
