"""validated_usage: the calls that may be billed; all other records with their reason."""

import dagster as dg

from telebill_assets.assets.stage import Stage, stage_asset
from telebill_assets.compute.jobs import validated_usage as job
from telebill_assets.partitions import Partitions


def validated_usage(partitions: Partitions, uri: str) -> dg.AssetsDefinition:
    """Clean, unique calls of a landing day."""
    return stage_asset(
        Stage(
            name="validated_usage",
            description="Clean, unique, billable calls in UTC and E.164 with account, service and jurisdiction. "
            "What cannot be billed goes to suspended_usage with its reason; duplicates and rows that are not "
            "calls go to excluded_usage.",
            tables=job.TABLES,
            gates=job.GATES,
            controls=job.CONTROLS,
            deps=["raw_cdr", "sources", "services", "accounts"],
            partitions=partitions.daily,
            group="daily",
            uri=uri,
        )
    )
