"""How one file would be read: its layout, the fate of every row, and the counts. Nothing is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import polars as pl

from telebill_assets.audit.masking import mask
from telebill_assets.mediation.duplicates import ARRIVAL, KNOWN, surplus_rows
from telebill_assets.mediation.landing import Arrived, read_batch
from telebill_assets.mediation.record_keys import content_hash, with_record_keys
from telebill_assets.mediation.source import Source
from telebill_assets.mediation.validate import judge, record_rules
from telebill_assets.tables.reasons import SET_ASIDE_REASONS

FIRST_ROWS = 5
VERDICT = ("outcome", "reason", "field", "detail")
SHOWN = (
    "line",
    "service_key",
    "caller",
    "callee",
    "start_at",
    "answer_at",
    "end_at",
    "talk_s",
    "direction",
    "disposition",
)


@dataclass(frozen=True)
class FileCheck:
    """What would become of a file. Always rows = calls + non_billable + duplicates + all suspended."""

    layout: str | None
    status: str
    """read, set_aside or suspended."""
    reason: str | None
    detail: str | None
    rows: int
    calls: int = 0
    """Rows that stand for a call of their own, answered or not."""
    billable_seconds: int = 0
    """Talk of these calls. Whether a call is billed depends on its direction and account too."""
    non_billable: int = 0
    """Rows that only accompany a call, or are not about a call."""
    duplicates: int = 0
    suspended: Mapping[str, int] = field(default_factory=dict)
    first: tuple[Mapping[str, Any], ...] = ()
    """The first rows as they are read, with their outcome; numbers are masked."""


@dataclass(frozen=True)
class CdrContent:
    """A file's name and bytes."""

    name: str
    content: bytes


def check_files(files: Sequence[CdrContent], source: Source, *, day: date, max_call_s: int) -> list[FileCheck]:
    """Read files as if each alone landed on `day`, and judge their rows by what they say themselves.

    The rules that need reference data (accounts, numbers) or other days are not asked.
    """
    # Every file is a source of its own, so that no call of one is a leg or a copy of a call of another.
    arrived = [Arrived(f"{i}/{day.isoformat()}/{file.name}", file.content) for i, file in enumerate(files)]
    landed = read_batch(arrived, {str(i): source for i in range(len(files))}, day)
    settled = _settled(landed.records, max_call_s).partition_by("source", as_dict=True)
    return [
        _unusable(row) if row["reason"] else _judged(row, settled[row["source"],])
        for row in landed.report.iter_rows(named=True)
    ]


def _unusable(row: Mapping[str, Any]) -> FileCheck:
    reason, rows = row["reason"], row["records"]
    aside = reason in SET_ASIDE_REASONS
    return FileCheck(
        layout=row["layout"],
        status="set_aside" if aside else "suspended",
        reason=reason,
        detail=row["detail"],
        rows=rows,
        non_billable=rows if aside else 0,
        suspended={} if aside or not rows else {reason: rows},
    )


def _judged(row: Mapping[str, Any], settled: pl.DataFrame) -> FileCheck:
    calls = settled.filter(pl.col("outcome") == "call")
    rows_of = dict(settled["outcome"].value_counts().iter_rows())
    suspended = settled.filter(pl.col("outcome") == "suspended")["reason"].value_counts().sort("reason")
    return FileCheck(
        layout=row["layout"],
        status="read",
        reason=None,
        detail=None,
        rows=row["records"],
        calls=calls.height,
        billable_seconds=int(calls["talk_s"].sum()),
        non_billable=rows_of.get("non_billable", 0),
        duplicates=rows_of.get("duplicate", 0),
        suspended=dict(suspended.iter_rows()),
        first=tuple(
            {name: _shown(value) for name, value in shown.items()}
            for shown in settled.sort("line").head(FIRST_ROWS).select(*SHOWN, *VERDICT).iter_rows(named=True)
        ),
    )


def _shown(value: object) -> object:
    """Texts without their numbers, and times without their zone, which is always UTC."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    return mask(value) if isinstance(value, str) else value


def _settled(records: pl.DataFrame, max_call_s: int) -> pl.DataFrame:
    """Records with what becomes of them by what they say themselves; outcome is `call` where nothing speaks against."""
    judged = judge(with_record_keys(records).with_columns(content_hash()), record_rules(max_call_s))
    lost = surplus_rows(judged, pl.DataFrame(schema=KNOWN), [])
    return judged.join(lost, on=ARRIVAL, how="left").with_columns(
        outcome=pl.coalesce("verdict", "outcome", pl.lit("call")), reason=pl.coalesce("verdict_reason", "reason")
    )
