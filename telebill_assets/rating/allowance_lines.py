"""What allowances did in a month: credit lines for the calls that they cover, and the units that are left."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from telebill_assets.rating.month import Month
from telebill_assets.rating.month_usage import MESSAGE, charge_of
from telebill_assets.rating.tariff import Tariff
from telebill_assets.rating.usage_lines import destination_and_jurisdiction, minutes, with_destination_name

LINE_KEYS = ("account_id", "plan_id", "currency", "allowance", "granted_month", "unit")
CALL_KEYS = ("direction", "destination", "jurisdiction")
GRANT = ("allowance", "granted_month", "unit")


def allowance_lines(usage: DataFrame, tariff: Tariff, month: Month) -> DataFrame:
    """One negative line per account, allowance, direction, destination and jurisdiction that used it.

    Calls that are only partly covered are credited in proportion to their units. Units of an earlier month have
    lines of their own.

    Args:
        usage: made by `month_usage`.
        tariff: the published tariff.
        month: the billing month.
    """
    summed = (
        _uses(usage)
        .groupBy(*LINE_KEYS, *CALL_KEYS)
        .agg(
            F.sum("used").alias("used"),
            F.sum("credit").alias("credit"),
            F.min("call_date").alias("service_from"),
            F.max("call_date").alias("service_to"),
        )
    )
    rolled_over = F.col("granted_month") < F.lit(month.first)
    since = F.date_format("granted_month", "yyyy-MM")
    return with_destination_name(summed, tariff).select(
        *("account_id", "plan_id", "currency", *CALL_KEYS, "service_from", "service_to"),
        F.concat_ws("-", "account_id", F.lit("allowance"), "plan_id", "allowance", since, *CALL_KEYS).alias("line_id"),
        F.lit("allowance").alias("line_kind"),
        F.concat(F.lit("usage_"), "jurisdiction").alias("product"),
        F.concat(
            F.lit("Included: "),
            "allowance",
            F.when(rolled_over, F.concat(F.lit(" (of "), since, F.lit(")"))).otherwise(""),
            F.lit(", "),
            destination_and_jurisdiction(),
            F.when(F.col("direction") == "inbound", ", inbound").otherwise(""),
        ).alias("description"),
        counted(F.col("used"), F.col("unit")).alias("quantity"),
        shown_unit(F.col("unit")).alias("unit"),
        (-F.col("credit")).alias("exact_amount"),
    )


def allowance_balances(granted: DataFrame, usage: DataFrame, tariff: Tariff, month: Month) -> DataFrame:
    """Rows of allowance_balances: every grant of the month, what was used of it and what remains.

    Args:
        granted: made by `grants`.
        usage: made by `month_usage` from it.
        tariff: the published tariff.
        month: the billing month.
    """
    keys = ["account_id", "plan_id", "allowance", "granted_month", "service_id"]
    used = _uses(usage).groupBy(*keys).agg(F.sum("used").alias("used"))
    services = _services(usage, tariff, month)
    of_grant = [F.col(f"grant.{name}").alias(name) for name in GRANT]
    shared = granted.where("NOT grant.per_service").withColumn("service_id", F.col("grant.service_id"))
    apart = granted.where("grant.per_service").join(services, "account_id")
    available = shared.unionByName(apart).select(
        "account_id", "plan_id", "service_id", "rollover_months", *of_grant, F.col("units").alias("available")
    )
    remaining = F.col("available") - F.col("used")
    return (
        available.join(used, keys, "left")
        .withColumn("used", F.coalesce("used", F.lit(0)))
        .withColumn("remaining", remaining)
        .withColumn("last_month", F.add_months("granted_month", F.col("rollover_months")))
        .withColumn("billing_month", F.lit(month.first))
        .select(
            *("billing_month", "account_id", "plan_id", "allowance", "service_id", "granted_month", "unit"),
            *("available", "used", "remaining", "last_month"),
        )
    )


def counted(units: Column, unit: Column) -> Column:
    """Seconds as minutes, calls and messages as they are."""
    return F.when(unit == "s", minutes(units)).otherwise(units.cast("decimal(18,6)"))


def shown_unit(unit: Column) -> Column:
    """The unit of `counted`."""
    return F.when(unit == "s", "min").when(unit == MESSAGE, "msg").otherwise(unit)


def _uses(usage: DataFrame) -> DataFrame:
    """One row per call sum and allowance that it used."""
    after = F.col("use.before") + F.col("use.units")
    service = F.when(F.col("use.grant.per_service"), F.col("service_id")).otherwise(F.col("use.grant.service_id"))
    return usage.withColumn("use", F.explode("uses")).select(
        *("account_id", "plan_id", "currency", *CALL_KEYS, "call_date"),
        *(F.col(f"use.grant.{name}").alias(name) for name in GRANT),
        service.alias("service_id"),
        F.col("use.units").alias("used"),
        (charge_of(after) - charge_of(F.col("use.before"))).alias("credit"),
    )


def _services(usage: DataFrame, tariff: Tariff, month: Month) -> DataFrame:
    """Services of every account in the month, whether they called or not."""
    known = usage.sparkSession.createDataFrame(tariff.tables["services"])
    mapped = known.where(month.overlaps(F.col("valid_from"), F.col("valid_to"))).select("account_id", "service_id")
    return mapped.unionByName(usage.select("account_id", "service_id")).distinct()
