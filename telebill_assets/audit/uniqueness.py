"""Uniqueness: no two rows of a table share its key."""

from collections.abc import Mapping, Sequence
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.masking import mask
from telebill_assets.tables.table import TableModel, table_name, unique_columns

SAMPLES = 5


def unique_check(frame: DataFrame, model: TableModel) -> CheckResult:
    """Prove that the columns of the model's `unique` are unique."""
    found = repeated_hashes(frame, model).first()
    return unique_verdict(frame, model, found.asDict() if found else {"rows": 0, "twice": 0})


def repeated_hashes(frame: DataFrame, model: TableModel) -> DataFrame:
    """One row: `rows`, and how many 64-bit hashes of the key occur `twice` or more."""
    return _hashes(_keys(frame, unique_columns(model))).agg(
        F.coalesce(F.sum("count"), F.lit(0)).alias("rows"), F.count_if(F.col("count") > 1).alias("twice")
    )


def unique_verdict(frame: DataFrame, model: TableModel, found: Mapping[str, Any]) -> CheckResult:
    """The verdict on what `repeated_hashes` found.

    Only if a hash repeats, which is nearly always a real duplicate, are the keys themselves compared.
    """
    columns = unique_columns(model)
    duplicates, samples = _duplicates(frame, columns) if found["twice"] else (0, [])
    return CheckResult(
        name=f"{table_name(model)}_unique",
        description=f"No two rows of {table_name(model)} share {', '.join(columns)}",
        passed=not duplicates,
        figure=f"{duplicates:,} duplicates in {found['rows']:,} rows",
        failures={", ".join(columns): duplicates} if duplicates else {},
        samples=samples,
    )


def _keys(frame: DataFrame, columns: Sequence[str]) -> DataFrame:
    return frame.select(*columns).withColumn("key_hash", F.xxhash64(*columns))


def _hashes(keys: DataFrame) -> DataFrame:
    return keys.groupBy("key_hash").count()


def _duplicates(frame: DataFrame, columns: Sequence[str]) -> tuple[int, list[str]]:
    """How many rows repeat a key, and a few of those keys, masked."""
    keys = _keys(frame, columns)
    repeats = _hashes(keys).where("count > 1").select("key_hash")
    suspects = keys.join(F.broadcast(repeats), "key_hash", "left_semi")
    repeated = suspects.groupBy(*columns).count().where("count > 1")
    total = repeated.agg(F.coalesce(F.sum(F.col("count") - 1), F.lit(0)).alias("n")).first()
    rows = repeated.orderBy(*columns).limit(SAMPLES).collect()
    samples = [", ".join(mask(str(row[name])) for name in columns) for row in rows]
    return (total["n"] if total else 0), samples
