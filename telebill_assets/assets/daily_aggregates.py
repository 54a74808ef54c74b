"""daily_aggregates: every call priced, then summed."""

import dagster as dg

from telebill_assets.assets.stage import Stage, stage_asset
from telebill_assets.compute.jobs import daily_aggregates as job
from telebill_assets.partitions import Partitions

TARIFF = ["accounts", "plans", "plan_decks", "plan_bands", "subscriptions", "destinations", "rates"]


def daily_aggregates(partitions: Partitions, uri: str) -> dg.AssetsDefinition:
    """Calls of a landing day, priced and summed."""
    return stage_asset(
        Stage(
            name="daily_aggregates",
            description="Every validated call priced by the account's plan, then summed per account, service, call "
            "date and rate. Calls without plan or rate are suspended, never priced at zero.",
            tables=job.TABLES,
            gates=job.GATES,
            controls=job.CONTROLS,
            deps=["validated_usage", *TARIFF],
            partitions=partitions.daily,
            group="daily",
            uri=uri,
        )
    )
