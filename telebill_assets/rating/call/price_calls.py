"""The price of a call: the one function that every price comes from."""

from collections.abc import Callable
from dataclasses import fields
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.pandas.functions import pandas_udf

from telebill_assets.rating.call.charging import Batch, charge_calls
from telebill_assets.rating.call.destinations import number_key_column
from telebill_assets.rating.call.plan_terms import LINE_DECIMALS
from telebill_assets.rating.call.price_list import Contract, PriceList
from telebill_assets.rating.call.rate_choice import WAYS_OF_A_TYPE
from telebill_assets.rating.tariff import Tariff
from telebill_assets.tables.reference.validity import FOREVER
from telebill_assets.tables.validated_usage import DIRECTIONS, JURISDICTIONS, USAGE_TYPES

CHARGE_TYPE = f"decimal(18,{LINE_DECIMALS})"
MOST = 10**18
CHARGED = "destination_nr int, band_nr int, rate_nr int, billed_s long, charge long, mixed boolean"
PRICED = (
    *("plan_id", "currency", "destination", "destination_name", "destination_group"),
    *("band", "rate_id", "billed_s", "charge", "unpriced"),
)
"""Columns that price_calls adds."""
MIXED = "+"
"""Ends the rate_id of a call whose charge is not that of its first rate alone."""


class ChargeTooLargeError(Exception):
    """A call that costs 100,000,000 or more: the tables have no room for it, and no tariff means it."""


def price_calls(calls: DataFrame, tariff: Tariff) -> DataFrame:
    """Price calls by the plan of their account on the call date.

    Args:
        calls: columns of validated_usage, of which account_id, call_date, start_at, answer_at, direction, caller,
            callee, talk_s, jurisdiction, usage_type and units decide the price. Without answer_at a call is answered
            when it starts; without usage_type all are voice; without units each is one.
        tariff: the published tariff.

    Returns:
        The calls with plan_id, currency, destination, destination_name, destination_group, band (of the first
        second), rate_id (of the first second; a + follows where other rates, a minimum or a maximum made the
        charge), billed_s (whole increments, seconds, times the participants of a conference), charge (decimal(18,10))
        and unpriced: null, or 'no_plan' or 'no_rate', whose calls have no charge.

    Raises:
        ChargeTooLargeError: in the Spark task, if a charge has more than eight digits before the point.
    """
    numbered = numbered_calls(calls, tariff).withColumn(
        "charged", charging(tariff.price_list)(*[F.col(f"numbered_{field.name}") for field in fields(Batch)])
    )
    spark = calls.sparkSession
    named = (
        numbered.join(
            F.broadcast(_destinations(spark, tariff)), F.col("charged.destination_nr") == F.col("nr_d"), "left"
        )
        .join(F.broadcast(_rates(spark, tariff)), F.col("charged.rate_nr") == F.col("nr_r"), "left")
        .withColumn("priced", F.col("nr_r").isNotNull())
    )
    unpriced = F.when(F.col("plan_id").isNull(), "no_plan").when(~F.col("priced"), "no_rate")
    bands = F.array(*[F.lit(band) for band in tariff.bands], F.lit(None).cast("string"))
    return named.select(
        *calls.columns,
        *("plan_id", "currency", "destination", "destination_name", "destination_group"),
        F.get(bands, "charged.band_nr").alias("band"),
        F.when(F.col("charged.mixed"), F.concat("rate_id", F.lit(MIXED))).otherwise(F.col("rate_id")).alias("rate_id"),
        F.when(F.col("priced"), F.col("charged.billed_s")).alias("billed_s"),
        F.when(F.col("priced"), _charge(F.col("charged.charge"))).alias("charge"),
        unpriced.alias("unpriced"),
    )


def numbered_calls(calls: DataFrame, tariff: Tariff) -> DataFrame:
    """Add plan_id and currency, and as numbered_<field> the numbers that a Batch is made of."""
    usage = F.col("usage_type") if "usage_type" in calls.columns else F.lit("voice")
    units = F.col("units") if "units" in calls.columns else F.lit(1)
    answer = F.col("answer_at") if "answer_at" in calls.columns else F.col("start_at")
    kind = (
        _number_in(USAGE_TYPES, usage) * WAYS_OF_A_TYPE
        + _number_in(JURISDICTIONS, F.col("jurisdiction")) * len(DIRECTIONS)
        + _number_in(DIRECTIONS, F.col("direction"))
    )
    planned = _with_contract(calls, tariff)
    by_origin = (F.col("direction") == "inbound") & (
        (F.col("jurisdiction") == "toll_free") | F.col("inbound_by_origin")
    )
    number = F.when(by_origin, F.coalesce("caller", "callee")).otherwise(F.col("callee"))
    numbers = {
        "key": number_key_column(number),
        "day": F.unix_date("call_date"),
        "kind": kind,
        "contract": F.coalesce("contract", F.lit(len(tariff.contracts))),
        "instant": F.unix_seconds(F.when(F.col("splits"), answer).otherwise(F.col("start_at"))),
        "talk_s": F.col("talk_s"),
        "units": units,
    }
    return planned.select(
        *calls.columns,
        *("plan_id", "currency"),
        *(column.cast("long").alias(f"numbered_{name}") for name, column in numbers.items()),
    )


