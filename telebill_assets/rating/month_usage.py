"""A month's calls of destination groups that have allowances or tiers, and the allowances they use."""

from datetime import timedelta
from typing import Any

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from telebill_assets.rating.allowances import use_allowances
from telebill_assets.rating.month import Month
from telebill_assets.rating.subscriptions import active_plans
from telebill_assets.rating.tariff import Tariff
from telebill_assets.tables.reference.month_rules import MOST_MONTHS_KEPT

CALL_KEYS = (
    *("account_id", "plan_id", "currency", "service_id", "call_date", "direction"),
    *("rate_id", "destination", "destination_group", "jurisdiction", "usage_type", "band"),
)
CHARGE = "decimal(18,10)"
RULES = (
    "plan_id string, allowance string, position int, units long, unit string, per_service boolean, "
    "destinations array<string>, since date, until date, rollover_months int"
)
ANY = "*"
ALL_SERVICES = "*"
MESSAGE = "message"


def month_usage(aggregates: DataFrame, granted: DataFrame, tariff: Tariff) -> DataFrame:
    """Let the month's calls use allowances: in call-date order, the dearest first within a day.

    Calls are summed over the days on which they arrived first, so arrival decides nothing.

    Args:
        aggregates: daily_aggregates of all landing days of the month.
        granted: allowances that may be used, made by `grants`.
        tariff: the published tariff.

    Returns:
        CALL_KEYS, charge, tiers (the plan's tiers that price the group, or null), unit and units (billed seconds, calls
        or messages), and `uses` and `over` as `use_allowances` returns them. Groups without allowance and tiers are
        left out, and so are calls that cost nothing, unless tiers price them.
    """
    spark = aggregates.sparkSession
    groups = spark.createDataFrame(
        groups_with_rules(tariff),
        "plan_id string, destination_group string, messages boolean, tiers string, tiers_direction string, unit string",
    )
    tiered = (F.col("tiers_direction") == ANY) | (F.col("tiers_direction") == F.col("direction"))
    summed = (
        aggregates.withColumn("messages", F.col("usage_type") == "sms")
        .join(F.broadcast(groups), ["plan_id", "destination_group", "messages"])
        .withColumn("tiers", F.when(tiered, F.col("tiers")))
        .groupBy(*CALL_KEYS, "tiers", "unit")
        .agg(F.sum(_counted()).alias("units"), F.sum("charge").cast(CHARGE).alias("charge"))
        .where("charge > 0 OR tiers IS NOT NULL")
        .withColumn("owner", _owner())
    )
    dearest_first = F.expr("charge / nullif(units, 0)").desc()
    rest = ("rate_id", "service_id", "direction", "jurisdiction", "usage_type", "band")
    return use_allowances(summed, granted, _turns(tariff), ["call_date", dearest_first, *rest])


def grants(
    spark: SparkSession, aggregates: DataFrame, tariff: Tariff, month: Month, carried: DataFrame | None
) -> DataFrame:
    """What accounts may use in a month: the allowances of their plans, and before them what they have left.

    Args:
        spark: the session.
        aggregates: daily_aggregates of the month; a late call's plan may have ended.
        tariff: the published tariff.
        month: the billing month.
        carried: allowance_balances of the month before.

    Returns:
        OFFER_COLUMNS of `use_allowances`, account_id, plan_id and rollover_months. `grant` is a struct of allowance,
        granted_month, unit, per_service and service_id (* unless left by one service).
    """
    rules = spark.createDataFrame(_rules(tariff, month), RULES)
    subscribed = active_plans(spark, tariff, month).select("account_id", "plan_id")
    owners = subscribed.unionByName(aggregates.select("account_id", "plan_id")).distinct()
    own = owners.join(F.broadcast(rules), "plan_id").select(
        *("account_id", "plan_id", "rollover_months", "per_service", "destinations", "since", "until", "units"),
        F.lit(None).cast("string").alias("service"),
        _turn(F.col("position"), F.lit(0)).alias("turn"),
        _grant(F.lit(month.first), F.col("per_service"), F.lit(ALL_SERVICES)).alias("grant"),
        _owner().alias("owner"),
    )
    if carried is None:
        return own
    one_pool = F.expr("false")
    age = F.round(F.months_between(F.lit(month.first), F.col("granted_month"))).cast("int")
    left = (
        carried.where((F.col("remaining") > 0) & (F.col("last_month") >= F.lit(month.first)))
        .select("account_id", "plan_id", "allowance", "service_id", "granted_month", "remaining")
        .join(F.broadcast(rules), ["plan_id", "allowance"])
        .where(age <= F.col("rollover_months"))
        .select(
            *("account_id", "plan_id", "rollover_months", "destinations", "since", "until"),
            one_pool.alias("per_service"),
            F.col("remaining").alias("units"),
            F.when(F.col("service_id") != ALL_SERVICES, F.col("service_id")).alias("service"),
            _turn(F.col("position"), age).alias("turn"),
            _grant(F.col("granted_month"), one_pool, F.col("service_id")).alias("grant"),
            _owner().alias("owner"),
        )
    )
    return own.unionByName(left)


