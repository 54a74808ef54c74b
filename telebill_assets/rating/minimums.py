"""Minimum commitments: what a month of a plan costs at least."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from telebill_assets.rating.month import Month
from telebill_assets.rating.plan_charges import counts, plan_charges
from telebill_assets.rating.subscriptions import active_plans
from telebill_assets.rating.tariff import Tariff


def minimum_lines(lines: DataFrame, tariff: Tariff, month: Month) -> DataFrame:
    """One line per account and minimum that is not reached: the shortfall.

    The commitment is prorated by the days on which the account has the plan, and rounded; the rounded lines of the plan
    in scope count towards it. So the lines in scope and the shortfall are the commitment, to the cent.

    Args:
        lines: charge lines with their rounded amount, discounts included.
        tariff: the published tariff.
        month: the billing month.
    """
    spark = lines.sparkSession
    minimums = spark.createDataFrame(tariff.tables["plan_minimums"])
    charged = plan_charges(lines, tariff).select("account_id", "plan_id", "category", "left")
    days = F.lit(month.days).cast("decimal(3,0)")
    due = F.round(F.col("amount") * F.col("active_days") / days, 2)
    committed = active_plans(spark, tariff, month).join(F.broadcast(minimums), "plan_id").withColumn("due", due)
    keys = ["account_id", "plan_id", "minimum"]
    counted = (
        charged.join(F.broadcast(minimums.select("plan_id", "minimum", "scope")), "plan_id")
        .where(counts(F.col("scope"), F.col("category")))
        .groupBy(*keys)
        .agg(F.sum("left").alias("counted"))
    )
    shortfall = F.col("due") - F.coalesce("counted", F.lit(0))
    return (
        committed.join(counted, keys, "left")
        .withColumn("shortfall", shortfall)
        .where("shortfall > 0")
        .select(
            *("account_id", "plan_id", "currency", "product"),
            F.concat_ws("-", "account_id", F.lit("minimum"), "plan_id", "minimum").alias("line_id"),
            F.lit("minimum").alias("line_kind"),
            F.col("minimum").alias("description"),
            F.lit(1).cast("decimal(18,6)").alias("quantity"),
            F.lit("month").alias("unit"),
            F.col("shortfall").alias("exact_amount"),
            F.col("active_from").alias("service_from"),
            F.col("active_to").alias("service_to"),
        )
    )
