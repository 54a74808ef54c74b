"""The sums of priced calls: rows of daily_aggregates and of the ledger, and the calls that have no price.

A task prices a part of a day, so every sum here can be made of parts: the same key in two parts becomes one row.
"""

from collections.abc import Sequence

import polars as pl

from telebill_assets.tables.daily_aggregates import DailyAggregates
from telebill_assets.tables.table import conform, polars_schema
from telebill_assets.tables.types import known_sum

STAGE = "daily_aggregates"
MEASURES = ("calls", "units", "talk_s", "billed_s", "charge")
KEYS = tuple(name for name in polars_schema(DailyAggregates) if name not in MEASURES)
"""Columns of daily_aggregates that are not summed."""
OUTCOME_KEYS = ("path", "source", "currency", "outcome", "reason")
OUTCOME_MEASURES = ("records", "talk_s", "billed_s", "amount")
SUSPENDED = ("landing_day", "record_key", "path", "file_id", "line", "source", "start_at", "talk_s", "account_id")
"""Columns that a suspended call takes from validated_usage."""


def aggregate(priced: pl.DataFrame) -> pl.DataFrame:
    """Rows of daily_aggregates from priced calls: validated_usage with the columns of price_calls."""
    calls = priced.filter(pl.col("unpriced").is_null())
    summed = calls.group_by(KEYS).agg(pl.len().alias("calls"), pl.col(MEASURES[1:]).sum())
    return conform(summed, DailyAggregates)


def merge_aggregates(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """The rows of daily_aggregates of several parts of a day; rows of the same key are summed."""
    return conform(pl.concat(parts).group_by(KEYS).agg(pl.col(MEASURES).sum()), DailyAggregates)


def outcomes(priced: pl.DataFrame) -> pl.DataFrame:
    """Of every file, what was priced and what was suspended for which reason: OUTCOME_KEYS and OUTCOME_MEASURES.

    Suspended calls have no billed_s and no amount, which is not the same as nothing billed.
    """
    outcome = pl.when(pl.col("unpriced").is_null()).then(pl.lit("priced")).otherwise(pl.lit("suspended"))
    named = priced.with_columns(outcome.alias("outcome"), reason="unpriced", amount="charge")
    sums = [known_sum(name) for name in OUTCOME_MEASURES[1:]]
    return named.group_by(OUTCOME_KEYS).agg(pl.len().cast(pl.Int64).alias("records"), *sums)


def merge_outcomes(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """The outcomes of several parts of a day; rows of the same file and outcome are summed."""
    return pl.concat([_NO_OUTCOMES, *parts]).group_by(OUTCOME_KEYS).agg(known_sum(name) for name in OUTCOME_MEASURES)


_NO_OUTCOMES = pl.DataFrame(
    schema={
        **dict.fromkeys(OUTCOME_KEYS, pl.String),
        **dict.fromkeys(OUTCOME_MEASURES[:-1], pl.Int64),
        "amount": pl.Decimal(38, 10),
    }
)


def unpriced_calls(priced: pl.DataFrame) -> pl.DataFrame:
    """Calls without plan or rate, as rows of suspended_usage for the stage daily_aggregates, less the raw text."""
    no_plan = pl.col("unpriced") == "no_plan"
    to = pl.col("destination").fill_null("")
    expected = pl.format("expected a rate for destination {} on the call's date", to)
    return priced.filter(pl.col("unpriced").is_not_null()).select(
        pl.lit(STAGE).alias("stage"),
        pl.col("unpriced").alias("reason"),
        pl.format("priced:{}", "unpriced").alias("rule"),
        pl.when(no_plan).then(pl.lit("account_id")).otherwise(pl.lit("callee")).alias("field"),
        pl.when(no_plan)
        .then(pl.lit("expected a subscription valid on the call's date"))
        .otherwise(expected)
        .alias("detail"),
        *SUSPENDED,
    )
