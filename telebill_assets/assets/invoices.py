"""invoices: numbered, final, in PostgreSQL."""

import dagster as dg

from telebill_assets.assets.stage import Stage, stage_asset
from telebill_assets.automation import MONTH_READY
from telebill_assets.compute.jobs import invoices as job
from telebill_assets.partitions import Partitions


def invoices(partitions: Partitions, uri: str) -> dg.AssetsDefinition:
    """Final invoices of a billing month."""
    return stage_asset(
        Stage(
            name="invoices",
            description="One invoice per account: gapless numbers per seller and month, frozen in PostgreSQL in one "
            "transaction. The same month run again gives the same invoices or refuses.",
            tables=job.TABLES,
            gates=job.GATES,
            controls=job.CONTROLS,
            deps=["rated_usage", "taxed_charges", "accounts", "sellers"],
            partitions=partitions.monthly,
            group="monthly",
            uri=uri,
            kinds={"pyspark", "postgres"},
            automation=MONTH_READY,
        )
    )
