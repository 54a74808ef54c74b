"""Record keys: what makes two rows rows of one call."""

import polars as pl
import polars_hash as plh

KEY_COLUMNS = (
    *("source", "call_key", "call_id", "leg", "caller", "callee", "start_at", "talk_s", "service_key", "usage_type"),
)
"""The columns of raw_cdr that the record key is made of."""

SAID = ("call_id", "leg", "caller", "callee", "start_at", "answer_at", "end_at", "talk_s", "total_s", "disposition")
"""What a row says about a call; numbers as the source wrote them."""


def with_record_keys(records: pl.DataFrame) -> pl.DataFrame:
    """Add record_key and one_call (whether rows of one key are legs of one call).

    The record key is the source with the key of the call; else with the record's own id and leg; else with a hash of
    the fields that make a call what it is. Examples: `pbx:1585918931.7`, `sbc:r4:b`.
    """
    one_call = pl.col("call_key").is_not_null()
    own_id = pl.when(pl.col("call_id").is_not_null()).then(_joined(":", "source", "call_id", "leg"))
    key = pl.when(one_call).then(_joined(":", "source", "call_key")).otherwise(own_id)
    keyed = records.with_columns(key.alias("record_key"), one_call.alias("one_call"))
    nameless = keyed["record_key"].is_null().arg_true()
    if nameless.is_empty():
        return keyed
    hashed = records[nameless].select(_joined(":", "source", _content_sha256())).to_series()
    return keyed.with_columns(keyed["record_key"].scatter(nameless, hashed))


def _content_sha256() -> pl.Expr:
    content = _joined(
        "|",
        "caller",
        "callee",
        pl.col("start_at").dt.timestamp("us").cast(pl.String),
        pl.col("talk_s").cast(pl.String),
        "service_key",
        pl.when(pl.col("usage_type") != "voice").then("usage_type"),
    )
    return plh.concat_str(content).chash.sha2_256()


def _joined(separator: str, *texts: str | pl.Expr) -> pl.Expr:
    """The texts that are there with separators between them."""
    return pl.concat_str(*texts, separator=separator, ignore_nulls=True)


def key_hash() -> pl.Expr:
    """A short stand-in for the record key. It is the same in all tasks of a run, and is never stored."""
    return pl.col("record_key").hash().alias("key_hash")


def content_hash() -> pl.Expr:
    """A short stand-in for all that a row says."""
    return pl.struct(*SAID, "leg_kind").hash().alias("content_hash")
