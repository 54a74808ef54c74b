"""The outcome of every record, and the tables the outcomes go to.

A day's files are settled in two rounds: each task settles the rows whose key hash nobody else has (`clear`); the
others (`contested`) are brought together by their hash, and settled when the `surplus_rows` among them are known.
"""

from collections.abc import Sequence
from typing import Any

import polars as pl

from telebill_assets.audit.suspend import suspend_broken
from telebill_assets.mediation.duplicates import ARRIVAL, SURPLUS, rank
from telebill_assets.mediation.enrich import enrich
from telebill_assets.mediation.record_keys import content_hash, key_hash, with_record_keys
from telebill_assets.mediation.service_map import Reference
from telebill_assets.mediation.validate import VERDICT, Limits, judge, validation_rules
from telebill_assets.tables.excluded_usage import ExcludedUsage
from telebill_assets.tables.suspended_usage import SuspendedUsage
from telebill_assets.tables.table import polars_schema
from telebill_assets.tables.types import known_sum
from telebill_assets.tables.validated_usage import ValidatedUsage

STAGE = "validated_usage"
JUDGED = (*polars_schema(ValidatedUsage), "one_call", "key_hash", "content_hash", *VERDICT)
"""What the outcomes need of a judged record; caller and callee are in E.164."""

IN_E164 = {"caller_e164": "caller", "callee_e164": "callee"}
NOT_LOST = [pl.lit(None, kind).alias(name) for name, kind in SURPLUS.items()]
COUNTED = ("path", "source", "outcome", "reason")


def judge_records(raw: pl.DataFrame, files: pl.DataFrame, reference: Reference, limits: Limits) -> pl.DataFrame:
    """Enriched records with the verdict of the first rule that fires; the checks of the table itself come last.

    Args:
        raw: rows of raw_cdr of one landing day; the column raw is not needed.
        files: the file register of the day.
        reference: the reference data.
        limits: of the day.

    Returns:
        The columns of JUDGED; outcome is null where only another row of the same key may speak against a record.
    """
    status = files.select("path", file_status="status")
    enriched = enrich(with_record_keys(raw.join(status, on="path")), reference)
    judged = judge(enriched.with_columns(content_hash(), key_hash()), validation_rules(limits))
    return suspend_broken(judged.drop("caller", "callee").rename(IN_E164).select(JUDGED), ValidatedUsage)


def contested(judged: pl.DataFrame, hashes: pl.Series) -> pl.Series:
    """Which rows must be compared with others: those in play whose key has one of these hashes."""
    return judged.select(rank().is_not_null() & pl.col("key_hash").is_in(hashes.implode())).to_series()


def settle(judged: pl.DataFrame, files: pl.DataFrame, lost: pl.DataFrame | None = None) -> pl.DataFrame:
    """Give every record its final outcome: validated, suspended, duplicate or non_billable.

    Adds winner_day, winner_path and winner_line to rows that do not stand for a call: the same line in the first copy
    of a duplicate file, or the row that stands for it.

    Args:
        judged: records of `judge_records`.
        files: the file register of the day.
        lost: the `surplus_rows` among the records; none if nobody contests them.
    """
    copies = files.filter(pl.col("status") == "duplicate").select(
        "path", copy_day="duplicate_of_day", copy_path="duplicate_of_path"
    )
    compared = judged.with_columns(NOT_LOST) if lost is None else judged.join(lost, on=ARRIVAL, how="left")
    return (
        compared.join(copies, on="path", how="left")
        .with_columns(
            outcome=pl.coalesce("verdict", "outcome", pl.lit("validated")),
            reason=pl.coalesce("verdict_reason", "reason"),
            winner_day=pl.coalesce("copy_day", "winner_day"),
            winner_path=pl.coalesce("copy_path", "winner_path"),
            winner_line=pl.when(pl.col("copy_path").is_not_null()).then("line").otherwise("winner_line"),
        )
        .drop("copy_day", "copy_path", "verdict", "verdict_reason")
    )


def validated_usage(settled: pl.DataFrame) -> pl.DataFrame:
    """The rows of validated_usage: the settled calls that no rule stopped, with its columns alone."""
    return settled.filter(pl.col("outcome") == "validated").select(polars_schema(ValidatedUsage).names())


def suspended_usage(settled: pl.DataFrame, raw: pl.DataFrame) -> pl.DataFrame:
    """Rows of suspended_usage for the stage validated_usage, with the original text from `raw` (path, line, raw)."""
    suspended = settled.filter(pl.col("outcome") == "suspended").with_columns(
        stage=pl.lit(STAGE), record_key=pl.when(pl.col("start_at").is_not_null()).then("record_key")
    )
    texts = raw.select(*ARRIVAL, "raw").join(suspended, on=ARRIVAL)
    return texts.select(polars_schema(SuspendedUsage).names())


def excluded_usage(settled: pl.DataFrame) -> pl.DataFrame:
    """Rows of excluded_usage: duplicates and non-billable records."""
    excluded = settled.filter(pl.col("outcome").is_in(["duplicate", "non_billable"]))
    return excluded.select(polars_schema(ExcludedUsage).names())


def ledger_counts(settled: pl.DataFrame) -> pl.DataFrame:
    """Records and seconds of every file and outcome; seconds are null where no record of them has any."""
    return _summed(settled.group_by(COUNTED), pl.len().cast(pl.Int64).alias("records"))


def sum_counts(counts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """The ledger counts of several parts of a day as one."""
    return _summed(pl.concat([_NO_COUNTS, *counts]).group_by(COUNTED), pl.col("records").sum())


_NO_COUNTS = pl.DataFrame(schema={**dict.fromkeys(COUNTED, pl.String), "records": pl.Int64, "talk_s": pl.Int64})


def _summed(groups: Any, records: pl.Expr) -> pl.DataFrame:
    return groups.agg(records, known_sum("talk_s"))
