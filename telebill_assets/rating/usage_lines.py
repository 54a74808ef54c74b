"""Usage lines: a month's calls per account, plan, direction, destination and jurisdiction."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from telebill_assets.rating.tariff import Tariff

LINE_KEYS = ("account_id", "plan_id", "currency", "direction", "destination", "jurisdiction", "usage_type")
MINUTES = "decimal(18,6)"
PRICE_DECIMALS = 8


def usage_lines(aggregates: DataFrame, tariff: Tariff) -> DataFrame:
    """One line per account, plan, direction, destination, jurisdiction and usage type; amounts are summed exactly.

    The unit price is shown where all calls of the line had one and the same price per minute.
    """
    spark = aggregates.sparkSession
    prices = spark.createDataFrame(_minute_prices(tariff), "rate_id string, minute_price long")
    summed = (
        aggregates.join(F.broadcast(prices), "rate_id", "left")
        .groupBy(*LINE_KEYS)
        .agg(
            F.sum("calls").alias("calls"),
            F.sum("units").alias("units"),
            F.sum("talk_s").alias("talk_s"),
            F.sum("billed_s").alias("billed_s"),
            F.sum("charge").alias("exact_amount"),
            F.min("minute_price").alias("lowest"),
            F.max("minute_price").alias("highest"),
            F.count_if(F.col("minute_price").isNull()).alias("without_price"),
            F.min("call_date").alias("service_from"),
            F.max("call_date").alias("service_to"),
        )
    )
    same_price = (F.col("lowest") == F.col("highest")) & (F.col("without_price") == 0)
    price = F.col("lowest").cast("decimal(18,0)") / F.lit(10**PRICE_DECIMALS).cast("decimal(9,0)")
    sms = F.col("usage_type") == "sms"
    named = with_destination_name(summed, tariff)
    return named.select(
        *LINE_KEYS,
        F.concat_ws(
            "-", "account_id", F.lit("usage"), "plan_id", "direction", "destination", "jurisdiction", _unless_voice()
        ).alias("line_id"),
        F.lit("usage").alias("line_kind"),
        F.concat(F.lit("usage_"), "jurisdiction").alias("product"),
        usage_description().alias("description"),
        "calls",
        "talk_s",
        "billed_s",
        F.when(sms, F.col("units")).otherwise(minutes(F.col("billed_s"))).cast(MINUTES).alias("quantity"),
        F.when(sms, "msg").otherwise("min").alias("unit"),
        F.when(same_price, price).alias("unit_price"),
        "exact_amount",
        "service_from",
        "service_to",
    )


def minutes(seconds: Column) -> Column:
    """Seconds as minutes with six decimals."""
    return F.round(seconds.cast("decimal(18,0)") / F.lit(60), 6).cast(MINUTES)


def usage_description() -> Column:
    """What the calls of a line were."""
    inbound, kind = F.col("direction") == "inbound", F.col("usage_type")
    way = (
        F.when((kind == "sms") & inbound, "Inbound messages, ")
        .when(kind == "sms", "Messages to ")
        .when(kind == "conference", "Conferences, ")
        .when(inbound, "Inbound calls, ")
        .otherwise("Calls to ")
    )
    return F.concat(way, destination_and_jurisdiction())


def destination_and_jurisdiction() -> Column:
    """Such as 'United States, interstate'."""
    return F.concat("destination_name", F.lit(", "), F.translate("jurisdiction", "_", "-"))


def with_destination_name(lines: DataFrame, tariff: Tariff) -> DataFrame:
    """Add the destination's name on the invoice as destination_name."""
    names = [(row["destination"], row["destination_name"]) for row in tariff.destinations]
    frame = lines.sparkSession.createDataFrame(names, "destination string, destination_name string")
    return lines.join(F.broadcast(frame), "destination")


def _unless_voice() -> Column:
    return F.nullif("usage_type", F.lit("voice"))


def _minute_prices(tariff: Tariff) -> list[tuple[str, int]]:
    """Rates that cost the same every minute, as whole numbers of 10^-8."""
    prices = zip(tariff.rates.ids.to_pylist(), tariff.rates.minute_prices(PRICE_DECIMALS).tolist(), strict=True)
    return [(rate_id, price) for rate_id, price in prices if price >= 0]
