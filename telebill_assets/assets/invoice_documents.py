"""invoice_documents: the PDFs of the final invoices."""

import dagster as dg

from telebill_assets.assets.stage import Stage, stage_asset
from telebill_assets.automation import MONTH_READY
from telebill_assets.partitions import Partitions
from telebill_assets.stages.invoice_documents import checks, job


def invoice_documents(partitions: Partitions, uri: str) -> dg.AssetsDefinition:
    """Rendered invoices of a billing month."""
    return stage_asset(
        Stage(
            name="invoice_documents",
            description="A PDF/A-3 of every final invoice, rendered from its frozen rows; byte-identical on re-run.",
            tables=job.WRITES,
            gates=checks.GATES,
            deps=["invoices", dg.AssetDep("validated_usage", partition_mapping=dg.TimeWindowPartitionMapping())],
            partitions=partitions.monthly,
            group="monthly",
            uri=uri,
            kinds={"pyspark", "typst"},
            automation=MONTH_READY,
        )
    )
