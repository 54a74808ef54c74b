"""What a plan has charged so far in a month, as discounts and minimums look at it."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from telebill_assets.rating.month_usage import ANY, group_names
from telebill_assets.rating.tariff import Tariff

KEYS = ("account_id", "plan_id", "currency", "product", "category", "destination_group")


def plan_charges(lines: DataFrame, tariff: Tariff) -> DataFrame:
    """Rounded amounts of a plan's lines, summed by product and by destination group.

    Args:
        lines: charge lines with their rounded amount; lines without plan_id are charges of the account and left out.
        tariff: the published tariff.

    Returns:
        KEYS, product_name, left (decimal(18,2)), service_from, service_to. category: usage or recurring.
        destination_group: only groups that a discount of the plan names; * for all other lines.
    """
    spark = lines.sparkSession
    named = {
        (row["plan_id"], group)
        for row in tariff.tables["plan_discounts"].to_pylist()
        for group in group_names(row["destination_groups"]) or ()
    }
    groups = [
        (plan, destination["destination"], group)
        for plan, group in sorted(named)
        for destination in tariff.destinations
        if destination["destination_group"] == group
    ]
    of_destination = spark.createDataFrame(groups, "plan_id string, destination string, destination_group string")
    products = spark.createDataFrame(tariff.tables["products"]).select(
        "product", "category", F.col("name").alias("product_name")
    )
    return (
        lines.where("plan_id IS NOT NULL")
        .join(F.broadcast(products), "product")
        .join(F.broadcast(of_destination), ["plan_id", "destination"], "left")
        .withColumn("destination_group", F.coalesce("destination_group", F.lit(ANY)))
        .groupBy(*KEYS, "product_name")
        .agg(
            F.sum("amount").cast("decimal(18,2)").alias("left"),
            F.min("service_from").alias("service_from"),
            F.max("service_to").alias("service_to"),
        )
    )


def counts(scope: Column, category: Column) -> Column:
    """Whether a charge of a category is in the scope of a rule."""
    return (scope == "all") | (scope == category)
