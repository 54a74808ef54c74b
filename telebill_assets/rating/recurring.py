"""Recurring fees: of plans per subscribed unit, and of single accounts, prorated by the day."""

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from telebill_assets.rating.month import Month
from telebill_assets.rating.tariff import Tariff


def recurring_fee_lines(spark: SparkSession, tariff: Tariff, month: Month) -> DataFrame:
    """One line per subscription that is active in the month and fee of its plan."""
    subscriptions = spark.createDataFrame(tariff.tables["subscriptions"])
    fees = spark.createDataFrame(tariff.tables["plan_fees"])
    plans = spark.createDataFrame(tariff.tables["plans"]).select("plan_id", "currency")
    charged = subscriptions.join(F.broadcast(fees), "plan_id").join(F.broadcast(plans), "plan_id")
    key = F.substring(F.sha2(F.concat_ws("|", "plan_id", "description"), 256), 1, 8)
    line_id = F.concat_ws(
        "-", "account_id", F.lit("recurring"), "product", key, F.date_format("valid_from", "yyyyMMdd")
    )
    return _prorated(charged, month, line_id)


def recurring_charge_lines(spark: SparkSession, tariff: Tariff, month: Month) -> DataFrame:
    """One line per recurring charge of charges.csv that is active in the month."""
    charges = spark.createDataFrame(tariff.tables["charges"]).where("kind = 'recurring'")
    currencies = account_currencies(spark, tariff)
    line_id = F.concat_ws("-", "account_id", F.lit("recurring"), "charge_id")
    return _prorated(charges.join(F.broadcast(currencies), "account_id"), month, line_id)


def account_currencies(spark: SparkSession, tariff: Tariff) -> DataFrame:
    """account_id and currency."""
    return spark.createDataFrame(tariff.tables["accounts"]).select("account_id", "currency")


def _prorated(charged: DataFrame, month: Month, line_id: Column) -> DataFrame:
    """Quantity x unit price x active days / days of the month, to ten decimals."""
    active_from, active_to = month.active_from(F.col("valid_from")), month.active_to(F.col("valid_to"))
    days = (F.datediff(active_to, active_from) + 1).cast("decimal(3,0)")
    whole = F.col("quantity").cast("decimal(12,6)") * F.col("unit_price").cast("decimal(14,8)")
    article = F.col("article_nr") if "article_nr" in charged.columns else F.lit(None)
    return charged.where(month.overlaps(F.col("valid_from"), F.col("valid_to"))).select(
        "account_id",
        "currency",
        line_id.alias("line_id"),
        F.lit("recurring").alias("line_kind"),
        "product",
        article.cast("string").alias("article_nr"),
        "description",
        "quantity",
        "unit",
        "unit_price",
        F.round(whole * days / F.lit(month.days).cast("decimal(3,0)"), 10).alias("exact_amount"),
        active_from.alias("service_from"),
        active_to.alias("service_to"),
    )
