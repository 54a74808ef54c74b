"""Pricing, sums and comparisons of Spark frames, for the jobs that still compute on them."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import polars as pl
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import StructType

from telebill_assets.audit.controls.rerate import CALL, MOMENTS, PRICE, SEED
from telebill_assets.audit.ledger import ledger_rows
from telebill_assets.rating.call import price_calls as core
from telebill_assets.rating.call.aggregates import MEASURES, STAGE
from telebill_assets.rating.tariff import Tariff
from telebill_assets.spark.legacy import spark_schema
from telebill_assets.tables.daily_aggregates import DailyAggregates

PRICED_TYPES = {"billed_s": "long", "charge": "decimal(18,10)"}


def price_calls(calls: DataFrame, tariff: Tariff) -> DataFrame:
    """The calls with the columns of `rating.call.price_calls`, priced by it batch by batch."""
    added = ", ".join(f"{name} {PRICED_TYPES.get(name, 'string')}" for name in core.PRICED)
    schema = StructType([*calls.schema, *StructType.fromDDL(added)])

    def price(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            priced = core.price_calls(pl.DataFrame(pl.from_arrow(batch)), tariff).select(core.PRICED)
            table = priced.to_arrow(compat_level=pl.CompatLevel.oldest()).combine_chunks()
            columns = [_plain(column) for column in table.itercolumns()]
            yield pa.RecordBatch.from_arrays([*batch.columns, *columns], names=schema.names)

    return calls.mapInArrow(price, schema)


def _plain(column: pa.ChunkedArray) -> pa.Array:
    whole = column.combine_chunks()
    return whole.cast(pa.string()) if pa.types.is_large_string(whole.type) else whole


def aggregate(priced: DataFrame) -> DataFrame:
    """Rows of daily_aggregates from priced calls (validated_usage with the columns of price_calls)."""
    schema = spark_schema(DailyAggregates)
    keys = [name for name in schema.names if name not in MEASURES]
    return (
        priced.where("unpriced IS NULL")
        .groupBy(*keys)
        .agg(
            F.count("*").alias("calls"),
            F.sum("units").alias("units"),
            F.sum("talk_s").alias("talk_s"),
            F.sum("billed_s").alias("billed_s"),
            F.sum("charge").cast(schema["charge"].dataType).alias("charge"),
        )
    )


def unpriced_calls(priced: DataFrame) -> DataFrame:
    """Calls without plan or rate, as rows of suspended_usage for the stage daily_aggregates, less the raw text."""
    expected = F.when(F.col("unpriced") == "no_plan", "expected a subscription valid on the call's date").otherwise(
        F.concat_ws("", F.lit("expected a rate for destination "), "destination", F.lit(" on the call's date"))
    )
    return priced.where("unpriced IS NOT NULL").select(
        "landing_day",
        F.lit("daily_aggregates").alias("stage"),
        F.col("unpriced").alias("reason"),
        F.concat(F.lit("priced:"), "unpriced").alias("rule"),
        F.when(F.col("unpriced") == "no_plan", "account_id").otherwise("callee").alias("field"),
        expected.alias("detail"),
        "record_key",
        "path",
        "file_id",
        "line",
        "source",
        "start_at",
        "talk_s",
        "account_id",
    )


def counted(priced: DataFrame, day: date) -> DataFrame:
    """Ledger rows of priced calls: per file, what was priced and what was suspended for which reason."""
    outcome = F.when(F.col("unpriced").isNull(), "priced").otherwise("suspended")
    sums = priced.groupBy(
        "path", "source", "currency", outcome.alias("outcome"), F.col("unpriced").alias("reason")
    ).agg(
        F.count("*").alias("records"),
        F.sum("talk_s").alias("talk_s"),
        F.sum("billed_s").alias("billed_s"),
        F.sum("charge").alias("amount"),
    )
    return ledger_rows(sums, STAGE, day)


def sample_calls(priced: DataFrame, size: int) -> list[dict[str, Any]]:
    """The calls whose keys have the lowest hashes: the same ones in every run of the day."""
    lottery = F.xxhash64(F.lit(SEED), "record_key")
    columns = [name for name in ("path", "line", *CALL, *PRICE) if name in priced.columns]
    moments = [F.unix_seconds(column).alias(name) for name, column in MOMENTS.items()]
    chosen = priced.select(*columns, *moments, lottery.alias("lottery")).orderBy("lottery", "path", "line").limit(size)
    return [row.asDict() for row in chosen.collect()]
