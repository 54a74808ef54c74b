"""Tiers of a month: what they charge, and the calls' own charges that they replace."""

from collections.abc import Mapping
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from telebill_assets.rating.allowance_lines import counted, shown_unit
from telebill_assets.rating.month import Month
from telebill_assets.rating.month_usage import charge_of
from telebill_assets.rating.subscriptions import active_plans
from telebill_assets.rating.tariff import Tariff
from telebill_assets.rating.tiers import QUANTITY, VOLUME, tier_charges, tiers_frame

UNIT_SIZES = {"s": 1, "min": 60, "call": 1, "message": 1}
"""Units of month_usage in one priced unit."""
KEYS = ("account_id", "plan_id", "currency", "tiers")


def tier_lines(usage: DataFrame, tariff: Tariff, month: Month) -> DataFrame:
    """Lines of the tiers, after allowances.

    A negative line per jurisdiction takes off what the calls cost by their own rates; then each tier has a line for
    its part of the month's usage, and one for its flat price. An account whose calls all lie in the first tier, or
    that made none, pays the first flat price.

    Args:
        usage: made by `month_usage`.
        tariff: the published tariff.
        month: the billing month.
    """
    tiered = usage.where("tiers IS NOT NULL")
    return _replaced(tiered).unionByName(_priced(tiered, tariff, month), allowMissingColumns=True)


def _replaced(tiered: DataFrame) -> DataFrame:
    left = F.col("charge") - charge_of(F.col("units") - F.col("over"))
    summed = (
        tiered.withColumn("replaced", left)
        .groupBy(*KEYS, "jurisdiction", "unit")
        .agg(
            F.sum("replaced").alias("replaced"),
            F.sum("over").alias("over"),
            F.min("call_date").alias("service_from"),
            F.max("call_date").alias("service_to"),
        )
    )
    return summed.where("replaced != 0").select(
        *("account_id", "plan_id", "currency", "jurisdiction", "service_from", "service_to"),
        F.concat_ws("-", "account_id", F.lit("tier"), "plan_id", "tiers", "jurisdiction").alias("line_id"),
        F.lit("tier").alias("line_kind"),
        F.concat(F.lit("usage_"), "jurisdiction").alias("product"),
        F.concat("tiers", F.lit(": calls priced by tiers instead, "), F.translate("jurisdiction", "_", "-")).alias(
            "description"
        ),
        counted(F.col("over"), F.col("unit")).alias("quantity"),
        shown_unit(F.col("unit")).alias("unit"),
        (-F.col("replaced")).alias("exact_amount"),
    )


def _priced(tiered: DataFrame, tariff: Tariff, month: Month) -> DataFrame:
    spark = tiered.sparkSession
    schedules = {f"{tiers[0]['plan_id']}|{tiers[0]['tiers']}": tiers for tiers in _declared(tariff)}
    sizes = {name: (tiers[0]["model"], UNIT_SIZES[tiers[0]["unit"]], tiers) for name, tiers in schedules.items()}
    said = [
        (name, tier["tier"], tier["product"], _label(before["up_to"] if before else Decimal(0), tier), tier["unit"])
        for name, tiers in schedules.items()
        for before, tier in zip([None, *tiers], tiers, strict=False)
    ]
    words = spark.createDataFrame(said, "schedule string, tier int, product string, label string, unit string")
    priced = tier_charges(_quantities(tiered, tariff, month), tiers_frame(spark, sizes))
    lines = priced.join(F.broadcast(words), ["schedule", "tier"])
    start: list[str | Column] = ["account_id", F.lit("tier"), "plan_id", "tiers", "tier"]
    common = ["account_id", "plan_id", "currency", "product", "service_from", "service_to"]
    name = F.concat("tiers", F.lit(": "), "label")
    used = F.round(F.col("part") / F.col("unit_size"), 6)
    metered = lines.where("part > 0").select(
        *common,
        F.concat_ws("-", *start).alias("line_id"),
        name.alias("description"),
        F.coalesce(F.col("blocks"), used).cast("decimal(18,6)").alias("quantity"),
        F.when(F.col("blocks").isNull(), F.col("unit")).otherwise("pcs").alias("unit"),
        "unit_price",
        F.round("metered", 10).alias("exact_amount"),
    )
    flat = lines.where("flat > 0").select(
        *common,
        F.concat_ws("-", *start, F.lit("flat")).alias("line_id"),
        F.concat(name, F.lit(", flat price")).alias("description"),
        F.lit(1).cast("decimal(18,6)").alias("quantity"),
        F.lit("pcs").alias("unit"),
        F.col("flat").alias("unit_price"),
        F.col("flat").alias("exact_amount"),
    )
    return metered.unionByName(flat).withColumn("line_kind", F.lit("tier"))


def _quantities(tiered: DataFrame, tariff: Tariff, month: Month) -> DataFrame:
    """What every account of a plan with tiers used of them, which may be nothing."""
    spark = tiered.sparkSession
    names = {(row["plan_id"], row["tiers"]) for row in tariff.tables["plan_tiers"].to_pylist()}
    known = spark.createDataFrame(sorted(names), "plan_id string, tiers string")
    subscribed = active_plans(spark, tariff, month).join(F.broadcast(known), "plan_id")
    used = tiered.groupBy(*KEYS).agg(
        F.sum("over").alias("over"), F.min("call_date").alias("first"), F.max("call_date").alias("last")
    )
    return subscribed.join(used, list(KEYS), "full").select(
        *KEYS,
        F.concat_ws("|", "plan_id", "tiers").alias("schedule"),
        F.coalesce("over", F.lit(0)).cast(QUANTITY).alias("quantity"),
        F.coalesce("first", "active_from").alias("service_from"),
        F.coalesce("last", "active_to").alias("service_to"),
    )


def _declared(tariff: Tariff) -> list[list[dict[str, Any]]]:
    """The tiers of every list of every plan, lowest first."""
    key = itemgetter("plan_id", "tiers")
    rows = sorted(tariff.tables["plan_tiers"].to_pylist(), key=lambda row: (*key(row), row["tier"]))
    return [list(tiers) for _, tiers in groupby(rows, key=key)]


def _label(start: Decimal, tier: Mapping[str, Any]) -> str:
    """Such as 'from 100 to 500 min, by 10 min'."""
    unit, end, increment = tier["unit"], tier["up_to"], tier["increment"]
    reach = f"from {_plain(start)} {unit}" if end is None else f"from {_plain(start)} to {_plain(end)} {unit}"
    if tier["model"] == VOLUME:
        reach = f"all at the price {reach}"
    return reach if increment is None else f"{reach}, by {_plain(increment)} {unit}"


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
