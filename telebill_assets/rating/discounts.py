"""Discounts of a plan: one after the other in the plan's order, each on what the earlier ones have left."""

from typing import Any

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from telebill_assets.rating.month import Month
from telebill_assets.rating.month_usage import ANY, group_names
from telebill_assets.rating.plan_charges import KEYS, counts, plan_charges
from telebill_assets.rating.tariff import Tariff

RULES = (
    "plan_id string, discount string, position int, percent decimal(18,8), fixed decimal(18,2), scope string, "
    "groups array<string>"
)
EXACT = "decimal(18,10)"
OFF = f"array<struct<discount:string,exact:{EXACT}>>"


def discount_lines(lines: DataFrame, tariff: Tariff, month: Month) -> DataFrame:
    """Negative lines, one per account, discount and product (and destination group, if a discount names it).

    The base is the sum of the rounded lines in scope, so that an invoice can be checked with its own figures. A
    percentage is taken of each product's base and rounded once. An amount is used up by the products, the largest
    first. Nothing is discounted below zero.

    Args:
        lines: charge lines with their rounded amount: usage, allowances, tiers and fees.
        tariff: the published tariff.
        month: the billing month; a discount holds in the months from valid_from to valid_to.
    """
    rules = _rules(tariff, month)
    discounts = lines.sparkSession.createDataFrame(rules, RULES)
    charges = plan_charges(lines, tariff).withColumn("off", F.array().cast(OFF))
    for position in sorted({rule[2] for rule in rules}):
        charges = _discounted(charges, discounts.where(F.col("position") == position))
    group = F.when(F.col("destination_group") == ANY, "").otherwise(F.concat(F.lit(", "), "destination_group"))
    return charges.withColumn("one", F.explode("off")).select(
        *("account_id", "plan_id", "currency", "product", "service_from", "service_to"),
        F.concat_ws(
            "-", "account_id", F.lit("discount"), "plan_id", "one.discount", "product", "destination_group"
        ).alias("line_id"),
        F.lit("discount").alias("line_kind"),
        F.concat(F.col("one.discount"), F.lit(": "), "product_name", group).alias("description"),
        F.lit(1).cast("decimal(18,6)").alias("quantity"),
        F.lit("month").alias("unit"),
        (-F.col("one.exact")).alias("exact_amount"),
    )


def _discounted(charges: DataFrame, discounts: DataFrame) -> DataFrame:
    """Every charge less the discount of its plan that is in turn."""
    base = F.greatest(F.col("left"), F.lit(0))
    in_scope = counts(F.col("scope"), F.col("category")) & (
        F.col("groups").isNull() | F.expr("array_contains(groups, destination_group)")
    )
    joined = charges.join(F.broadcast(discounts.drop("position")), "plan_id", "left").withColumn(
        "base", F.when(in_scope, base).otherwise(0).cast("decimal(18,2)")
    )
    largest_first = (
        Window.partitionBy("account_id", "plan_id")
        .orderBy(F.desc("base"), *KEYS)
        .rowsBetween(Window.unboundedPreceding, Window.currentRow - 1)
    )
    unused = F.col("fixed") - F.coalesce(F.sum("base").over(largest_first), F.lit(0))
    fixed = F.greatest(F.least(F.col("base"), unused), F.lit(0))
    share = F.col("base") * F.col("percent").cast("decimal(11,8)") / F.lit(100)
    exact = F.when(F.col("percent").isNull(), fixed.cast(EXACT)).otherwise(F.round(share, 10).cast(EXACT))
    one = F.struct("discount", F.col("exact").alias("exact"))
    return (
        joined.withColumn("exact", exact)
        .withColumn("off", F.when(F.round("exact", 2) > 0, F.array_append("off", one)).otherwise(F.col("off")))
        .withColumn("left", (F.col("left") - F.coalesce(F.round("exact", 2), F.lit(0))).cast("decimal(18,2)"))
        .select(*charges.columns)
    )


def _rules(tariff: Tariff, month: Month) -> list[tuple[Any, ...]]:
    """Discounts of the month, as rows of RULES."""
    names = ("plan_id", "discount", "position", "percent", "amount", "scope")
    return [
        (*(row[name] for name in names), group_names(row["destination_groups"]))
        for row in tariff.tables["plan_discounts"].to_pylist()
        if month.touches(row["valid_from"], row["valid_to"])
    ]
