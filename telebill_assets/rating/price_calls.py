"""The price of a call: the one function that every price comes from."""

from decimal import Decimal
from typing import Any

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from telebill_assets.rating.destinations import number_key_column, owner_lookup
from telebill_assets.rating.rate_groups import OPEN_END_S, RATE_SCALE, GroupedRate
from telebill_assets.rating.tariff import RATE_KEY, Tariff

CHARGE_DECIMALS = 10
CHARGE_TYPE = "decimal(18,10)"
FOREVER = "9999-12-31"
PLAN_COLUMNS = (
    "plan_id string, currency string, rate_deck string, rounding_method string, rounding_decimals int, "
    "rounding_point string, week_start int, week_end int, band string"
)


def price_calls(calls: DataFrame, tariff: Tariff) -> DataFrame:
    """Price calls by the plan of their account on the call date.

    Args:
        calls: columns of validated_usage, of which account_id, call_date, local_start, direction, caller, callee,
            talk_s and jurisdiction decide the price.
        tariff: the published tariff.

    Returns:
        The calls with plan_id, currency, destination, destination_name, destination_group, band, rate_id,
        billed_s (whole increments, seconds), charge (decimal(18,10)) and unpriced: null, or 'no_plan' or
        'no_rate', whose calls have no charge.
    """
    planned = _with_plan(_with_destination(calls, tariff), tariff)
    rated = _with_rate(planned, tariff)
    billed, numerator = _billed(tariff.most_groups)
    priced = rated.withColumn("billed_s", billed).withColumn("numerator", numerator)
    unpriced = F.when(F.col("plan_id").isNull(), "no_plan").when(F.col("rate").isNull(), "no_rate")
    return priced.select(
        *calls.columns,
        "plan_id",
        "currency",
        "destination",
        "destination_name",
        "destination_group",
        "band",
        F.col("rate.rate_id").alias("rate_id"),
        "billed_s",
        _charge().alias("charge"),
        unpriced.alias("unpriced"),
    )


def _with_destination(calls: DataFrame, tariff: Tariff) -> DataFrame:
    """Outbound calls are priced on the called number, toll-free inbound calls on their origin."""
    by_origin = (F.col("direction") == "inbound") & (F.col("jurisdiction") == "toll_free")
    number = F.when(by_origin, F.coalesce("caller", "callee")).otherwise(F.col("callee"))
    find = owner_lookup(tariff.prefixes)
    destinations = calls.sparkSession.createDataFrame(
        tariff.destinations,
        "destination_nr int, destination string, destination_name string, destination_group string",
    )
    numbered = calls.withColumn("destination_nr", find(number_key_column(number)))
    return numbered.join(F.broadcast(destinations), "destination_nr", "left")


def _with_plan(calls: DataFrame, tariff: Tariff) -> DataFrame:
    """The account's plan on the call date, and the band that rules the second of the week the call began in."""
    spark = calls.sparkSession
    subscriptions = (
        spark.createDataFrame(tariff.tables["subscriptions"])
        .select(
            "account_id", "plan_id", "valid_from", F.coalesce("valid_to", F.lit(FOREVER).cast("date")).alias("valid_to")
        )
        .alias("subscribed")
    )
    on_date = (F.col("call.account_id") == F.col("subscribed.account_id")) & F.col("call.call_date").between(
        F.col("subscribed.valid_from"), F.col("subscribed.valid_to")
    )
    subscribed = (
        calls.alias("call")
        .join(F.broadcast(subscriptions), on_date, "left")
        .select("call.*", "subscribed.plan_id")
        .withColumn("week_s", _second_of_week(F.col("local_start")))
    )
    weeks = spark.createDataFrame([_only(row, PLAN_COLUMNS) for row in tariff.plan_weeks], PLAN_COLUMNS).alias("week")
    in_band = (F.col("call.plan_id") == F.col("week.plan_id")) & F.expr("week_s >= week_start AND week_s < week_end")
    names = [name for name in weeks.columns if name != "plan_id"]
    return subscribed.alias("call").join(F.broadcast(weeks), in_band, "left").select("call.*", *names)


def _second_of_week(local: Column) -> Column:
    return F.weekday(local) * 86_400 + F.hour(local) * 3_600 + F.minute(local) * 60 + F.second(local)


