"""The ledger of a day of which only some calls were priced again.

Records and seconds move per file: each call that enters or leaves suspense is known. The published aggregates do not
know files, so what re-pricing changes in the amount of calls that stay priced is one row without a file.
"""

from collections.abc import Sequence
from datetime import date

import polars as pl

from telebill_assets.audit.ledger import ledger_rows
from telebill_assets.rating.call.aggregates import OUTCOME_KEYS, OUTCOME_MEASURES, STAGE

NO_TEXT = pl.lit(None, pl.String)
AMOUNT = pl.Decimal(28, 10)


def shifts(priced: pl.DataFrame, suspended: pl.DataFrame, accounts: pl.DataFrame) -> pl.DataFrame:
    """What some calls that were priced again move in the day's ledger: signed rows of OUTCOME_KEYS, OUTCOME_MEASURES.

    A call of 60 s that had no rate and now costs 0.10 takes a record and 60 s from the suspended ones of its file, and
    gives a record, 60 s and 0.10 to the priced ones.

    Args:
        priced: the calls priced again.
        suspended: the day's calls that were suspended for want of a plan or rate.
        accounts: the accounts, for the currency of calls that have no plan any more.
    """
    was = suspended.select("path", "line", was="reason")
    currencies = accounts.select("account_id", account_currency="currency")
    calls = priced.join(was, on=["path", "line"], how="left").join(currencies, on="account_id", how="left")
    moved = calls.filter(pl.col("was").ne_missing(pl.col("unpriced")))
    left, entered = moved.filter(pl.col("was").is_not_null()), moved.filter(pl.col("unpriced").is_not_null())
    no_more, newly = moved.filter(pl.col("was").is_null()), moved.filter(pl.col("unpriced").is_null())
    stays = calls.filter(pl.col("was").is_null(), pl.col("unpriced").is_null())
    currency, known = pl.col("currency"), pl.coalesce("currency", "account_currency")
    return _summed(
        [
            _records(left, -1, pl.when(pl.col("was") != "no_plan").then(currency), "suspended", pl.col("was")),
            _records(entered, 1, currency, "suspended", pl.col("unpriced")),
            _records(no_more, -1, known, "priced", NO_TEXT),
            _records(newly, 1, known, "priced", NO_TEXT),
            _amounts(newly.lazy(), 1, pl.col("path"), pl.col("source")),
            _amounts(stays.lazy(), 1, NO_TEXT, NO_TEXT),
        ]
    )


def shifted(published: pl.DataFrame, moved: Sequence[pl.DataFrame], replaced: pl.LazyFrame, day: date) -> pl.DataFrame:
    """The day's ledger after some of its calls were priced again.

    Args:
        published: the day's ledger rows of daily_aggregates as they are published.
        moved: the `shifts` of all calls priced again.
        replaced: the published aggregates that these calls replace.
        day: the landing day.
    """
    before = published.lazy().select(*OUTCOME_KEYS, *(pl.col(name).fill_null(0) for name in OUTCOME_MEASURES))
    taken = _amounts(replaced, -1, NO_TEXT, NO_TEXT)
    rows = _summed([before, taken, *(part.lazy() for part in moved)])
    return ledger_rows(rows.filter(pl.any_horizontal(pl.col(OUTCOME_MEASURES) != 0)), STAGE, day)


def _summed(parts: Sequence[pl.LazyFrame]) -> pl.DataFrame:
    typed = [part.with_columns(pl.col("amount").cast(AMOUNT)) for part in parts]
    summed = pl.concat(typed).group_by(OUTCOME_KEYS).agg(pl.col(OUTCOME_MEASURES).sum())
    return summed.with_columns(pl.col("amount").cast(AMOUNT)).collect()


def _records(calls: pl.DataFrame, sign: int, currency: pl.Expr, outcome: str, reason: pl.Expr) -> pl.LazyFrame:
    """One signed row per call: the record and its seconds."""
    return calls.lazy().select(
        "path",
        "source",
        currency.alias("currency"),
        pl.lit(outcome).alias("outcome"),
        reason.alias("reason"),
        pl.lit(sign, pl.Int64).alias("records"),
        pl.col("talk_s") * sign,
        pl.lit(0, pl.Int64).alias("billed_s"),
        pl.lit(0).cast(AMOUNT).alias("amount"),
    )


def _amounts(rows: pl.LazyFrame, sign: int, path: pl.Expr, source: pl.Expr) -> pl.LazyFrame:
    """One signed row per call or aggregate: billed seconds and charge."""
    return rows.select(
        path.alias("path"),
        source.alias("source"),
        "currency",
        pl.lit("priced").alias("outcome"),
        NO_TEXT.alias("reason"),
        pl.lit(0, pl.Int64).alias("records"),
        pl.lit(0, pl.Int64).alias("talk_s"),
        pl.col("billed_s") * sign,
        (pl.col("charge").cast(AMOUNT) * sign).cast(AMOUNT).alias("amount"),
    )
