"""rated_usage: a month's charge lines. It starts the month, so it makes sure that every day is done."""

import dagster as dg

from telebill_assets.assets.stage import Stage, declared_checks, stage_asset
from telebill_assets.automation import MONTH_READY
from telebill_assets.compute.jobs import daily_aggregates as days_job
from telebill_assets.compute.jobs import rated_usage as job
from telebill_assets.partitions import Partitions

DAYS = "daily_aggregates"


def rated_usage(partitions: Partitions, uri: str) -> dg.AssetsDefinition:
    """Charge lines of a billing month."""
    return stage_asset(
        Stage(
            name="rated_usage",
            description="Charge lines of the month: usage, allowance credits, tiers, recurring fees prorated by the "
            "day, one-off charges, discounts, minimum commitments and pass-through items.",
            tables=job.TABLES,
            gates=job.GATES,
            controls=job.CONTROLS,
            deps=[
                dg.AssetDep(DAYS, partition_mapping=dg.TimeWindowPartitionMapping()),
                "plan_allowances",
                "plan_tiers",
                "plan_fees",
                "plan_discounts",
                "plan_minimums",
                "subscriptions",
                "charges",
                "products",
            ],
            partitions=partitions.monthly,
            group="monthly",
            uri=uri,
            automation=MONTH_READY,
            guard=require_every_day,
        )
    )


def require_every_day(context: dg.AssetExecutionContext) -> None:
    """Refuse a month of which a day is missing or failed a blocking check, however the run was started.

    Raises:
        dg.Failure: naming the days.
    """
    days = context.asset_partition_keys_for_input(DAYS)
    unready = unready_days(context.instance, days)
    if unready:
        listed = ", ".join(f"{day} ({why})" for day, why in unready.items())
        raise dg.Failure(f"The month {context.partition_key} cannot be billed yet: {listed}", allow_retries=False)


def unready_days(instance: dg.DagsterInstance, days: list[str]) -> dict[str, str]:
    """Days whose aggregates are missing, or whose newest evaluation of a blocking check did not pass."""
    key = dg.AssetKey(DAYS)
    present = instance.get_materialized_partitions(key)
    unready = {day: "missing" for day in days if day not in present}
    blocking = [
        dg.AssetCheckKey(key, name)
        for name, _, stops in declared_checks(days_job.TABLES, days_job.GATES, days_job.CONTROLS)
        if stops
    ]
    infos = instance.event_log_storage.get_asset_check_partition_info(blocking, partition_keys=days)
    failed = [info for info in infos if info.latest_execution_status.value == "FAILED"]
    return unready | {str(info.partition_key): f"check {info.check_key.name} failed" for info in failed}
