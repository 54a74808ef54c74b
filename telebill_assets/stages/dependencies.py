"""Which assets a stage depends on, derived from what the stages declare (READS, WRITES and AFTER in their jobs).

The rule, table by table of READS:

1. A reference table is an asset of its own.
2. A table that stages write comes from the last stage before the reader that writes it. Only stages before the reader
   count, so there is no cycle: what a stage reads of its own table (earlier days of validated_usage, the month before
   of rated_usage) is history, and no dependency. Of the ledger, which every stage writes a part of, taxed_charges
   depends on rated_usage; the earlier parts come with it, because each of their stages depends on the one before.
3. Tables that operators' commands write (approved re-ratings) have no asset.

What a stage reads outside the lake it names by AFTER.
"""

from collections.abc import Sequence

from telebill_assets.stages.road import STAGES, Stage
from telebill_assets.tables.registry import REFERENCE_TABLES, RERATING_TABLES
from telebill_assets.tables.table import TableModel, table_name


def dependencies(stage: Stage, road: Sequence[Stage] = tuple(STAGES.values())) -> list[str]:
    """The names of the assets that a stage depends on, each once: stages in the order of the road, reference last.

    Args:
        stage: the stage that reads.
        road: all stages in their order.

    Raises:
        ValueError: it reads a table that nothing before it writes, or is after a stage that is not before it.
    """
    before = [each.name for each in road[: road.index(stage)]]
    if late := sorted(set(stage.after) - set(before)):
        raise ValueError(f"{stage.name} cannot be after {', '.join(late)}: no such stage is before it on the road")
    found = {*stage.after, *(source for model in stage.reads if (source := _source(model, stage, road)))}
    return [*(name for name in before if name in found), *sorted(found - set(before))]


def _source(model: TableModel, stage: Stage, road: Sequence[Stage]) -> str | None:
    """The asset that a table comes from; None if that is the stage itself on earlier days, or a command."""
    if model in REFERENCE_TABLES:
        return table_name(model)
    writers = [each.name for each in road[: road.index(stage)] if model in each.tables]
    if not writers and model not in (*stage.tables, *RERATING_TABLES):
        raise ValueError(
            f"{stage.name} reads {table_name(model)}, but no stage before it on the road writes that table"
        )
    return writers[-1] if writers else None
