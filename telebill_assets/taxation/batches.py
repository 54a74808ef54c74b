"""Batches: whole invoices travel together, so that an invoice is never half taxed."""

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F


def with_batch(lines: DataFrame, batch_lines: int) -> DataFrame:
    """Add `batch`: accounts in order, a new batch after every `batch_lines` lines; an account is never split."""
    per_account = lines.groupBy("account_id").agg(F.count("*").alias("lines"))
    before = Window.orderBy("account_id").rowsBetween(Window.unboundedPreceding, -1)
    lines_before = F.coalesce(F.sum("lines").over(before), F.lit(0))
    numbered = per_account.select("account_id", F.floor(lines_before / F.lit(batch_lines)).alias("batch"))
    return lines.join(F.broadcast(numbered), "account_id")
