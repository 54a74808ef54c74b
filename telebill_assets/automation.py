"""When things run: the jobs, the daily schedule, and the condition under which a month closes."""

from collections.abc import Sequence
from typing import Any

import dagster as dg

AssetJob = Any
"""What `define_asset_job` makes; Dagster does not export its type."""

# "Every day" must be said as "no day that does not": Dagster's all_deps_* conditions are true of a month as
# soon as one of its days matches. on_missing fires once, so late data never bills a month again.
MONTH_READY = dg.AutomationCondition.on_missing() & ~dg.AutomationCondition.any_deps_match(
    ~dg.AutomationCondition.all_checks_match(dg.AutomationCondition.check_passed(), blocking_only=True)
)

REFERENCE_JOB = "publish_reference"
DAILY_JOB = "daily"
MONTHLY_JOB = "month_close"


def jobs() -> Sequence[AssetJob]:
    """One job a day, one a month, one for the reference tables. Dagster cannot mix days and months in a job."""
    return [
        dg.define_asset_job(REFERENCE_JOB, dg.AssetSelection.groups("reference"), executor_def=dg.in_process_executor),
        dg.define_asset_job(DAILY_JOB, dg.AssetSelection.groups("daily"), executor_def=dg.in_process_executor),
        dg.define_asset_job(MONTHLY_JOB, dg.AssetSelection.groups("monthly"), executor_def=dg.in_process_executor),
    ]


def daily_schedule(daily_job: AssetJob) -> dg.ScheduleDefinition:
    """Every night at 03:30 of the billing zone: the landing day that has just ended."""
    return dg.build_schedule_from_partitioned_job(daily_job, hour_of_day=3, minute_of_hour=30)  # type: ignore[return-value]


def month_close() -> dg.AutomationConditionSensorDefinition:
    """Watches the monthly assets; starts each when everything it needs is there and passed its audit."""
    return dg.AutomationConditionSensorDefinition(
        "month_close", target=dg.AssetSelection.groups("monthly"), default_status=dg.DefaultSensorStatus.RUNNING
    )
