"""The file register: what became of each file, and which files have been landed before."""

from datetime import date

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from telebill_assets.tables.reasons import SET_ASIDE_REASONS


def register(report: DataFrame, earlier: DataFrame, sources: DataFrame, day: date) -> DataFrame:
    """Rows of file_register from the landing report.

    A file with the bytes of an earlier one is a duplicate: of the first such file of an earlier landing day, else of
    the first by path on the same day. A file with the name of an earlier one of its source, but other bytes, is held,
    unless the source declares that it uses names again. `earlier` holds file_register of earlier days, `sources` the
    reference table.
    """
    usable = F.col("reason").isNull()
    first_today = F.first("path").over(Window.partitionBy("file_id", usable).orderBy("path"))
    landed = earlier.where("status = 'landed'")
    of_content = Window.partitionBy("file_id").orderBy("landing_day", "path")
    first_before = (
        landed.withColumn("place", F.row_number().over(of_content))
        .where("place = 1")
        .select("file_id", F.col("landing_day").alias("before_day"), F.col("path").alias("before_path"))
    )
    unique_names = sources.where("coalesce(file_names, 'unique') = 'unique'").select("source")
    names_before = (
        landed.join(F.broadcast(unique_names), "source", "left_semi")
        .groupBy("source", _name().alias("name"))
        .agg(F.min_by("path", "landing_day").alias("named_before"))
    )
    joined = (
        report.withColumn("first_today", first_today)
        .withColumn("name", _name())
        .join(first_before, "file_id", "left")
        .join(names_before, ["source", "name"], "left")
    )
    repeated_today = usable & (F.col("first_today") != F.col("path"))
    repeated_before = usable & F.col("before_path").isNotNull()
    held = usable & ~repeated_today & ~repeated_before & F.col("named_before").isNotNull()
    return joined.select(
        F.lit(day).alias("landing_day"),
        "path",
        "source",
        "layout",
        "file_id",
        "bytes",
        "records",
        "declared_records",
        "declared_s",
        "series",
        "sequence_nr",
        F.when(F.col("reason").isin(*SET_ASIDE_REASONS), "set_aside")
        .when(~usable, "suspended")
        .when(repeated_before | repeated_today, "duplicate")
        .when(held, "held")
        .otherwise("landed")
        .alias("status"),
        F.when(held, "same_name").otherwise(F.col("reason")).alias("reason"),
        F.when(held, F.concat(F.lit("another file of this name landed as "), "named_before"))
        .otherwise(F.col("detail"))
        .alias("detail"),
        F.when(repeated_before, F.col("before_day")).when(repeated_today, F.lit(day)).alias("duplicate_of_day"),
        F.when(repeated_before, F.col("before_path"))
        .when(repeated_today, F.col("first_today"))
        .alias("duplicate_of_path"),
    )


def _name() -> Column:
    """The file's name, without folders."""
    return F.element_at(F.split("path", "/"), -1)