def groups_with_rules(tariff: Tariff) -> list[tuple[str, str, bool, str | None, str | None, str]]:
    """Plan, destination group, whether messages or calls, the tiers that price them and in which direction, and the
    unit that counts them: s, call or message.
    """
    groups = sorted({row["destination_group"] for row in tariff.destinations})
    tiers: dict[tuple[str, str, bool], tuple[str, str]] = {}
    units: dict[tuple[str, str, bool], str] = {}
    for row in [*tariff.tables["plan_allowances"].to_pylist(), *tariff.tables["plan_tiers"].to_pylist()]:
        for group in group_names(row["destination_groups"]) or groups:
            key = row["plan_id"], group, row["unit"] == MESSAGE
            units[key] = "s" if row["unit"] == "min" else row["unit"]
            if "tiers" in row:
                tiers[key] = row["tiers"], row["direction"]
    return [(*key, *tiers.get(key, (None, None)), unit) for key, unit in sorted(units.items())]


def group_names(text: str) -> list[str] | None:
    """The destination groups of a rule; None: all."""
    return None if text == ANY else text.split(",")


def charge_of(units: Column) -> Column:
    """The part of the calls' charge that falls to the first `units` of them, to ten decimals."""
    part = F.col("charge") * units.cast("decimal(12,0)") / F.col("units").cast("decimal(12,0)")
    some = F.when(units == 0, 0).otherwise(F.round(part, 10))
    return F.when(units == F.col("units"), F.col("charge")).otherwise(some).cast(CHARGE)


def _rules(tariff: Tariff, month: Month) -> list[tuple[Any, ...]]:
    """Allowances that may be used in the month, as rows of RULES."""
    return [
        (
            *(row[name] for name in ("plan_id", "allowance", "position", "units", "unit")),
            row["scope"] == "service",
            group_names(row["destination_groups"]),
            row["valid_from"],
            row["valid_to"] and row["valid_to"] + timedelta(days=1),
            row["rollover_months"],
        )
        for row in tariff.tables["plan_allowances"].to_pylist()
        if month.touches(row["valid_from"], row["valid_to"])
    ]


def _grant(granted_month: Column, per_service: Column, service_id: Column) -> Column:
    return F.struct(
        "allowance",
        granted_month.alias("granted_month"),
        "unit",
        per_service.alias("per_service"),
        service_id.alias("service_id"),
    )


def _turn(position: Column, age: Column) -> Column:
    """By position, and within it the oldest units first."""
    return position * (MOST_MONTHS_KEPT + 1) + MOST_MONTHS_KEPT - age


def _turns(tariff: Tariff) -> list[int]:
    rows = tariff.tables["plan_allowances"].to_pylist()
    return sorted(
        {
            row["position"] * (MOST_MONTHS_KEPT + 1) + MOST_MONTHS_KEPT - age
            for row in rows
            for age in range(row["rollover_months"] + 1)
        }
    )


def _owner() -> Column:
    """Account and plan; messages use other allowances than calls."""
    return F.concat_ws("|", "account_id", "plan_id", (F.col("unit") == MESSAGE).cast("string"))


def _counted() -> Column:
    by_number = F.when(F.col("unit") == "call", F.col("calls")).when(F.col("unit") == MESSAGE, F.col("units"))
    return F.coalesce(by_number, F.col("billed_s"))
