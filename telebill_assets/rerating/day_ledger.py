"""The ledger of a day of which only some calls were priced again.

Records and seconds move per file: each call that enters or leaves suspense is known. The published aggregates do not
know files, so what re-pricing changes in the amount of calls that stay priced is one row without a file.
"""

from datetime import date

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from telebill_assets.audit.ledger import ledger_rows
from telebill_assets.compute.jobs.daily_aggregates import STAGE

KEYS = ("path", "source", "currency", "outcome", "reason")
MEASURES = ("records", "talk_s", "billed_s", "amount")
NOTHING = F.lit(None).cast("string")
ZERO = F.lit(0)


def shifted(  # noqa: PLR0917  # the five tables of a day
    published: DataFrame, priced: DataFrame, aggregates: DataFrame, suspended: DataFrame, accounts: DataFrame, day: date
) -> DataFrame:
    """The day's ledger after some of its calls were priced again.

    Args:
        published: the day's ledger rows of daily_aggregates as they are published.
        priced: the calls priced again.
        aggregates: the published aggregates that these calls replace.
        suspended: the day's calls that were suspended for want of a plan or rate.
        accounts: the accounts, for the currency of calls that have no plan any more.
        day: the landing day.
    """
    was = suspended.select("path", "line", F.col("reason").alias("was"))
    currencies = accounts.select("account_id", F.col("currency").alias("account_currency"))
    calls = priced.join(F.broadcast(was), ["path", "line"], "left").join(F.broadcast(currencies), "account_id", "left")
    moved = calls.where(~F.col("was").eqNullSafe(F.col("unpriced")))
    left, entered = moved.where("was IS NOT NULL"), moved.where("unpriced IS NOT NULL")
    currency_then = F.when(F.col("was") != "no_plan", F.col("currency"))
    currency = F.coalesce("currency", "account_currency")
    parts = [
        published.select(*KEYS, *[F.coalesce(name, ZERO).alias(name) for name in MEASURES]),
        _records(left, -1, currency_then, "suspended", F.col("was")),
        _records(entered, 1, F.col("currency"), "suspended", F.col("unpriced")),
        _records(moved.where("was IS NULL"), -1, currency, "priced", NOTHING),
        _records(moved.where("unpriced IS NULL"), 1, currency, "priced", NOTHING),
        _amounts(moved.where("unpriced IS NULL"), F.col("path"), F.col("source"), 1),
        _amounts(calls.where("was IS NULL AND unpriced IS NULL"), NOTHING, NOTHING, 1),
        _amounts(aggregates, NOTHING, NOTHING, -1),
    ]
    rows = parts[0]
    for part in parts[1:]:
        rows = rows.unionByName(part)
    summed = rows.groupBy(*KEYS).agg(*[F.sum(name).alias(name) for name in MEASURES])
    return ledger_rows(summed.where(" OR ".join(f"{name} != 0" for name in MEASURES)), STAGE, day)


def _records(calls: DataFrame, sign: int, currency: Column, outcome: str, reason: Column) -> DataFrame:
    """One signed row per call: the record and its seconds."""
    return calls.select(
        "path",
        "source",
        currency.alias("currency"),
        F.lit(outcome).alias("outcome"),
        reason.alias("reason"),
        F.lit(sign).cast("long").alias("records"),
        (F.col("talk_s") * sign).alias("talk_s"),
        ZERO.cast("long").alias("billed_s"),
        ZERO.cast("decimal(28,10)").alias("amount"),
    )


def _amounts(rows: DataFrame, path: Column, source: Column, sign: int) -> DataFrame:
    """One signed row per call or aggregate: billed seconds and charge."""
    return rows.select(
        path.alias("path"),
        source.alias("source"),
        "currency",
        F.lit("priced").alias("outcome"),
        NOTHING.alias("reason"),
        ZERO.cast("long").alias("records"),
        ZERO.cast("long").alias("talk_s"),
        (F.col("billed_s") * sign).alias("billed_s"),
        (F.col("charge") * sign).cast("decimal(28,10)").alias("amount"),
    )
