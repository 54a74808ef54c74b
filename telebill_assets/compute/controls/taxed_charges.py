"""The controls of taxed_charges: the lines are those that were published, and each has all that its tax needs."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.controls.agreement import LINES, agreement
from telebill_assets.audit.controls.tax_coverage import COVERAGE, tax_coverage
from telebill_assets.compute.context import JobContext
from telebill_assets.tables.ledger import Ledger
from telebill_assets.tables.reference.accounts import Accounts
from telebill_assets.tables.reference.products import Products

CONTROLS = (LINES, COVERAGE)


def check(context: JobContext, lines: DataFrame, taxed: DataFrame) -> list[CheckResult]:
    """Judge the month: its published charge lines, and the new rows of taxed_charges."""
    ledger = context.lake.read(context.spark, Ledger, period=context.partition, stage="rated_usage")
    read = lines.select("currency", "line_kind", F.lit(1).alias("records"), F.col("exact_amount").alias("amount"))
    kinds = ledger.withColumnRenamed("outcome", "line_kind")
    return [
        agreement(LINES, read, kinds, ("currency", "line_kind"), ("records", "amount")),
        tax_coverage(lines, taxed, context.reference(Accounts), context.reference(Products)),
    ]
