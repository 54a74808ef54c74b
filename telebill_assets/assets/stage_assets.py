"""The stages as Dagster assets: what each is made of, when it runs, and how it is described."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import dagster as dg

from telebill_assets.assets.month_guard import require_every_day
from telebill_assets.automation import MONTH_READY

Guard = Callable[[dg.AssetExecutionContext], None]
OF_DAYS = dg.TimeWindowPartitionMapping()
"""A month is made of all its days."""


@dataclass(frozen=True)
class StageAsset:
    """What Dagster needs to know of a stage beside the stage itself."""

    name: str
    description: str
    deps: Sequence[dg.AssetDep | str]
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
        deps=["sources"],
        group="daily",
    ),
    StageAsset(
        "validated_usage",
        "Clean, unique, billable calls in UTC and E.164 with account, service and jurisdiction. What cannot be billed "
        "goes to suspended_usage with its reason; duplicates and rows that are not calls go to excluded_usage.",
        deps=["raw_cdr", "sources", "services", "accounts"],
        group="daily",
    ),
    StageAsset(
        "daily_aggregates",
        "Every validated call priced by the account's plan, then summed per account, service, call date and rate. "
        "Calls without plan or rate are suspended, never priced at zero.",
        deps=[
            *("validated_usage", "accounts", "plans", "plan_decks", "plan_bands"),
            *("subscriptions", "destinations", "rates"),
        ],
        group="daily",
    ),
)
MONTHLY = (
    StageAsset(
        "rated_usage",
        "Charge lines of the month: usage, allowance credits, tiers, recurring fees prorated by the day, one-off "
        "charges, discounts, minimum commitments and pass-through items.",
        deps=[
            dg.AssetDep("daily_aggregates", partition_mapping=OF_DAYS),
            *("plan_allowances", "plan_tiers", "plan_fees", "plan_discounts", "plan_minimums"),
            *("subscriptions", "charges", "products"),
        ],
        group="monthly",
        automation=MONTH_READY,
        guard=require_every_day,
    ),
    StageAsset(
        "taxed_charges",
        "The charge lines with the tax lines that SureTax answered, stored as returned. Whole invoices travel in "
        "batches; every exchange is logged, so no batch is taxed twice.",
        deps=["rated_usage", "accounts", "products"],
        group="monthly",
        automation=MONTH_READY,
    ),
    StageAsset(
        "invoices",
        "One invoice per account: gapless numbers per seller and month, frozen in PostgreSQL in one transaction. The "
        "same month run again gives the same invoices or refuses.",
        deps=["rated_usage", "taxed_charges", "accounts", "sellers"],
        group="monthly",
        automation=MONTH_READY,
        kinds=("pyspark", "postgres"),
    ),
    StageAsset(
        "invoice_documents",
        "A PDF/A-3 of every final invoice, rendered from its frozen rows; byte-identical on re-run.",
        deps=["invoices", "rated_usage", dg.AssetDep("daily_aggregates", partition_mapping=OF_DAYS)],
        group="monthly",
        automation=MONTH_READY,
        kinds=("pyspark", "typst"),
    ),
    StageAsset(
        "close_report",
        "One HTML page with the month's waterfall, reconciliation, controls, trends, suspense and changes, and the "
        "same numbers as JSON.",
        deps=["invoices", "invoice_documents"],
        group="monthly",
        automation=MONTH_READY,
        kinds=("html",),
    ),
)
