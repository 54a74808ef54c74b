"""Reading suspense from the lake: suspended records, and whole files that are suspended or held."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import dataset

from telebill_assets.audit.ageing import AGES, age_bucket
from telebill_assets.lake.lake import Lake
from telebill_assets.suspense.selection import Selection
from telebill_assets.tables.file_register import FileRegister
from telebill_assets.tables.suspended_usage import SuspendedUsage
from telebill_assets.tables.table import TableModel

Kind = Literal["record", "file"]
TABLES: Mapping[Kind, TableModel] = {"record": SuspendedUsage, "file": FileRegister}
FILE_STATUSES = ("suspended", "held")
KEY = ("kind", "reason", "source", "landing_day")


@dataclass(frozen=True)
class Open:
    """Open suspense of one kind, reason, source and landing day."""

    kind: Kind
    reason: str
    source: str
    landing_day: date
    count: int
    talk_s: int
    """Talk seconds as read; files have none that can be trusted."""


def open_suspense(lake: Lake, chosen: Selection) -> list[Open]:
    """Counts of the chosen suspense. Memory is in proportion to the groups, not to the records."""
    return [*_groups(lake, chosen, "record"), *_groups(lake, chosen, "file")]


def rows(lake: Lake, chosen: Selection, kind: Kind, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """Columns of the chosen suspended records or files, landing day by landing day."""
    for day in _days(lake, chosen, kind):
        found = lake.dataset(TABLES[kind], landing_day=day)
        yield from found.scanner(columns=list(columns), filter=_filter(chosen, kind)).to_batches()


def grouped(found: Sequence[Open], by: Sequence[str], today: date) -> list[dict[str, Any]]:
    """Sum counts by some of kind, reason, source and landing_day, with ages; most records first."""
    groups: dict[tuple[Any, ...], list[Open]] = {}
    for one in found:
        groups.setdefault(tuple(getattr(one, column) for column in by), []).append(one)
    sums = [dict(zip(by, key, strict=True)) | totals(members, today) for key, members in groups.items()]
    return sorted(sums, key=lambda row: (-row["count"], *(str(row[column]) for column in by)))


def totals(found: Sequence[Open], today: date) -> dict[str, Any]:
    """Count, talk seconds, oldest landing day, and the count in each bucket of age."""
    ages = dict.fromkeys(AGES, 0)
    for one in found:
        ages[age_bucket(one.landing_day, today)] += one.count
    return {
        "count": sum(one.count for one in found),
        "talk_s": sum(one.talk_s for one in found),
        "oldest": min((one.landing_day for one in found), default=None),
        "ages": ages,
    }


def _groups(lake: Lake, chosen: Selection, kind: Kind) -> Iterator[Open]:
    columns = ["reason", "source", "landing_day", *(["talk_s"] if kind == "record" else [])]
    for batch in _summed(rows(lake, chosen, kind, columns)):
        yield Open(kind, batch["reason"], batch["source"], batch["landing_day"], batch["count"], batch["talk_s"] or 0)


def _summed(batches: Iterator[pa.RecordBatch]) -> list[dict[str, Any]]:
    keys = ["reason", "source", "landing_day"]
    parts = []
    for batch in batches:
        if not batch.num_rows:
            continue
        table = pa.Table.from_batches([batch])
        if "talk_s" not in table.column_names:
            table = table.append_column("talk_s", pa.nulls(table.num_rows, pa.int64()))
        part = table.group_by(keys).aggregate([([], "count_all"), ("talk_s", "sum")])
        parts.append(part.rename_columns({"count_all": "count", "talk_s_sum": "talk_s"}))
    if not parts:
        return []
    whole = pa.concat_tables(parts).group_by(keys).aggregate([("count", "sum"), ("talk_s", "sum")])
    return whole.rename_columns({"count_sum": "count", "talk_s_sum": "talk_s"}).to_pylist()


def _days(lake: Lake, chosen: Selection, kind: Kind) -> list[date]:
    published = {partition["landing_day"] for partition in lake.published_partitions(TABLES[kind])}
    return sorted(day for day in published if isinstance(day, date) and chosen.covers(day))


def _filter(chosen: Selection, kind: Kind) -> dataset.Expression:
    wanted = pc.field("status").isin(FILE_STATUSES) if kind == "file" else pc.scalar(True)  # noqa: FBT003
    if chosen.reasons:
        wanted &= pc.field("reason").isin(list(chosen.reasons))
    if chosen.sources:
        wanted &= pc.field("source").isin(list(chosen.sources))
    return wanted
