"""One-off charges and pass-through items, billed in the month of their day of supply."""

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from telebill_assets.rating.month import Month
from telebill_assets.rating.recurring import account_currencies
from telebill_assets.rating.tariff import Tariff


def one_off_lines(spark: SparkSession, tariff: Tariff, month: Month) -> DataFrame:
    """One line per one-off or pass-through charge: quantity x unit price."""
    charges = spark.createDataFrame(tariff.tables["charges"]).where("kind IN ('one_off', 'pass_through')")
    due = charges.where(F.col("valid_from").between(F.lit(month.first), F.lit(month.last)))
    amount = F.col("quantity").cast("decimal(12,6)") * F.col("unit_price").cast("decimal(14,8)")
    return due.join(F.broadcast(account_currencies(spark, tariff)), "account_id").select(
        "account_id",
        "currency",
        F.concat_ws("-", "account_id", "kind", "charge_id").alias("line_id"),
        F.col("kind").alias("line_kind"),
        "product",
        "article_nr",
        "description",
        "quantity",
        "unit",
        "unit_price",
        F.round(amount, 10).alias("exact_amount"),
        F.col("valid_from").alias("service_from"),
        F.col("valid_from").alias("service_to"),
    )
