"""What a table's files must be read for once more: its key, and samples of the rows that broke a rule."""

import json
from collections.abc import Mapping
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.masking import mask
from telebill_assets.audit.measure import Counts, count_columns, failing, verdicts
from telebill_assets.audit.rules import rules
from telebill_assets.audit.uniqueness import repeated_hashes, unique_verdict
from telebill_assets.tables.table import TableModel, key_columns, unique_columns


def one_job_session(spark: SparkSession) -> SparkSession:
    """A session on the same cluster whose queries run as one Spark job each.

    Adaptive execution would make a job of every shuffle.
    """
    session = spark.newSession()
    session.conf.set("spark.sql.adaptive.enabled", "false")
    return session


def examine(content: DataFrame, model: TableModel, counts: Counts | None = None) -> list[CheckResult]:
    """The verdicts on a table's rules and on its key, in one Spark job; in none if there is nothing to read.

    Duplicates are named by further jobs, and so are failing rows if their rules were not counted before.

    Args:
        content: the written files, read by a `one_job_session`.
        model: the table.
        counts: what was counted while the files were written; None to count now.

    Returns:
        The checks named by `measure.check_names`, with the first and last failing key of each rule, masked.
    """
    parts: dict[str, DataFrame] = {}
    if counts is None:
        parts["counts"] = content.agg(*count_columns(model))
    elif _broken(model, counts):
        parts["samples"] = _ends(content, model)
    if unique_columns(model):
        parts["unique"] = repeated_hashes(content, model)
    found = _in_one_job(parts)
    if counts is None:
        (counts,) = found["counts"]
        if _broken(model, counts):
            found |= _in_one_job({"samples": _ends(content, model)})
    samples = {row["rule"]: _shown(row) for row in found.get("samples", [])}
    unique = [unique_verdict(content, model, row) for row in found.get("unique", [])]
    return [*verdicts(model, counts, samples), *unique]


def _broken(model: TableModel, counts: Counts) -> bool:
    return any(counts[rule.name] for rule in rules(model) if rule.passes)


def _ends(content: DataFrame, model: TableModel) -> DataFrame:
    """The first and the last key of the failing rows, by rule."""
    parts = [F.coalesce(F.col(name).cast("string"), F.lit("-")) for name in key_columns(model)]
    keys = failing(content, model).select(
        F.explode("failed_rules").alias("rule"), F.concat_ws(", ", *parts).alias("key")
    )
    return keys.groupBy("rule").agg(F.min("key").alias("first"), F.max("key").alias("last"))


def _shown(row: Mapping[str, str]) -> list[str]:
    return [mask(key) for key in dict.fromkeys((row["first"], row["last"]))]


def _in_one_job(parts: Mapping[str, DataFrame]) -> dict[str, list[dict[str, Any]]]:
    """The rows of several small results, by name."""
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in parts}
    if not parts:
        return found
    texts = [
        frame.select(F.lit(name).alias("part"), F.to_json(F.struct("*")).alias("row")) for name, frame in parts.items()
    ]
    union = texts[0]
    for text in texts[1:]:
        union = union.union(text)
    for part, row in union.collect():
        found[part].append(json.loads(row))
    return found
