"""Duplicate records: the first arrival of a record key wins, every later one is kept with its winner."""

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

ARRIVAL = ("path", "line")


def losers(candidates: DataFrame, earlier: DataFrame) -> DataFrame:
    """Records among `candidates` whose key came before: path, line, winner_day, winner_path, winner_line.

    `candidates` are billable records of one landing day (record_key, landing_day, path, line); `earlier` holds
    validated_usage of earlier landing days. Winners are billed records only. Keys are first compared by a
    64-bit hash, so that only the few that repeat are compared in full.
    """
    keyed = candidates.select("record_key", "landing_day", *ARRIVAL)
    return _losers_to_earlier_days(keyed, earlier).unionByName(_losers_within_day(keyed, earlier))


def _losers_within_day(candidates: DataFrame, earlier: DataFrame) -> DataFrame:
    key_hash = F.xxhash64("record_key")
    repeated = candidates.groupBy(key_hash.alias("key_hash")).count().where("count > 1").select("key_hash")
    suspects = candidates.withColumn("key_hash", key_hash).join(F.broadcast(repeated), "key_hash", "left_semi")
    fresh = suspects.join(earlier.select("record_key"), "record_key", "left_anti")
    of_key = Window.partitionBy("record_key").orderBy(*ARRIVAL)
    return (
        fresh.withColumn("winner_path", F.first("path").over(of_key))
        .withColumn("winner_line", F.first("line").over(of_key))
        .where("path != winner_path OR line != winner_line")
        .select(*ARRIVAL, F.col("landing_day").alias("winner_day"), "winner_path", "winner_line")
    )


def _losers_to_earlier_days(candidates: DataFrame, earlier: DataFrame) -> DataFrame:
    winners = earlier.select(
        "record_key",
        F.col("landing_day").alias("winner_day"),
        F.col("path").alias("winner_path"),
        F.col("line").alias("winner_line"),
    )
    return candidates.join(winners, "record_key").select(*ARRIVAL, "winner_day", "winner_path", "winner_line")
