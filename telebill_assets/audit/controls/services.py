"""Services and usage: usage without a service is a fault, a service without usage is a question."""

from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.controls.control import SAMPLES, Control, percent
from telebill_assets.audit.controls.thresholds import Thresholds
from telebill_assets.tables.reference.validity import FOREVER

KNOWN = Control("known_services", "Every call is billed to a service that its account had on the day", blocking=True)
UNUSED = Control("unused_services", "Services that are active all month have calls", blocking=False)


def known_services(aggregates: DataFrame, services: DataFrame) -> CheckResult:
    """Services in daily_aggregates that the service map does not give to that account on the call date."""
    owned = services.select(
        F.col("account_id").alias("owner"),
        F.col("service_id").alias("owned"),
        "valid_from",
        F.coalesce("valid_to", F.lit(FOREVER).cast("date")).alias("valid_to"),
    )
    billed = aggregates.groupBy("account_id", "service_id", "call_date").agg(F.sum("calls").alias("calls"))
    owns = (
        (F.col("account_id") == F.col("owner"))
        & (F.col("service_id") == F.col("owned"))
        & F.col("call_date").between(F.col("valid_from"), F.col("valid_to"))
    )
    orphans = billed.join(F.broadcast(owned), owns, "left_anti").groupBy("account_id", "service_id")
    found = orphans.agg(F.sum("calls").alias("calls")).persist()
    try:
        total = found.agg(F.count("*").alias("services"), F.coalesce(F.sum("calls"), F.lit(0)).alias("calls")).first()
        rows = found.orderBy("account_id", "service_id").limit(SAMPLES).collect()
    finally:
        found.unpersist()
    unknown, calls = (total["services"], total["calls"]) if total else (0, 0)
    return KNOWN.result(
        passed=not unknown,
        figure=f"{unknown:,} services with {calls:,} calls belong to another account or to none",
        threshold="0 services",
        failures={"services": unknown},
        samples=[f"account {row['account_id']}: {row['calls']:,} calls" for row in rows],
    )


def unused_services(
    services: DataFrame, aggregates: DataFrame, first: date, last: date, thresholds: Thresholds
) -> CheckResult:
    """Share of the services that were active from `first` to `last` and have no call in the month's aggregates."""
    whole = services.where((F.col("valid_from") <= F.lit(first)) & (F.coalesce("valid_to", F.lit(last)) >= F.lit(last)))
    active = whole.select("account_id", "service_id").distinct()
    used = aggregates.select("account_id", "service_id").distinct().withColumn("used", F.lit(1))
    counted = active.join(used, ["account_id", "service_id"], "left")
    row = counted.agg(F.count("*").alias("active"), F.count_if(F.col("used").isNull()).alias("unused")).first()
    total, unused = (row["active"], row["unused"]) if row else (0, 0)
    samples = counted.where("used IS NULL").orderBy("account_id").select("account_id").distinct().limit(SAMPLES)
    share = percent(unused, total)
    return UNUSED.result(
        passed=share <= thresholds.unused_services_percent,
        figure=f"{unused:,} of {total:,} active services ({share} %) have no call",
        threshold=f"{thresholds.unused_services_percent} %",
        failures={"services": unused},
        samples=sorted(f"account {each['account_id']}" for each in samples.collect()) if unused else [],
    )
