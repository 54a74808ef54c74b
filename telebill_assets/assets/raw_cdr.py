"""raw_cdr: the first asset of the road."""

import dagster as dg

from telebill_assets.assets.stage import Stage, stage_asset
from telebill_assets.partitions import Partitions
from telebill_assets.stages.raw_cdr import checks, job


def raw_cdr(partitions: Partitions, uri: str) -> dg.AssetsDefinition:
    """Every CSV record of a landing day."""
    return stage_asset(
        Stage(
            name="raw_cdr",
            description="Every CSV record of a landing day in unified columns, with its file, line and original "
            "text. A file that cannot be read is suspended whole in the file register and never stops the day.",
            tables=job.WRITES,
            gates=checks.GATES,
            controls=checks.CONTROLS,
            deps=["sources"],
            partitions=partitions.daily,
            group="daily",
            uri=uri,
        )
    )