def _with_contract(calls: DataFrame, tariff: Tariff) -> DataFrame:
    """The account's plan on the call date."""
    rows = [
        (
            row["account_id"],
            row["valid_from"],
            row["valid_to"],
            tariff.contracts[Contract(row["plan"], row["time_zone"])],
            row["plan_id"],
            plan["currency"],
            plan.get("inbound_on") != "called",
            plan.get("band_policy") == "split",
        )
        for row in tariff.subscriptions
        for plan in (tariff.plans[row["plan"]],)
    ]
    terms = "contract int, plan_id string, currency string, inbound_by_origin boolean, splits boolean"
    ddl = f"account_id string, valid_from date, valid_to date, {terms}"
    subscriptions = (
        calls.sparkSession.createDataFrame(rows, ddl)
        .withColumn("valid_to", F.coalesce("valid_to", F.lit(FOREVER).cast("date")))
        .alias("subscribed")
    )
    on_date = (F.col("call.account_id") == F.col("subscribed.account_id")) & F.col("call.call_date").between(
        F.col("subscribed.valid_from"), F.col("subscribed.valid_to")
    )
    names = [name.split()[0] for name in terms.split(", ")]
    return (
        calls.alias("call")
        .join(F.broadcast(subscriptions), on_date, "left")
        .select("call.*", *(F.col(f"subscribed.{name}") for name in names))
    )


def charging(prices: PriceList) -> Callable[..., Column]:
    """A column function from the numbers of calls to what they cost; whole Arrow batches go through numpy."""
    if prices.terms.decimals != LINE_DECIMALS:
        msg = f"a plan rounds to more than {LINE_DECIMALS} decimals, which the charge has no room for"
        raise ValueError(msg)

    @pandas_udf(CHARGED)  # type: ignore[call-overload]
    def charge(*columns: pd.Series) -> pd.DataFrame:
        charged = charge_calls(prices, Batch(*(column.to_numpy(np.int64) for column in columns)))
        if len(charged.charge) and np.abs(charged.charge).max() >= MOST:
            msg = "a call costs 100,000,000 or more; the rate or the duration cannot be right"
            raise ChargeTooLargeError(msg)
        return pd.DataFrame(
            {
                "destination_nr": charged.destination.astype(np.int32),
                "band_nr": charged.band.astype(np.int32),
                "rate_nr": charged.rate.astype(np.int32),
                "billed_s": charged.billed_s,
                "charge": charged.charge.astype(np.int64),
                "mixed": charged.mixed,
            }
        )

    return charge


def _number_in(names: tuple[str, ...], column: Column) -> Column:
    """Position of a value among names."""
    chain = F.when(column == names[0], 0)
    for i, name in enumerate(names[1:], start=1):
        chain = chain.when(column == name, i)
    return chain


def _destinations(spark: SparkSession, tariff: Tariff) -> DataFrame:
    names = ("destination_nr", "destination", "destination_name", "destination_group")
    return _frame(spark, [[row[name] for row in tariff.destinations] for name in names], ["nr_d", *names[1:]])


def _rates(spark: SparkSession, tariff: Tariff) -> DataFrame:
    ids = tariff.rates.ids
    return spark.createDataFrame(pa.table([pa.array(np.arange(len(ids), dtype=np.int32)), ids], ["nr_r", "rate_id"]))


def _frame(spark: SparkSession, columns: list[list[Any]], names: list[str]) -> DataFrame:
    types = [pa.int32(), *[pa.string()] * (len(names) - 1)]
    arrays = [pa.array(column, kind) for column, kind in zip(columns, types, strict=True)]
    return spark.createDataFrame(pa.table(arrays, names))


def _charge(units: Column) -> Column:
    """Units of the last decimal as an amount."""
    return (units.cast("decimal(18,0)") * F.lit(Decimal(1).scaleb(-LINE_DECIMALS))).cast(CHARGE_TYPE)
