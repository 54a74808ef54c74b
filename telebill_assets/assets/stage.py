"""What all stage assets share: a declaration becomes a Dagster asset with its checks and its body."""

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import dagster as dg

from telebill_assets.assets.events import held_events, published_events, table_metadata
from telebill_assets.audit.controls.control import Control
from telebill_assets.audit.table_checks import check_names
from telebill_assets.compute.request import JobRequest
from telebill_assets.compute.runner import Runner
from telebill_assets.partitions import day_of
from telebill_assets.tables.table import TableModel

OWNER = "team:billing"
Guard = Callable[[dg.AssetExecutionContext], None]


@dataclass(frozen=True)
class Stage:
    """A stage of the road: what it is called, which tables it writes, which gates guard it."""

    name: str
    description: str
    tables: Sequence[TableModel]
    """The first one is the asset's own table."""
    gates: Mapping[str, str]
    deps: Sequence[dg.AssetDep | str]
    partitions: dg.PartitionsDefinition
    group: str
    uri: str
    controls: Sequence[Control] = ()
    kinds: set[str] = field(default_factory=lambda: {"pyspark", "iceberg"})
    automation: dg.AutomationCondition[Any] | None = None
    guard: Guard | None = None
    """Called before the job; raises if the partition must not be computed."""


def stage_asset(stage: Stage) -> dg.AssetsDefinition:
    """Build the Dagster asset of a stage. Its body asks the runner and turns the report into events."""
    checks = check_specs(stage)

    @dg.asset(
        name=stage.name,
        description=stage.description,
        deps=stage.deps,
        partitions_def=stage.partitions,
        group_name=stage.group,
        kinds=stage.kinds,
        owners=[OWNER],
        metadata=table_metadata(stage.tables[0], stage.uri) if stage.tables else {"dagster/uri": stage.uri},
        check_specs=checks,
        automation_condition=stage.automation,
        pool="spark",
    )
    def body(
        context: dg.AssetExecutionContext, runner: dg.ResourceParam[Runner]
    ) -> Iterator[dg.MaterializeResult[Any] | dg.AssetCheckResult]:
        if stage.guard:
            stage.guard(context)
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


def check_specs(stage: Stage) -> list[dg.AssetCheckSpec]:
    """The asset checks of a stage, one verdict for every partition."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.PreviewWarning)  # partitioned checks are new; the locked version has them
        return [
            dg.AssetCheckSpec(
                name, asset=stage.name, description=description, blocking=blocking, partitions_def=stage.partitions
            )
            for name, description, blocking in declared_checks(stage.tables, stage.gates, stage.controls)
        ]


def declared_checks(
    tables: Sequence[TableModel], gates: Mapping[str, str], controls: Sequence[Control] = ()
) -> list[tuple[str, str, bool]]:
    """Name, description and blocking of a stage's checks: the rules of its tables, its gates, its controls."""
    rules = [named for model in tables for named in check_names(model)]
    always = [(name, description, True) for name, description in gates.items()]
    return [*rules, *always, *((control.name, control.meaning, control.blocking) for control in controls)]
