"""Aggregation: priced calls summed per account, service, call date and rate."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from telebill_assets.spark.legacy import spark_schema
from telebill_assets.tables.daily_aggregates import DailyAggregates

MEASURES = ("calls", "units", "talk_s", "billed_s", "charge")


def aggregate(priced: DataFrame) -> DataFrame:
    """Rows of daily_aggregates from priced calls (validated_usage with the columns of price_calls)."""
    schema = spark_schema(DailyAggregates)
    keys = [name for name in schema.names if name not in MEASURES]
    return (
        priced.where("unpriced IS NULL")
        .groupBy(*keys)
        .agg(
            F.count("*").alias("calls"),
            F.sum("units").alias("units"),
            F.sum("talk_s").alias("talk_s"),
            F.sum("billed_s").alias("billed_s"),
            F.sum("charge").cast(schema["charge"].dataType).alias("charge"),
        )
    )


def unpriced_calls(priced: DataFrame) -> DataFrame:
    """Calls without plan or rate, as rows of suspended_usage for the stage daily_aggregates, less the raw text."""
    expected = F.when(F.col("unpriced") == "no_plan", "expected a subscription valid on the call's date").otherwise(
        F.concat_ws("", F.lit("expected a rate for destination "), "destination", F.lit(" on the call's date"))
    )
    return priced.where("unpriced IS NOT NULL").select(
        "landing_day",
        F.lit("daily_aggregates").alias("stage"),
        F.col("unpriced").alias("reason"),
        F.concat(F.lit("priced:"), "unpriced").alias("rule"),
        F.when(F.col("unpriced") == "no_plan", "account_id").otherwise("callee").alias("field"),
        expected.alias("detail"),
        "record_key",
        "path",
        "file_id",
        "line",
        "source",
        "start_at",
        "talk_s",
        "account_id",
    )
