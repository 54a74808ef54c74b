"""Reading suspense from the lake: suspended records, and whole files that are suspended or held."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import polars as pl

from telebill_assets.audit.ageing import AGES, age_bucket
from telebill_assets.lake.lake import Lake
from telebill_assets.suspense.selection import Selection
from telebill_assets.tables.file_register import FileRegister
from telebill_assets.tables.suspended_usage import SuspendedUsage
from telebill_assets.tables.table import TableModel

Kind = Literal["record", "file"]
TABLES: Mapping[Kind, TableModel] = {"record": SuspendedUsage, "file": FileRegister}
FILE_STATUSES = ("suspended", "held")


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


def rows(lake: Lake, chosen: Selection, kind: Kind, columns: Sequence[str]) -> Iterator[pl.LazyFrame]:
    """Columns of the chosen suspended records or files, landing day by landing day, not yet read."""
    for day in _days(lake, chosen, kind):
        yield lake.scan(TABLES[kind], landing_day=day).filter(_wanted(chosen, kind)).select(columns)


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
    landed = lake.scan(TABLES[kind], landing_day=_days(lake, chosen, kind)).filter(_wanted(chosen, kind))
    talk_s = pl.col("talk_s").sum() if kind == "record" else pl.lit(0)
    summed = landed.group_by("reason", "source", "landing_day").agg(count=pl.len(), talk_s=talk_s)
    for row in summed.collect().iter_rows(named=True):
        yield Open(kind, **row)


def _days(lake: Lake, chosen: Selection, kind: Kind) -> list[date]:
    published = {partition["landing_day"] for partition in lake.published_partitions(TABLES[kind])}
    return sorted(day for day in published if isinstance(day, date) and chosen.covers(day))


def _wanted(chosen: Selection, kind: Kind) -> pl.Expr:
    lists = {
        "status": FILE_STATUSES if kind == "file" else (),
        "reason": chosen.reasons,
        "source": chosen.sources,
    }
    return pl.all_horizontal(pl.lit(value=True), *(pl.col(name).is_in(list(of)) for name, of in lists.items() if of))
