"""Usage lines: a month's calls per account, plan, direction, destination and jurisdiction."""

import polars as pl
from polars import selectors

from telebill_assets.rating.month.charge_kind import ChargeKind
from telebill_assets.rating.month.exact import PRICE, QUANTITY, decimal, half_up
from telebill_assets.rating.tariff import Tariff

LINE_KEYS = ("account_id", "plan_id", "currency", "direction", "destination", "jurisdiction", "usage_type")
MEASURES = ("calls", "units", "talk_s", "billed_s", "charge")


def alphabetical(aggregates: pl.DataFrame) -> pl.DataFrame:
    """The texts as numbers in their alphabetical order: many rows are grouped and sorted in less than half the time."""
    return aggregates.with_columns(
        texts.cast(pl.Enum(texts.drop_nulls().unique().sort())) for texts in aggregates.select(selectors.string())
    )


def calls_by_rate(aggregates: pl.DataFrame) -> pl.DataFrame:
    """LINE_KEYS, rate_id, sums of MEASURES, and first and last call date: what of a month usage lines look at."""
    summed = aggregates.group_by(*LINE_KEYS, "rate_id").agg(
        *[pl.col(name).sum() for name in MEASURES],
        pl.col("call_date").min().alias("service_from"),
        pl.col("call_date").max().alias("service_to"),
    )
    return summed.with_columns(selectors.enum().cast(pl.String))


def usage_lines(calls: pl.DataFrame, tariff: Tariff) -> pl.DataFrame:
    """One line per account, plan, direction, destination, jurisdiction and usage type; amounts are summed exactly.

    The unit price is shown where all calls of the line had one and the same price per minute.

    Args:
        calls: made by `calls_by_rate`.
        tariff: the published tariff.
    """
    price = pl.col("minute_price")
    summed = (
        calls.join(_minute_prices(tariff), on="rate_id", how="left")
        .group_by(*LINE_KEYS)
        .agg(
            *[pl.col(name).sum() for name in MEASURES],
            pl.when((price.min() == price.max()) & (price.null_count() == 0)).then(price.min()).alias("price"),
            pl.col("service_from").min(),
            pl.col("service_to").max(),
        )
    )
    sms = pl.col("usage_type") == "sms"
    names = ["account_id", pl.lit("usage"), "plan_id", "direction", "destination", "jurisdiction", _unless_voice()]
    return with_destination_name(summed, tariff).select(
        *LINE_KEYS,
        *("calls", "talk_s", "billed_s", "service_from", "service_to"),
        pl.concat_str(names, separator="-", ignore_nulls=True).alias("line_id"),
        pl.lit("usage").alias("line_kind"),
        pl.format("usage_{}", "jurisdiction").alias("product"),
        usage_description().alias("description"),
        pl.when(sms).then(pl.col("units").cast(QUANTITY)).otherwise(minutes(pl.col("billed_s"))).alias("quantity"),
        pl.when(sms).then(pl.lit("msg")).otherwise(pl.lit("min")).alias("unit"),
        decimal(pl.col("price"), PRICE).alias("unit_price"),
        pl.col("charge").alias("exact_amount"),
    )


def minutes(seconds: pl.Expr) -> pl.Expr:
    """Seconds as minutes with six decimals: 100 s are 1.666667."""
    return decimal(half_up(seconds.cast(pl.Int128) * 10**QUANTITY.scale, 60), QUANTITY)


def usage_description() -> pl.Expr:
    """What the calls of a line were."""
    inbound, kind = pl.col("direction") == "inbound", pl.col("usage_type")
    way = (
        pl.when((kind == "sms") & inbound)
        .then(pl.lit("Inbound messages, "))
        .when(kind == "sms")
        .then(pl.lit("Messages to "))
        .when(kind == "conference")
        .then(pl.lit("Conferences, "))
        .when(inbound)
        .then(pl.lit("Inbound calls, "))
        .otherwise(pl.lit("Calls to "))
    )
    return way + destination_and_jurisdiction()


def destination_and_jurisdiction() -> pl.Expr:
    """Such as 'United States, interstate'."""
    return pl.format("{}, {}", "destination_name", hyphenated("jurisdiction"))


def hyphenated(name: str) -> pl.Expr:
    """A code as people write it: toll-free."""
    return pl.col(name).str.replace_all("_", "-", literal=True)


def with_destination_name(lines: pl.DataFrame, tariff: Tariff) -> pl.DataFrame:
    """Add the destination's name on the invoice as destination_name."""
    names = {row["destination"]: row["destination_name"] for row in tariff.destinations}
    frame = pl.DataFrame(list(names.items()), {"destination": pl.String, "destination_name": pl.String}, orient="row")
    return lines.join(frame, on="destination")


def _unless_voice() -> pl.Expr:
    return pl.when(pl.col("usage_type") != "voice").then("usage_type")


def _minute_prices(tariff: Tariff) -> pl.DataFrame:
    """Rates that cost the same every minute, as whole numbers of 10^-8."""
    prices = tariff.rates.minute_prices(PRICE.scale).tolist()
    known = {"rate_id": tariff.rates.ids.to_pylist(), "minute_price": prices}
    return pl.DataFrame(known, {"rate_id": pl.String, "minute_price": pl.Int128}).filter(pl.col("minute_price") >= 0)


USAGE = ChargeKind(
    line_kinds=("usage",),
    lines=lambda given: usage_lines(given.calls, given.tariff),
    product="usage_ and the jurisdiction of the calls",
    reads=("rates", "destinations"),
)
