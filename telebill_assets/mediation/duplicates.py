"""One call, one bill: rows that share a record key are copies of one record, or legs of one call.

Of the rows of a key one is the call's own: of copies the first arrival, of legs the one with the longest talk. A row
that says the same as an earlier one of its key is a duplicate; any other accompanies the call. Both keep the row
that stands for the call.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

ARRIVAL = ("path", "line")

KNOWN = "record_key string, known_day date, known_path string, known_line long, known_start timestamp, known_talk long"


def in_play(judged: DataFrame) -> DataFrame:
    """Rows that may stand for a call or accompany one: those no rule suspends."""
    rank = (
        F.when(F.col("outcome").isNull(), 0)
        .when(F.col("reason").isin("unanswered", "internal"), 1)
        .when(F.col("reason") == "accompanying_row", 2)
    )
    return judged.select(
        "record_key", "landing_day", *ARRIVAL, "start_at", "talk_s", "one_call", "content_hash", rank.alias("rank")
    ).where("rank IS NOT NULL")


def old_call_dates(rows: DataFrame, day_begin: datetime) -> list[date]:
    """UTC dates of calls that began before their landing day: only these can have landed before."""
    began = rows.where(F.col("start_at") < F.lit(day_begin)).select(F.to_date("start_at").alias("date"))
    return sorted(row["date"] for row in began.distinct().collect())


def known_calls(rows: DataFrame, earlier: DataFrame, dates: Sequence[date]) -> DataFrame:
    """Calls of earlier landing days whose keys come again: columns of KNOWN.

    `earlier` holds validated_usage of earlier landing days. Only its calls of these dates are read, because a copy
    began when its original did.
    """
    if not dates:
        return rows.sparkSession.createDataFrame([], KNOWN)
    then = earlier.where(reduce(or_, (_on(day) for day in dates))).select(
        "record_key",
        F.col("landing_day").alias("known_day"),
        F.col("path").alias("known_path"),
        F.col("line").alias("known_line"),
        F.col("start_at").alias("known_start"),
        F.col("talk_s").alias("known_talk"),
    )
    again = rows.where(reduce(or_, (_on(day) for day in dates))).select("record_key").distinct()
    return then.join(again, "record_key", "left_semi")


def _on(day: date) -> Column:
    """As a range, which the statistics of Parquet files can be held against."""
    start = F.col("start_at")
    return (start >= F.lit(f"{day}").cast("timestamp")) & (
        start < F.lit(f"{day + timedelta(days=1)}").cast("timestamp")
    )


def repeated_keys(rows: DataFrame, known: DataFrame) -> DataFrame:
    """Hashes of the record keys that occur more than once, as key_hash: few, and short to compare.

    `rows` are those in play of one landing day, `known` the calls of earlier days that come again.
    """
    of_day = rows.select(_key_hash()).groupBy("key_hash").count().where("count > 1").select("key_hash")
    return of_day.union(known.select(_key_hash())).distinct()


def losers(rows: DataFrame, known: DataFrame, repeated: DataFrame) -> DataFrame:
    """Rows that do not stand for a call: path, line, verdict, verdict_reason, winner_day, winner_path, winner_line.

    `repeated` are the `repeated_keys` of rows and known. Only rows with one of these hashes are compared in full.
    """
    keyed = rows.withColumn("key_hash", _key_hash())
    suspects = keyed.join(repeated, "key_hash", "left_semi").join(known, "record_key", "left")
    longest_first = [F.when(F.col("one_call"), -F.col("talk_s")), F.when(F.col("one_call"), F.col("start_at"))]
    order = [F.col("rank"), *longest_first, *map(F.col, ARRIVAL)]
    of_key = Window.partitionBy("record_key").orderBy(*order)
    of_content = Window.partitionBy("record_key", "content_hash").orderBy(*order)
    said_before = F.when(F.col("one_call"), F.row_number().over(of_content) > 1).otherwise(F.lit(True))  # noqa: FBT003
    said_then = ~F.col("one_call") | (
        (F.col("start_at") == F.col("known_start")) & (F.col("talk_s") == F.col("known_talk"))
    )
    is_known = F.col("known_day").isNotNull()
    placed = (
        suspects.withColumn("place", F.row_number().over(of_key))
        .withColumn("first_rank", F.first("rank").over(of_key))
        .withColumn("first_path", F.first("path").over(of_key))
        .withColumn("first_line", F.first("line").over(of_key))
        .withColumn("copy", said_before | (is_known & said_then))
        .where(is_known | (F.col("place") > 1))
    )
    named = F.col("copy") | (F.col("first_rank") < 2)  # rows that only accompany may have no call to name
    return placed.select(
        *ARRIVAL,
        F.when(F.col("copy"), "duplicate").otherwise("non_billable").alias("verdict"),
        F.when(F.col("copy"), "duplicate_record").otherwise("accompanying_row").alias("verdict_reason"),
        F.coalesce("known_day", F.when(named, F.col("landing_day"))).alias("winner_day"),
        F.coalesce("known_path", F.when(named, F.col("first_path"))).alias("winner_path"),
        F.when(is_known, F.col("known_line")).when(named, F.col("first_line")).alias("winner_line"),
    )


def _key_hash() -> Column:
    return F.xxhash64("record_key").alias("key_hash")
