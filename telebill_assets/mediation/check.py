"""How one file would be read: its layout, the fate of every row, and the counts. Nothing is written."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from telebill_assets.audit.masking import mask
from telebill_assets.mediation.duplicates import in_play, known_calls, losers
from telebill_assets.mediation.enrich import with_keys
from telebill_assets.mediation.landing import Source, read_file
from telebill_assets.mediation.validate import judge, record_rules
from telebill_assets.schemas.reasons import SET_ASIDE_REASONS

FIRST_ROWS = 5
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


def check_file(
    spark: SparkSession, content: bytes, name: str, source: Source, *, day: date, max_call_s: int
) -> FileCheck:
    """Read a file as if it landed on `day`, and judge its rows by what they say themselves.

    The rules that need reference data (accounts, numbers) or other days are not asked.
    """
    row, records = read_file(content, f"check/{day.isoformat()}/{name}", {"check": source}, day)
    layout, rows = row.get("layout"), int(str(row["records"]))
    if records is None:
        reason = str(row["reason"])
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
    settled = _settled(spark, records, max_call_s).persist()
    try:
        counts = {(row["outcome"], row["reason"]): (row["rows"], row["talk_s"]) for row in _counted(settled).collect()}
        shown = (
            settled.select(*SHOWN, "outcome", "reason", "field", "detail").orderBy("line").limit(FIRST_ROWS).collect()
        )
    finally:
        settled.unpersist()
    calls = counts.get(("call", None), (0, 0))
    return FileCheck(
        layout=str(layout),
        status="read",
        reason=None,
        detail=None,
        rows=rows,
        calls=calls[0],
        billable_seconds=calls[1] or 0,
        non_billable=sum(n for (outcome, _), (n, _) in counts.items() if outcome == "non_billable"),
        duplicates=sum(n for (outcome, _), (n, _) in counts.items() if outcome == "duplicate"),
        suspended={
            str(reason): n for (outcome, reason), (n, _) in sorted(counts.items(), key=str) if outcome == "suspended"
        },
        first=tuple({name: mask(v) if isinstance(v, str) else v for name, v in row.asDict().items()} for row in shown),
    )


def _settled(spark: SparkSession, records: pa.RecordBatch, max_call_s: int) -> DataFrame:
    frame = spark.createDataFrame(pa.Table.from_batches([records]).drop(["raw"]))
    judged = judge(with_keys(frame), record_rules(max_call_s)).persist()
    rows = in_play(judged)
    lost = losers(rows, known_calls(rows, judged, [])).select("path", "line", "verdict", "verdict_reason")
    return (
        judged.join(lost, ["path", "line"], "left")
        .withColumn("outcome", F.coalesce("verdict", "outcome", F.lit("call")))
        .withColumn("reason", F.coalesce("verdict_reason", "reason"))
    )


def _counted(settled: DataFrame) -> DataFrame:
    return settled.groupBy("outcome", "reason").agg(F.count("*").alias("rows"), F.sum("talk_s").alias("talk_s"))
