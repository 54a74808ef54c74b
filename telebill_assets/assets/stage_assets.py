"""The stages as Dagster assets: what each is made of, when it runs, and how it is described."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import dagster as dg

from telebill_assets.assets.month_guard import require_every_day
from telebill_assets.automation import MONTH_READY
from telebill_assets.stages.dependencies import dependencies
from telebill_assets.stages.road import STAGES

Guard = Callable[[dg.AssetExecutionContext], None]
OF_DAYS = dg.TimeWindowPartitionMapping()
"""A month is made of all its days."""


@dataclass(frozen=True)
class StageAsset:
    """What Dagster needs to know of a stage beside the stage itself."""

    name: str
    description: str
    group: str
    kinds: Sequence[str] = ("pyspark", "iceberg")
    automation: dg.AutomationCondition[Any] | None = None
    guard: Guard | None = None
    """Called before the job; raises if the partition must not be computed."""


DAILY = (
    StageAsset(
        "raw_cdr",
        "Every CSV record of a landing day in unified columns, with its file, line and original text. A file that "
        "cannot be read is suspended whole in the file register and never stops the day.",
        group="daily",
    ),
    StageAsset(
        "validated_usage",
        "Clean, unique, billable calls in UTC and E.164 with account, service and jurisdiction. What cannot be billed "
        "goes to suspended_usage with its reason; duplicates and rows that are not calls go to excluded_usage.",
        group="daily",
    ),
    StageAsset(
        "daily_aggregates",
        "Every validated call priced by the account's plan, then summed per account, service, call date and rate. "
        "Calls without plan or rate are suspended, never priced at zero.",
        group="daily",
    ),
)
MONTHLY = (
    StageAsset(
        "rated_usage",
        "Charge lines of the month: usage, allowance credits, tiers, recurring fees prorated by the day, one-off "
        "charges, discounts, maximum spends, minimum commitments and pass-through items.",
        group="monthly",
        automation=MONTH_READY,
        guard=require_every_day,
    ),
    StageAsset(
        "taxed_charges",
        "The charge lines with the tax lines that SureTax answered, stored as returned. Whole invoices travel in "
        "batches; every exchange is logged, so no batch is taxed twice.",
        group="monthly",
        automation=MONTH_READY,
    ),
    StageAsset(
        "invoices",
        "One invoice per account: gapless numbers per seller and month, frozen in PostgreSQL in one transaction. The "
        "same month run again gives the same invoices or refuses.",
        group="monthly",
        automation=MONTH_READY,
        kinds=("pyspark", "postgres"),
    ),
    StageAsset(
        "invoice_documents",
        "A PDF/A-3 of every final invoice, rendered from its frozen rows; byte-identical on re-run.",
        group="monthly",
        automation=MONTH_READY,
        kinds=("pyspark", "typst"),
    ),
    StageAsset(
        "close_report",
        "One HTML page with the month's waterfall, reconciliation, controls, trends, suspense and changes, and the "
        "same numbers as JSON.",
        group="monthly",
        automation=MONTH_READY,
        kinds=("html",),
    ),
)


def asset_deps(name: str) -> list[dg.AssetDep]:
    """The assets that a stage depends on, as its job declares it. A month depends on all days of a daily asset."""
    daily = {each.name for each in DAILY}
    of_days = OF_DAYS if name not in daily else None
    return [
        dg.AssetDep(found, partition_mapping=of_days if found in daily else None)
        for found in dependencies(STAGES[name])
    ]
