"""The ledger of a day of which only some calls were priced again.

Records and seconds move per file: each call that enters or leaves suspense is known. The published aggregates do not
know files, so what re-pricing changes in the amount of calls that stay priced is one row without a file.
"""

from datetime import date
from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from telebill_assets.audit.ledger import ledger_rows
from telebill_assets.compute.jobs.daily_aggregates import STAGE

KEYS = ("path", "source", "currency", "outcome", "reason")
MEASURES = ("records", "talk_s", "billed_s", "amount")
NO_TEXT = "CAST(NULL AS STRING)"


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
    currency_then = "CASE WHEN was != 'no_plan' THEN currency END"
    currency = "coalesce(currency, account_currency)"
    stays = calls.where("was IS NULL AND unpriced IS NULL")
    no_more, newly = moved.where("was IS NULL"), moved.where("unpriced IS NULL")
    parts = [
        published.select(*KEYS, *[F.coalesce(name, F.lit(0)).alias(name) for name in MEASURES]),
        _records(left, -1, currency_then, "'suspended'", "was"),
        _records(entered, 1, "currency", "'suspended'", "unpriced"),
        _records(no_more, -1, currency, "'priced'", NO_TEXT),
        _records(newly, 1, currency, "'priced'", NO_TEXT),
        _amounts(newly, 1, "path", "source"),
        _amounts(stays, 1, NO_TEXT, NO_TEXT),
        _amounts(aggregates, -1, NO_TEXT, NO_TEXT),
    ]
    rows = reduce(DataFrame.unionByName, parts)
    summed = rows.groupBy(*KEYS).agg(*[F.sum(name).alias(name) for name in MEASURES])
    return ledger_rows(summed.where(" OR ".join(f"{name} != 0" for name in MEASURES)), STAGE, day)


def _records(calls: DataFrame, sign: int, currency: str, outcome: str, reason: str) -> DataFrame:
    """One signed row per call: the record and its seconds."""
    return calls.selectExpr(
        "path",
        "source",
        f"{currency} AS currency",
        f"{outcome} AS outcome",
        f"{reason} AS reason",
        f"CAST({sign} AS BIGINT) AS records",
        f"talk_s * {sign} AS talk_s",
        "CAST(0 AS BIGINT) AS billed_s",
        "CAST(0 AS DECIMAL(28, 10)) AS amount",
    )


def _amounts(rows: DataFrame, sign: int, path: str, source: str) -> DataFrame:
    """One signed row per call or aggregate: billed seconds and charge."""
    return rows.selectExpr(
        f"{path} AS path",
        f"{source} AS source",
        "currency",
        "'priced' AS outcome",
        f"{NO_TEXT} AS reason",
        "CAST(0 AS BIGINT) AS records",
        "CAST(0 AS BIGINT) AS talk_s",
        f"billed_s * {sign} AS billed_s",
        f"CAST(charge * {sign} AS DECIMAL(28, 10)) AS amount",
    )
