"""Which plans an account has in a month, and on how many of its days."""

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from telebill_assets.rating.month import Month
from telebill_assets.rating.tariff import Tariff


def active_plans(spark: SparkSession, tariff: Tariff, month: Month) -> DataFrame:
    """account_id, plan_id, currency, active_from, active_to and active_days (a decimal) in the month.

    A plan that an account has twice in a month is one row, with the days of both.
    """
    valid_from, valid_to = F.col("valid_from"), F.col("valid_to")
    plans = spark.createDataFrame(tariff.tables["plans"]).select("plan_id", "currency")
    return (
        spark.createDataFrame(tariff.tables["subscriptions"])
        .where(month.overlaps(valid_from, valid_to))
        .join(F.broadcast(plans), "plan_id")
        .groupBy("account_id", "plan_id", "currency")
        .agg(
            F.min(month.active_from(valid_from)).alias("active_from"),
            F.max(month.active_to(valid_to)).alias("active_to"),
            F.sum(month.active_days(valid_from, valid_to)).cast("decimal(3,0)").alias("active_days"),
        )
    )
