"""close_report: the evidence of a month."""

import dagster as dg

from telebill_assets.assets.stage import Stage, stage_asset
from telebill_assets.automation import MONTH_READY
from telebill_assets.compute.jobs import close_report as job
from telebill_assets.partitions import Partitions


def close_report(partitions: Partitions, uri: str) -> dg.AssetsDefinition:
    """The close report of a billing month."""
    return stage_asset(
        Stage(
            name="close_report",
            description="One HTML page with the month's waterfall, reconciliation, controls, trends, suspense and "
            "changes, and the same numbers as JSON.",
            tables=job.TABLES,
            gates=job.GATES,
            deps=["invoices", "invoice_documents"],
            partitions=partitions.monthly,
            group="monthly",
            uri=uri,
            kinds={"pyspark", "html"},
            automation=MONTH_READY,
        )
    )
