"""The reference tables as assets, so that lineage answers which rate deck priced an invoice."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from telebill_assets.assets.events import table_metadata
from telebill_assets.assets.stage import OWNER
from telebill_assets.compute.runner import Runner
from telebill_assets.lake.lake import Lake
from telebill_assets.mediation.layouts import LAYOUTS
from telebill_assets.reference.load import examine, usable
from telebill_assets.reference.publish import publish
from telebill_assets.tables.registry import REFERENCE_TABLES
from telebill_assets.tables.table import description, table_name


def reference_tables(uri: str) -> dg.AssetsDefinition:
    """All reference tables in one step: they are checked as a whole, and published as a whole."""
    specs = [
        dg.AssetSpec(
            table_name(model),
            description=description(model),
            group_name="reference",
            kinds={"csv", "iceberg"},
            owners=[OWNER],
            metadata=table_metadata(model, f"{uri}/{table_name(model)}"),
        )
        for model in REFERENCE_TABLES
    ]

    @dg.multi_asset(name="reference", specs=specs)
    def reference(
        context: dg.AssetExecutionContext, runner: dg.ResourceParam[Runner]
    ) -> Iterator[dg.MaterializeResult[Any]]:
        settings = runner.settings
        examined = examine(settings.reference_dir, LAYOUTS)
        data = usable(examined, settings.reference_dir)
        for warning in examined.warnings:
            context.log.warning(str(warning))
        snapshots = publish(data, Lake.open(settings), context.run_id, settings.code_version)
        for name, table in data.tables.items():
            yield dg.MaterializeResult(
                asset_key=name,
                metadata={
                    "dagster/row_count": table.height,
                    "snapshot": str(snapshots[name]),
                    "reference version": data.version,
                },
            )

    return reference
