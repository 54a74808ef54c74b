"""The inputs of a proposal: which snapshot of every partition it was computed from."""

from collections.abc import Iterable, Mapping

from telebill_assets.compute.days import days_of_month
from telebill_assets.compute.tariff import TARIFF_TABLES
from telebill_assets.lake.lake import Lake
from telebill_assets.lake.partition import as_text
from telebill_assets.rerating.scope import Scope
from telebill_assets.tables.daily_aggregates import DailyAggregates
from telebill_assets.tables.priced_calls import PricedCalls
from telebill_assets.tables.registry import TABLES
from telebill_assets.tables.suspended_usage import SuspendedUsage
from telebill_assets.tables.table import TableModel, table_name
from telebill_assets.tables.usage_adjustments import UsageAdjustments
from telebill_assets.tables.validated_usage import ValidatedUsage

Snapshots = Mapping[str, Mapping[str, int]]
"""Newest snapshot by table and partition, as texts."""


def snapshots_of(lake: Lake, scope: Scope) -> Snapshots:
    """The newest snapshot of everything that a re-rating of this scope reads."""
    days = {f"{day}" for day in scope.days}
    of_months = {f"{day}" for month in scope.months for day in days_of_month(month)}
    wanted: list[tuple[TableModel, str, set[str]]] = [
        (ValidatedUsage, "landing_day", days),
        (SuspendedUsage, "landing_day", days),
        (DailyAggregates, "landing_day", of_months),
        (PricedCalls, "landing_day", days),
        (UsageAdjustments, "closed_month", {f"{month}" for month in scope.months}),
    ]
    found = {table_name(model): _newest(lake, model, column, values) for model, column, values in wanted}
    return found | {table_name(model): _newest(lake, model, None, set()) for model in TARIFF_TABLES}


def changed_since(lake: Lake, scope: Scope, then: Snapshots, own_run: str) -> list[str]:
    """Partitions that changed since, as `table partition`; what the run `own_run` itself published does not count."""
    now = snapshots_of(lake, scope)
    return [
        f"{table} {partition}".strip()
        for table in now
        for partition in sorted(now[table].keys() | then.get(table, {}).keys())
        if now[table].get(partition) != then.get(table, {}).get(partition)
        and not _made_by(lake, TABLES[table], now[table].get(partition), own_run)
    ]


def _newest(lake: Lake, model: TableModel, column: str | None, values: Iterable[str]) -> dict[str, int]:
    return {
        as_text(change.partition): change.id
        for change in lake.snapshots(model)
        if column is None or str(change.partition.get(column)) in values
    }


def _made_by(lake: Lake, model: TableModel, snapshot: int | None, run_id: str) -> bool:
    return any(change.id == snapshot and change.run_id == run_id for change in lake.snapshots(model))
