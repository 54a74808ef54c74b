"""How one file would be read: its layout, the fate of every row, and the counts. Nothing is written."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pyarrow as pa
from pyspark.sql import DataFrame, Row, SparkSession, Window
from pyspark.sql import functions as F

from telebill_assets.audit.masking import mask
from telebill_assets.mediation.duplicates import in_play, known_calls, losers, repeated_keys
from telebill_assets.mediation.enrich import with_keys
from telebill_assets.mediation.landing import Source, read_file
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


def check_files(
    spark: SparkSession, files: Sequence[CdrContent], source: Source, *, day: date, max_call_s: int
) -> list[FileCheck]:
    """Read files as if each alone landed on `day`, and judge their rows by what they say themselves.

    The rules that need reference data (accounts, numbers) or other days are not asked.
    """
    read = {str(i): _read(str(i), file, source, day) for i, file in enumerate(files)}
    batches = [records for _, records in read.values() if records is not None]
    counts: dict[str, dict[tuple[str, str | None], Row]] = defaultdict(dict)
    first: dict[str, list[Row]] = defaultdict(list)
    if batches:
        settled = _settled(spark, batches, max_call_s).persist()
        try:
            for row in _counted(settled).collect():
                counts[row["source"]][row["outcome"], row["reason"]] = row
            for row in _first_rows(settled).collect():
                first[row["source"]].append(row)
        finally:
            settled.unpersist()
    return [
        _unusable(row) if records is None else _judged(row, counts[name], first[name])
        for name, (row, records) in read.items()
    ]


def _read(name: str, file: CdrContent, source: Source, day: date) -> tuple[dict[str, object], pa.RecordBatch | None]:
    """Every file is a source of its own, so that no call of one is a leg or a copy of a call of another."""
    return read_file(file.content, f"{name}/{day.isoformat()}/{file.name}", {name: source}, day)


def _unusable(row: Mapping[str, object]) -> FileCheck:
    reason, rows, layout = str(row["reason"]), int(str(row["records"])), row.get("layout")
    aside = reason in SET_ASIDE_REASONS
    return FileCheck(
        layout=str(layout) if layout else None,
        status="set_aside" if aside else "suspended",
        reason=reason,
        detail=str(row["detail"]),
        rows=rows,
        non_billable=rows if aside else 0,
        suspended={} if aside or not rows else {reason: rows},
    )


def _judged(row: Mapping[str, object], counts: Mapping[tuple[str, str | None], Row], first: Sequence[Row]) -> FileCheck:
    def rows_of(outcome: str) -> dict[str, int]:
        return {
            str(reason): found["rows"] for (name, reason), found in sorted(counts.items(), key=str) if name == outcome
        }

    calls = counts.get(("call", None))
    return FileCheck(
        layout=str(row["layout"]),
        status="read",
        reason=None,
        detail=None,
        rows=int(str(row["records"])),
        calls=calls["rows"] if calls else 0,
        billable_seconds=(calls["talk_s"] or 0) if calls else 0,
        non_billable=sum(rows_of("non_billable").values()),
        duplicates=sum(rows_of("duplicate").values()),
        suspended=rows_of("suspended"),
        first=tuple({name: _shown(shown[name]) for name in (*SHOWN, *VERDICT)} for shown in first),
    )


def _shown(value: object) -> object:
    return mask(value) if isinstance(value, str) else value


def _settled(spark: SparkSession, batches: Sequence[pa.RecordBatch], max_call_s: int) -> DataFrame:
    frame = spark.createDataFrame(pa.Table.from_batches(batches).drop(["raw"]))
    judged = judge(with_keys(frame), record_rules(max_call_s)).persist()
    rows = in_play(judged)
    known = known_calls(rows, judged, [])
    lost = losers(rows, known, repeated_keys(rows, known)).select("path", "line", "verdict", "verdict_reason")
    return (
        judged.join(lost, ["path", "line"], "left")
        .withColumn("outcome", F.coalesce("verdict", "outcome", F.lit("call")))
        .withColumn("reason", F.coalesce("verdict_reason", "reason"))
    )


def _counted(settled: DataFrame) -> DataFrame:
    counted = settled.groupBy("source", "outcome", "reason")
    return counted.agg(F.count("*").alias("rows"), F.sum("talk_s").alias("talk_s"))


def _first_rows(settled: DataFrame) -> DataFrame:
    place = F.row_number().over(Window.partitionBy("source").orderBy("line"))
    return (
        settled.select("source", *SHOWN, *VERDICT, place.alias("place")).where(f"place <= {FIRST_ROWS}").orderBy("line")
    )
