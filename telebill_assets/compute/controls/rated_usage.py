"""The controls of rated_usage: the month reads what the days published, and charges each account its own calls."""

from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.controls.agreement import ACCOUNTS, AGGREGATES, agreement
from telebill_assets.audit.controls.services import UNUSED, unused_services
from telebill_assets.compute.context import JobContext
from telebill_assets.compute.controls.thresholds import published_thresholds
from telebill_assets.tables.ledger import Ledger
from telebill_assets.tables.reference.services import Services

CONTROLS = (AGGREGATES, ACCOUNTS, UNUSED)
MEASURES = ("records", "talk_s", "billed_s", "amount")


def check(context: JobContext, aggregates: DataFrame, lines: DataFrame, days: list[date]) -> list[CheckResult]:
    """Judge the month: the aggregates of its days, and the new charge lines."""
    counted = aggregates.withColumnsRenamed({"landing_day": "period", "calls": "records", "charge": "amount"})
    ledger = context.lake.read(context.spark, Ledger, period=days, stage="daily_aggregates")
    usage = lines.where("line_kind = 'usage'").select(
        "account_id",
        "currency",
        F.col("calls").alias("records"),
        "talk_s",
        "billed_s",
        F.col("exact_amount").alias("amount"),
    )
    return [
        agreement(AGGREGATES, counted, ledger.where("outcome = 'priced'"), ("period", "currency"), MEASURES),
        agreement(ACCOUNTS, usage, counted, ("account_id", "currency"), MEASURES),
        unused_services(context.reference(Services), aggregates, days[0], days[-1], published_thresholds(context)),
    ]
