"""The file register: what became of each file, and which files have been landed before."""

from datetime import date

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F


def register(report: DataFrame, earlier: DataFrame, day: date) -> DataFrame:
    """Rows of file_register from the landing report.

    A file with the bytes of an earlier one is a duplicate: of the first such file of an earlier landing day,
    else of the first by path on the same day. `earlier` holds file_register of earlier days.
    """
    usable = F.col("reason").isNull()
    first_today = F.first("path").over(Window.partitionBy("file_id", usable).orderBy("path"))
    first_before = earlier.where("status = 'landed'").select(
        "file_id", F.col("landing_day").alias("before_day"), F.col("path").alias("before_path")
    )
    joined = report.withColumn("first_today", first_today).join(first_before, "file_id", "left")
    repeated_today = usable & (F.col("first_today") != F.col("path"))
    repeated_before = usable & F.col("before_path").isNotNull()
    return joined.select(
        F.lit(day).alias("landing_day"),
        "path",
        "source",
        "layout",
        "file_id",
        "bytes",
        "records",
        F.when(~usable, "suspended")
        .when(repeated_before | repeated_today, "duplicate")
        .otherwise("landed")
        .alias("status"),
        "reason",
        "detail",
        F.when(repeated_before, F.col("before_day")).when(repeated_today, F.lit(day)).alias("duplicate_of_day"),
        F.when(repeated_before, F.col("before_path"))
        .when(repeated_today, F.col("first_today"))
        .alias("duplicate_of_path"),
    )
