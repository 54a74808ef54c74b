"""Recurring fees: of plans per subscribed unit, and of single accounts, prorated by the day, in arrears or in advance.

What is billed in advance is billed with the month before. If days of a month were not (a start in its middle), or
were but are no longer due (an end in its middle), the month itself has a line for the difference.
"""

from functools import reduce

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from telebill_assets.rating.month import Month
from telebill_assets.rating.tariff import Tariff

ADVANCE = "-advance"
"""How the id of a line ends that was billed with the month before."""


def recurring_lines(spark: SparkSession, tariff: Tariff, month: Month, billed_before: DataFrame | None) -> DataFrame:
    """Recurring lines of a month.

    Args:
        spark: the session.
        tariff: the published tariff.
        month: the billing month.
        billed_before: rated_usage of the month before; null if nothing was billed then.

    Returns:
        One line per fee or charge that is active in the month, and per one that is active in the next month and
        billed in advance; a credit for days billed in advance that are not due any more.
    """
    charged = _fees(spark, tariff).unionByName(_charges(spark, tariff), allowMissingColumns=True)
    arrears, advance = charged.where("NOT in_advance"), charged.where("in_advance")
    following = _prorated(advance, month.next).withColumn("line_id", F.concat("line_id", F.lit(ADVANCE)))
    parts = [_prorated(arrears, month), _not_billed_yet(_prorated(advance, month), billed_before, month), following]
    return reduce(DataFrame.unionByName, parts)


def account_currencies(spark: SparkSession, tariff: Tariff) -> DataFrame:
    """account_id and currency."""
    return spark.createDataFrame(tariff.tables["accounts"]).select("account_id", "currency")


def _fees(spark: SparkSession, tariff: Tariff) -> DataFrame:
    """Every subscription and fee of its plan."""
    subscriptions = spark.createDataFrame(tariff.tables["subscriptions"])
    fees = spark.createDataFrame(tariff.tables["plan_fees"])
    plans = spark.createDataFrame(tariff.tables["plans"]).select("plan_id", "currency")
    key = F.substring(F.sha2(F.concat_ws("|", "plan_id", "description"), 256), 1, 8)
    return (
        subscriptions.join(F.broadcast(fees), "plan_id")
        .join(F.broadcast(plans), "plan_id")
        .withColumn("in_advance", F.col("billed") == "advance")
        .withColumn("line_id", _line_id("product", key, F.date_format("valid_from", "yyyyMMdd")))
        .drop("billed")
    )


def _charges(spark: SparkSession, tariff: Tariff) -> DataFrame:
    """Recurring charges of charges.csv."""
    charges = spark.createDataFrame(tariff.tables["charges"]).where("kind IN ('recurring', 'recurring_advance')")
    return (
        charges.join(F.broadcast(account_currencies(spark, tariff)), "account_id")
        .withColumn("in_advance", F.col("kind") == "recurring_advance")
        .withColumn("line_id", _line_id("charge_id"))
        .drop("kind", "charge_id")
    )


def _line_id(*what: str | Column) -> Column:
    return F.concat_ws("-", "account_id", F.lit("recurring"), *what)


def _prorated(charged: DataFrame, month: Month) -> DataFrame:
    """Quantity x unit price x active days / days of the month, to ten decimals."""
    valid_from, valid_to = F.col("valid_from"), F.col("valid_to")
    days = month.active_days(valid_from, valid_to).cast("decimal(3,0)")
    whole = F.col("quantity").cast("decimal(12,6)") * F.col("unit_price").cast("decimal(14,8)")
    return charged.where(month.overlaps(valid_from, valid_to)).select(
        "account_id",
        "plan_id",
        "currency",
        "line_id",
        F.lit("recurring").alias("line_kind"),
        "product",
        "article_nr",
        "description",
        "quantity",
        "unit",
        "unit_price",
        F.round(whole * days / F.lit(month.days).cast("decimal(3,0)"), 10).cast("decimal(18,10)").alias("exact_amount"),
        month.active_from(valid_from).alias("service_from"),
        month.active_to(valid_to).alias("service_to"),
    )


def _not_billed_yet(due: DataFrame, billed_before: DataFrame | None, month: Month) -> DataFrame:
    """What is due of a month less what was billed for it in advance."""
    if billed_before is None:
        return due
    ended = F.col("line_id").endswith(ADVANCE) & (F.col("line_kind") == "recurring")
    before = billed_before.where(ended).select(
        *[F.col(name).alias(f"before_{name}") for name in due.columns if name != "line_id"],
        F.regexp_replace("line_id", f"{ADVANCE}$", "").alias("line_id"),
    )
    both = due.join(before, "line_id", "full")
    difference = F.coalesce("exact_amount", F.lit(0)) - F.coalesce("before_exact_amount", F.lit(0))
    credit = F.col("difference") < 0
    first_unused = F.coalesce(F.date_add("service_to", 1), "before_service_from")
    derived = {
        "description": F.concat(
            F.coalesce("description", "before_description"),
            F.when(credit, ", credit for days billed in advance").otherwise(""),
        ),
        "exact_amount": F.col("difference").cast("decimal(18,10)"),
        "service_from": F.when(credit, F.least(first_unused, "before_service_to")).otherwise(F.col("service_from")),
        "service_to": F.when(credit, F.lit(month.last)).otherwise(F.col("service_to")),
    }
    return (
        both.withColumn("difference", difference)
        .where("difference != 0")
        .select(
            *[
                derived.get(name, F.col(name) if name == "line_id" else F.coalesce(name, f"before_{name}")).alias(name)
                for name in due.columns
            ]
        )
    )