def _with_rate(calls: DataFrame, tariff: Tariff) -> DataFrame:
    """The most specific rate valid on the call date: one lookup per shape of rate, the first that finds one wins."""
    found = []
    for i, (shape, rows) in enumerate(tariff.rates.items()):
        name = f"rate_{i}"
        rates = _rates_frame(calls.sparkSession, rows, tariff.most_groups).alias(name)
        keys = [key for key in RATE_KEY if key not in shape]
        same_key = [F.col(f"call.{key}") == F.col(f"{name}.{key}") for key in keys]
        valid = F.col("call.call_date").between(F.col(f"{name}.valid_from"), F.col(f"{name}.valid_to"))
        condition = valid
        for equal in same_key:
            condition = condition & equal
        calls = (
            calls.alias("call")
            .join(F.broadcast(rates), condition, "left")
            .select("call.*", F.col(f"{name}.rate").alias(name))
        )
        found.append(name)
    rate = F.coalesce(*found) if found else F.lit(None)
    return calls.withColumn("rate", rate).drop(*found)


def _rates_frame(spark: SparkSession, rows: list[dict[str, Any]], most_groups: int) -> DataFrame:
    groups = ", ".join(
        f"from_{i} int, until_{i} int, increment_{i} int, per_second_{i} long" for i in range(most_groups)
    )
    ddl = (
        ", ".join(f"{name} string" for name in RATE_KEY)
        + f", valid_from date, valid_to date, rate struct<rate_id string, denominator long, connect_fee long, {groups}>"
    )
    data = [
        (*(row[name] for name in RATE_KEY), row["valid_from"], row["valid_to"], _flat(row["rate"], most_groups))
        for row in rows
    ]
    return spark.createDataFrame(data, ddl).withColumn("valid_to", F.coalesce("valid_to", F.lit(FOREVER).cast("date")))


def _flat(rate: GroupedRate, most_groups: int) -> tuple[Any, ...]:
    """A rate as one row; missing groups are never reached."""
    cells: list[Any] = [rate.rate_id, rate.denominator, rate.connect_fee]
    for group in rate.groups:
        cells += [group.from_s, group.until_s, group.increment_s, group.per_second]
    for _ in range(most_groups - len(rate.groups)):
        cells += [OPEN_END_S, OPEN_END_S, 1, 0]
    return tuple(cells)


def _billed(most_groups: int) -> tuple[Column, Column]:
    """Billed seconds and the charge's numerator, group after group.

    Each piece of the call is rounded up to whole increments; seconds bought by rounding up are not bought again
    in the next group. A call of 0 s costs nothing, not even the connect fee.
    """
    talk = F.col("talk_s")
    reached = billed = F.lit(0).cast("long")
    numerator = F.when(talk > 0, F.col("rate.connect_fee")).otherwise(F.lit(0).cast("long"))
    for i in range(most_groups):
        increment = F.col(f"rate.increment_{i}")
        start = F.greatest(reached, F.col(f"rate.from_{i}"))
        seconds = F.greatest(F.least(talk, F.col(f"rate.until_{i}")) - start, F.lit(0))
        bought = _div(seconds + increment - 1, increment) * increment
        reached = F.when(bought > 0, start + bought).otherwise(reached)
        billed = billed + bought
        numerator = numerator + bought * F.col(f"rate.per_second_{i}")
    return billed, numerator


def _charge() -> Column:
    """Round once, by the plan: to its decimals if its point is the call, else to ten decimals for the line."""
    at_call = F.col("rounding_point") == "call"
    decimals = F.when(at_call, F.col("rounding_decimals")).otherwise(CHARGE_DECIMALS)
    method = F.when(at_call, F.col("rounding_method")).otherwise("half_up")
    power = _power_of_ten(decimals)
    numerator, unit = F.col("numerator"), F.col("rate.denominator") * RATE_SCALE
    scaled = numerator * F.greatest(_div(power, F.lit(RATE_SCALE)), F.lit(1))
    step = _div(unit, F.least(power, F.lit(RATE_SCALE)))
    steps = (
        F.when(method == "down", _div(scaled, step))
        .when(method == "up", _div(scaled + step - 1, step))
        .otherwise(_div(scaled * 2 + step, step * 2))
    )
    ten_decimals = steps * _power_of_ten(CHARGE_DECIMALS - decimals)
    return (ten_decimals.cast("decimal(18,0)") * F.lit(Decimal(1).scaleb(-CHARGE_DECIMALS))).cast(CHARGE_TYPE)


def _power_of_ten(exponent: Column) -> Column:
    powers = F.array(*[F.lit(10**i).cast("long") for i in range(CHARGE_DECIMALS + 1)])
    return F.get(powers, exponent)


def _div(dividend: Column, divisor: Column) -> Column:
    """Integer division; both are never negative here."""
    return F.call_function("div", dividend, divisor)


def _only(row: dict[str, Any], ddl: str) -> dict[str, Any]:
    return {name: row[name] for name in (column.split()[0] for column in ddl.split(", "))}
