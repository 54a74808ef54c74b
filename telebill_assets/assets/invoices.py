"""invoices: numbered, final, in PostgreSQL."""

import dagster as dg

from telebill_assets.assets.stage import Stage, stage_asset
from telebill_assets.automation import MONTH_READY
from telebill_assets.partitions import Partitions
from telebill_assets.stages.invoices import checks, job


def invoices(partitions: Partitions, uri: str) -> dg.AssetsDefinition:
    """Final invoices of a billing month."""
    return stage_asset(
        Stage(
            name="invoices",
            description="One invoice per account: gapless numbers per seller and month, frozen in PostgreSQL in one "
            "transaction. The same month run again gives the same invoices or refuses.",
            tables=job.WRITES,
            gates=checks.GATES,
            controls=checks.CONTROLS,
            deps=["rated_usage", "taxed_charges", "accounts", "sellers"],
            partitions=partitions.monthly,
            group="monthly",
            uri=uri,
            kinds={"pyspark", "postgres"},
            automation=MONTH_READY,
        )
    )
