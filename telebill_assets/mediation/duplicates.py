"""One call, one bill: rows that share a record key are copies of one record, or legs of one call.

Of the rows of a key one is the call's own: of copies the first arrival, of legs the one with the longest talk. A row
that says the same as an earlier one of its key is a duplicate; any other accompanies the call. Both keep the row
that stands for the call.

Hashes of keys are compared first, those of all rows of a day. Only rows whose hash is contested, because another row
of the day or a call of an earlier day has it too, are brought together and compared in full.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import polars as pl

from telebill_assets.mediation.record_keys import KEY_COLUMNS, key_hash, with_record_keys
from telebill_assets.mediation.validate import Limits

ARRIVAL = ("path", "line")
HASH_COLUMNS = ("path", "leg_kind", *KEY_COLUMNS)
"""The columns of raw_cdr that `key_hashes` needs."""

KNOWN = pl.Schema(
    {
        "record_key": pl.String(),
        "known_day": pl.Date(),
        "known_path": pl.String(),
        "known_line": pl.Int64(),
        "known_start": pl.Datetime("us", "UTC"),
        "known_talk": pl.Int64(),
    }
)
"""A call of an earlier landing day."""

SURPLUS = {
    "verdict": pl.String,
    "verdict_reason": pl.String,
    "winner_day": pl.Date,
    "winner_path": pl.String,
    "winner_line": pl.Int64,
}
"""What is said of a row that does not stand for a call."""


def key_hashes(raw: pl.DataFrame, files: pl.DataFrame, limits: Limits) -> pl.DataFrame:
    """Key hashes of rows that may be in play, and which of them may stand for a call of an earlier landing day.

    Columns: key_hash; old_date, the UTC date of calls that began before the landing day, else null; and may_be_known:
    calls with an old_date, and legs that began on the UTC date on which the landing day began, since their call may
    have begun before it. Rows of files that were not landed are
    never in play, and rows that are too old only if they accompany a call. That another rule stops a row is not known
    yet, so there may be more hashes and dates than needed.

    Args:
        raw: rows of raw_cdr with HASH_COLUMNS.
        files: the file register of the landing day.
        limits: of the landing day.
    """
    landed = files.filter(pl.col("status") == "landed").select("path")
    too_old = (pl.col("start_at") < limits.oldest.astimezone(UTC)) & (pl.col("leg_kind") != "accompanying")
    rows = raw.join(landed, on="path", how="semi").filter(~too_old.fill_null(value=False))
    day_begin = limits.day_begin.astimezone(UTC)
    began_before = pl.col("start_at") < day_begin
    began_on_that_date = pl.col("start_at").dt.date() <= (day_begin - timedelta(microseconds=1)).date()
    return with_record_keys(rows).select(
        key_hash(),
        pl.when(began_before).then(pl.col("start_at").dt.date()).alias("old_date"),
        (began_before | (pl.col("one_call") & began_on_that_date)).alias("may_be_known"),
    )


def old_call_dates(hashes: pl.DataFrame) -> list[date]:
    """UTC dates of calls that began before their landing day: only these can have landed before."""
    return hashes["old_date"].drop_nulls().unique().sort().to_list()


def repeated(hashes: pl.Series) -> pl.Series:
    """The hashes that occur more than once."""
    return hashes.filter(hashes.is_duplicated()).unique()


def known_calls(earlier: pl.LazyFrame, dates: Sequence[date], hashes: pl.Series | None = None) -> pl.LazyFrame:
    """Calls of earlier landing days that began on one of these dates: columns of KNOWN.

    Args:
        earlier: validated_usage of earlier landing days.
        dates: UTC dates of the `old_call_dates` of the day. Only calls of these dates are read, because a copy began
            when its original did.
        hashes: only calls whose key has one of these hashes; None: all.
    """
    began = pl.any_horizontal([_on(day) for day in dates]) if dates else pl.lit(value=False)
    then = earlier.filter(began).select(
        "record_key",
        known_day="landing_day",
        known_path="path",
        known_line="line",
        known_start="start_at",
        known_talk="talk_s",
    )
    return then if hashes is None else then.filter(key_hash().is_in(hashes.implode()))


def _on(day: date) -> pl.Expr:
    """As a range, which the statistics of Parquet files can be held against."""
    begin = pl.lit(datetime(day.year, day.month, day.day, tzinfo=UTC), pl.Datetime("us", "UTC"))
    return (pl.col("start_at") >= begin) & (pl.col("start_at") < begin.dt.offset_by("1d"))


def rank() -> pl.Expr:
    """How well a judged row may stand for a call, 0 being best; null if it is not in play, because a rule stops it."""
    return (
        pl.when(pl.col("outcome").is_null())
        .then(0)
        .when(pl.col("reason").is_in(["unanswered", "internal"]))
        .then(1)
        .when(pl.col("reason") == "accompanying_row")
        .then(2)
    )


def surplus_rows(rows: pl.DataFrame, known: pl.DataFrame, dates: Sequence[date]) -> pl.DataFrame:
    """Rows that do not stand for a call, because another row does: path, line, and the columns of SURPLUS.

    Of three copies of a record the second and third are surplus, with the verdict `duplicate`; of two legs of 30 s and
    50 s the first is, with the verdict `non_billable`. Each names the path and line of the row that is billed.

    Args:
        rows: judged rows of one landing day. All rows in play of a key must be among them.
        known: calls of earlier landing days, from `known_calls`.
        dates: the `old_call_dates` of the day. A known call counts if a row of its key began on one of them.
    """
    play = rows.with_columns(rank=rank()).filter(pl.col("rank").is_not_null())
    again = play.filter(pl.col("start_at").dt.date().is_in(list(dates))).select("record_key")
    one_call, is_known = pl.col("one_call"), pl.col("known_day").is_not_null()
    longest_first = [pl.when(one_call).then(-pl.col("talk_s")), pl.when(one_call).then("start_at")]
    ordered = play.join(known.join(again, on="record_key", how="semi"), on="record_key", how="left").sort(
        "rank", *longest_first, *ARRIVAL
    )
    said_before = ~one_call | (pl.int_range(pl.len()).over("record_key", "content_hash") > 0)
    said_then = ~one_call | ((pl.col("start_at") == pl.col("known_start")) & (pl.col("talk_s") == pl.col("known_talk")))
    placed = ordered.with_columns(
        copy=said_before | (is_known & said_then),
        place=pl.int_range(pl.len()).over("record_key"),
        **{f"first_{name}": pl.col(name).first().over("record_key") for name in ("rank", *ARRIVAL)},
    ).filter(is_known | (pl.col("place") > 0))
    named = pl.col("copy") | (pl.col("first_rank") < 2)  # rows that only accompany may have no call to name
    return placed.select(
        *ARRIVAL,
        pl.when("copy").then(pl.lit("duplicate")).otherwise(pl.lit("non_billable")).alias("verdict"),
        pl.when("copy").then(pl.lit("duplicate_record")).otherwise(pl.lit("accompanying_row")).alias("verdict_reason"),
        pl.coalesce("known_day", pl.when(named).then("landing_day")).alias("winner_day"),
        pl.coalesce("known_path", pl.when(named).then("first_path")).alias("winner_path"),
        pl.coalesce("known_line", pl.when(named).then("first_line")).alias("winner_line"),
    )
