"""A stage of the road becomes a Dagster asset with its checks and its body."""

import warnings
from collections.abc import Iterator
from typing import Any

import dagster as dg

from telebill_assets.assets.events import held_events, published_events, table_metadata
from telebill_assets.assets.stage_assets import StageAsset, asset_deps
from telebill_assets.compute.request import JobRequest
from telebill_assets.compute.runner import Runner
from telebill_assets.partitions import day_of
from telebill_assets.stages.road import Stage

OWNER = "team:billing"


def stage_asset(
    stage: Stage, shown: StageAsset, partitions: dg.PartitionsDefinition[Any], uri: str
) -> dg.AssetsDefinition:
    """Build the Dagster asset of a stage. Its body asks the runner and turns the report into events.

    Args:
        stage: the stage.
        shown: what Dagster shows of it, and when it runs.
        partitions: landing days or billing months.
        uri: where the asset is kept.
    """
    checks = check_specs(stage, partitions)

    @dg.asset(
        name=stage.name,
        description=shown.description,
        deps=asset_deps(stage.name),
        partitions_def=partitions,
        group_name=shown.group,
        kinds=set(shown.kinds),
        owners=[OWNER],
        metadata=table_metadata(stage.tables[0], uri) if stage.tables else {"dagster/uri": uri},
        check_specs=checks,
        automation_condition=shown.automation,
        pool="spark",
    )
    def body(
        context: dg.AssetExecutionContext, runner: dg.ResourceParam[Runner]
    ) -> Iterator[dg.MaterializeResult[Any] | dg.AssetCheckResult]:
        if shown.guard:
            shown.guard(context)
        request = JobRequest(
            job=stage.name,
            partition=day_of(context.partition_key),
            run_id=context.run_id,
            code_version=runner.settings.code_version,
        )
        report = runner.run(request)
        declared = {spec.name for spec in checks}
        if not report.published:
            yield from held_events(report, declared)
            failed = [check.name for check in report.checks if check.blocking and not check.passed]
            raise dg.Failure(
                f"The audit held {stage.name} {context.partition_key} back: {', '.join(failed)}. "
                "Readers still see what was published before.",
                allow_retries=False,
            )
        yield published_events(report, declared)

    return body


def check_specs(stage: Stage, partitions: dg.PartitionsDefinition[Any]) -> list[dg.AssetCheckSpec]:
    """The asset checks of a stage, one verdict for every partition."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.PreviewWarning)  # partitioned checks are new; the locked version has them
        return [
            dg.AssetCheckSpec(
                name, asset=stage.name, description=description, blocking=blocking, partitions_def=partitions
            )
            for name, description, blocking in stage.checks
        ]
