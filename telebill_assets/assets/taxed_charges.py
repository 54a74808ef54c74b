"""taxed_charges: the month's charge lines with their taxes."""

import dagster as dg

from telebill_assets.assets.stage import Stage, stage_asset
from telebill_assets.automation import MONTH_READY
from telebill_assets.partitions import Partitions
from telebill_assets.stages.taxed_charges import checks, job


def taxed_charges(partitions: Partitions, uri: str) -> dg.AssetsDefinition:
    """Charge lines with tax lines from SureTax."""
    return stage_asset(
        Stage(
            name="taxed_charges",
            description="The charge lines with the tax lines that SureTax answered, stored as returned. Whole "
            "invoices travel in batches; every exchange is logged, so no batch is taxed twice.",
            tables=job.WRITES,
            gates=checks.GATES,
            controls=checks.CONTROLS,
            deps=["rated_usage", "accounts", "products"],
            partitions=partitions.monthly,
            group="monthly",
            uri=uri,
            automation=MONTH_READY,
        )
    )
