"""The outcome of every record, and the tables the outcomes go to."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

SETTLED = (
    *("landing_day", "record_key", "path", "file_id", "line", "source", "account_id", "service_id", "direction"),
    *("caller", "callee", "start_at", "answer_at", "end_at", "local_start", "call_date", "talk_s"),
    *("jurisdiction", "usage_type", "units", "one_call", "content_hash"),
    *("outcome", "reason", "rule", "field", "detail"),
)
"""What the outcomes need of a judged record; caller and callee are in E.164."""


def settle(judged: DataFrame, losers: DataFrame, register: DataFrame) -> DataFrame:
    """Give every record its final outcome: validated, suspended, duplicate or non_billable.

    Adds winner_day, winner_path and winner_line to rows that do not stand for a call: the same line in the first copy
    of a duplicate file, or the row that stands for it.
    """
    first_copies = register.where("status = 'duplicate'").select(
        "path", F.col("duplicate_of_day").alias("copy_day"), F.col("duplicate_of_path").alias("copy_path")
    )
    return (
        judged.join(losers, ["path", "line"], "left")
        .join(F.broadcast(first_copies), "path", "left")
        .withColumn("reason", F.coalesce("verdict_reason", "reason"))
        .withColumn("outcome", F.coalesce("verdict", "outcome", F.lit("validated")))
        .withColumn("winner_day", F.coalesce("copy_day", "winner_day"))
        .withColumn(
            "winner_line", F.when(F.col("copy_path").isNotNull(), F.col("line")).otherwise(F.col("winner_line"))
        )
        .withColumn("winner_path", F.coalesce("copy_path", "winner_path"))
        .drop("copy_day", "copy_path", "verdict", "verdict_reason")
    )


def validated_usage(settled: DataFrame) -> DataFrame:
    """Rows of validated_usage."""
    return settled.where("outcome = 'validated'").select(
        "landing_day",
        "record_key",
        "path",
        "file_id",
        "line",
        "source",
        "account_id",
        "service_id",
        "direction",
        "caller",
        "callee",
        "start_at",
        "answer_at",
        "end_at",
        "local_start",
        "call_date",
        "talk_s",
        "jurisdiction",
        "usage_type",
        "units",
    )


def suspended_usage(settled: DataFrame, raw: DataFrame) -> DataFrame:
    """Rows of suspended_usage for the stage validated_usage, with the original text from `raw`."""
    suspended = settled.where("outcome = 'suspended'").select(
        "landing_day",
        F.lit("validated_usage").alias("stage"),
        "reason",
        "rule",
        "field",
        "detail",
        F.when(F.col("start_at").isNotNull(), F.col("record_key")).alias("record_key"),
        "path",
        "file_id",
        "line",
        "source",
        "start_at",
        "talk_s",
        "account_id",
    )
    return raw.select("path", "line", "raw").join(F.broadcast(suspended), ["path", "line"])


def excluded_usage(settled: DataFrame) -> DataFrame:
    """Rows of excluded_usage: duplicates and non-billable records."""
    return settled.where("outcome IN ('duplicate', 'non_billable')").select(
        "landing_day",
        "outcome",
        "reason",
        "record_key",
        "path",
        "file_id",
        "line",
        "source",
        "talk_s",
        "winner_day",
        "winner_path",
        "winner_line",
    )
