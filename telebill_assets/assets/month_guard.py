"""No month is billed before every day of it is done, however its run was started."""

import dagster as dg

from telebill_assets.stages.road import STAGES

DAYS = "daily_aggregates"


def require_every_day(context: dg.AssetExecutionContext) -> None:
    """Refuse a month of which a day is missing or failed a blocking check.

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
    blocking = [dg.AssetCheckKey(key, name) for name, _, stops in STAGES[DAYS].checks if stops]
    infos = instance.event_log_storage.get_asset_check_partition_info(blocking, partition_keys=days)
    failed = [info for info in infos if info.latest_execution_status.value == "FAILED"]
    return unready | {str(info.partition_key): f"check {info.check_key.name} failed" for info in failed}
