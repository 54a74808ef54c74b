"""Allowances: who uses how much of which, in the order of the events alone.

Production months and `telebill quote` both draw on allowances by `use_allowances`.
"""

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

OFFER_COLUMNS = ("owner", "grant", "turn", "units", "per_service", "service", "destinations", "since", "until")


def use_allowances(
    events: DataFrame, allowances: DataFrame, turns: Sequence[int], order: Sequence[str | Column]
) -> DataFrame:
    """Let events use allowances: in order of their turn, and each by the events in their order.

    An allowance is used up before the next one is touched, and an event that finds too little of one takes the rest
    from the next. The order must tell any two events of an owner apart; then who uses what depends on nothing else.

    Args:
        events: owner, service_id, destination_group, call_date, units (a whole number or decimal), and columns to keep.
        allowances: columns of OFFER_COLUMNS. `grant` identifies the allowance in the result and may be of any type;
            an owner has at most one allowance per turn and service. `per_service`: each service has `units` of
            its own. A null service, destinations (an array), since or until (exclusive) restricts nothing.
        turns: the turns that there are, first to last.
        order: by which an owner's events use allowances.

    Returns:
        The events with `uses`, an array of grant, before (units of the event that were covered already) and units;
        and `over`, the units that nothing covers.
    """
    unit, grant = (
        frame.schema[name].dataType.simpleString() for frame, name in ((events, "units"), (allowances, "grant"))
    )
    uses = F.array().cast(f"array<struct<grant:{grant},before:{unit},units:{unit}>>")
    used = events.withColumn("over", F.col("units")).withColumn("uses", uses)
    for turn in turns:
        used = _use(used, allowances.where(F.col("turn") == turn), order, unit).select(*events.columns, "over", "uses")
    return used


def _use(events: DataFrame, allowances: DataFrame, order: Sequence[str | Column], unit: str) -> DataFrame:
    """One turn."""
    offers = allowances.select([F.col(name).alias(f"offer_{name}") for name in OFFER_COLUMNS])
    eligible = (
        (F.col("owner") == F.col("offer_owner"))
        & (F.col("offer_service").isNull() | (F.col("offer_service") == F.col("service_id")))
        & (F.col("offer_destinations").isNull() | F.expr("array_contains(offer_destinations, destination_group)"))
        & (F.col("offer_since").isNull() | (F.col("call_date") >= F.col("offer_since")))
        & (F.col("offer_until").isNull() | (F.col("call_date") < F.col("offer_until")))
    )
    pool = F.when(F.col("offer_per_service"), F.col("service_id"))
    earlier = (
        Window.partitionBy("owner", "offer_grant", pool)
        .orderBy(*order)
        .rowsBetween(Window.unboundedPreceding, Window.currentRow - 1)
    )
    wanted_before = F.coalesce(F.sum("over").over(earlier), F.lit(0))
    taken = F.greatest(F.least(F.col("over"), F.col("offer_units") - wanted_before), F.lit(0))
    taken = F.when(F.col("offer_grant").isNull(), 0).otherwise(taken).cast(unit)
    use = F.struct(
        F.col("offer_grant").alias("grant"),
        (F.col("units") - F.col("over")).cast(unit).alias("before"),
        F.col("taken").alias("units"),
    )
    return (
        events.join(offers, eligible, "left")
        .withColumn("taken", taken)
        .withColumn("uses", F.when(F.col("taken") > 0, F.array_append("uses", use)).otherwise(F.col("uses")))
        .withColumn("over", (F.col("over") - F.col("taken")).cast(unit))
    )
