"""Uniqueness: no two rows of a table share its key."""

from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.masking import mask
from telebill_assets.schemas.table import TableModel, table_name

SAMPLES = 5


def unique_check(frame: DataFrame, model: TableModel) -> CheckResult:
    """Prove that the columns of the model's `unique` are unique.

    Keys are counted by a 64-bit hash first. Only if a hash repeats, which is nearly always a real duplicate,
    are the keys themselves compared.
    """
    columns = list(model.to_schema().unique)
    keys = frame.select(*columns).withColumn("key_hash", F.xxhash64(*columns))
    hashes = keys.groupBy("key_hash").count()
    counted = hashes.agg(
        F.coalesce(F.sum("count"), F.lit(0)).alias("rows"), F.count_if(F.col("count") > 1).alias("twice")
    )
    row = counted.first()
    rows, suspects = (row["rows"], row["twice"]) if row else (0, 0)
    duplicates, samples = _duplicates(keys, hashes, columns) if suspects else (0, [])
    return CheckResult(
        name=f"{table_name(model)}_unique",
        description=f"No two rows of {table_name(model)} share {', '.join(columns)}",
        passed=not duplicates,
        figure=f"{duplicates:,} duplicates in {rows:,} rows",
        failures={", ".join(columns): duplicates} if duplicates else {},
        samples=samples,
    )


def _duplicates(keys: DataFrame, hashes: DataFrame, columns: Sequence[str]) -> tuple[int, list[str]]:
    """How many rows repeat a key, and a few of those keys, masked."""
    suspects = keys.join(F.broadcast(hashes.where("count > 1").select("key_hash")), "key_hash", "left_semi")
    repeated = suspects.groupBy(*columns).count().where("count > 1")
    total = repeated.agg(F.coalesce(F.sum(F.col("count") - 1), F.lit(0)).alias("n")).first()
    samples = [", ".join(mask(str(row[name])) for name in columns) for row in repeated.limit(SAMPLES).collect()]
    return (total["n"] if total else 0), samples
