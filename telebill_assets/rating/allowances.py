"""Allowances: seconds included in a plan, used in call-date order, the dearest first within a day.

The order depends on the calls alone, never on when they arrived, so a late record cannot change who pays what.
"""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from telebill_assets.rating.tariff import Tariff
from telebill_assets.rating.usage_lines import destination_and_jurisdiction, minutes, with_destination_name

LINE_KEYS = ("account_id", "currency", "allowance", "direction", "destination", "jurisdiction")
CREDIT = "decimal(18,10)"


def allowance_lines(aggregates: DataFrame, tariff: Tariff) -> DataFrame:
    """One negative line per account, allowance, direction, destination and jurisdiction that used it.

    All services of the account share the allowance. An aggregate that is only partly covered is credited in
    proportion to its billed seconds.
    """
    spark = aggregates.sparkSession
    allowances = spark.createDataFrame(tariff.tables["plan_allowances"])
    covered = aggregates.where("billed_s > 0").join(F.broadcast(allowances), ["plan_id", "destination_group"])
    price_per_second = F.col("charge") / F.col("billed_s")
    in_order = (
        Window.partitionBy("account_id", "plan_id", "allowance")
        .orderBy(
            "call_date", price_per_second.desc(), "rate_id", "service_id", "direction", "jurisdiction", "landing_day"
        )
        .rowsBetween(Window.unboundedPreceding, -1)
    )
    used_before = F.coalesce(F.sum("billed_s").over(in_order), F.lit(0))
    left = F.greatest(F.col("seconds") - F.col("used_before"), F.lit(0))
    credited = (
        covered.withColumn("used_before", used_before)
        .withColumn("used_s", F.least("billed_s", left))
        .where("used_s > 0")
        .withColumn("credit", _share(F.col("charge"), F.col("used_s"), F.col("billed_s")))
    )
    summed = credited.groupBy(*LINE_KEYS).agg(
        F.sum("used_s").alias("used_s"),
        F.sum("credit").alias("credit"),
        F.min("call_date").alias("service_from"),
        F.max("call_date").alias("service_to"),
    )
    return (
        with_destination_name(summed, tariff)
        .select(
            "account_id",
            "currency",
            "direction",
            "destination",
            "jurisdiction",
            F.concat_ws(
                "-", "account_id", F.lit("allowance"), "allowance", "direction", "destination", "jurisdiction"
            ).alias("line_id"),
            F.lit("allowance").alias("line_kind"),
            F.concat(F.lit("usage_"), "jurisdiction").alias("product"),
            F.concat(F.lit("Included: "), "allowance", F.lit(", "), destination_and_jurisdiction()).alias(
                "description"
            ),
            minutes(F.col("used_s")).alias("quantity"),
            F.lit("min").alias("unit"),
            (-F.col("credit")).alias("exact_amount"),
            "service_from",
            "service_to",
        )
        .where("exact_amount != 0")
    )


def _share(charge: Column, used: Column, billed: Column) -> Column:
    """Charge x used / billed to ten decimals; all of the charge if all seconds are used."""
    part = F.round(charge * used.cast("decimal(10,0)") / billed.cast("decimal(10,0)"), 10).cast(CREDIT)
    return F.when(used == billed, charge).otherwise(part)
