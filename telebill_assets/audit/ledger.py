"""The ledger: the rows each stage writes, and their sums."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from telebill_assets.audit.balance import Totals
from telebill_assets.spark.legacy import spark_schema
from telebill_assets.tables.ledger import Ledger

NOTHING: Totals = {"records": 0, "talk_s": 0, "billed_s": 0, "amount": Decimal(0)}
"""The measures of a ledger row, and what nobody counted."""


def ledger_rows(counted: DataFrame, stage: str, period: date) -> DataFrame:
    """Bring counted outcomes into the ledger's columns; columns that a stage does not know become null."""
    known = {"period": F.lit(period), "stage": F.lit(stage)}
    return counted.select(
        *[
            _column(field.name, counted, known).cast(field.dataType).alias(field.name)
            for field in spark_schema(Ledger).fields
        ]
    )


def _column(name: str, counted: DataFrame, known: Mapping[str, Column]) -> Column:
    if name in known:
        return known[name]
    return F.col(name) if name in counted.columns else F.lit(None)


def sums() -> list[Column]:
    """The ledger's measures summed; where nothing was counted, zero."""
    return [F.coalesce(F.sum(measure), F.lit(zero)).alias(measure) for measure, zero in NOTHING.items()]


@dataclass(frozen=True)
class LedgerTotal:
    """The ledger summed over files and days. All four keys are from short lists, so there are few."""

    stage: str
    outcome: str
    reason: str | None
    currency: str | None
    rows: int
    """Ledger rows: files, in the daily stages."""
    records: int
    talk_s: int
    billed_s: int
    amount: Decimal


@dataclass(frozen=True)
class Counts:
    """What a ledger counted."""

    totals: Sequence[LedgerTotal]

    def where(
        self, outcome: str | None = None, stage: str | None = None, currency: str | None = None
    ) -> list[LedgerTotal]:
        """The totals with these values."""
        return [
            total
            for total in self.totals
            if outcome in {None, total.outcome} and stage in {None, total.stage} and currency in {None, total.currency}
        ]

    def of(self, outcome: str, stage: str | None = None, currency: str | None = None) -> Totals:
        """Every measure of an outcome; what nobody counted is zero."""
        found = self.where(outcome, stage, currency)
        return {
            measure: sum((getattr(total, measure) for total in found), start=zero) for measure, zero in NOTHING.items()
        }

    def by_reason(self, outcome: str) -> dict[str, str]:
        """Records of an outcome by reason, as texts for a job report."""
        found: dict[str, int] = {}
        for total in self.where(outcome):
            found[str(total.reason)] = found.get(str(total.reason), 0) + total.records
        return {reason: str(records) for reason, records in sorted(found.items())}


def count(ledger: DataFrame) -> Counts:
    """Sum a ledger."""
    keys = ("stage", "outcome", "reason", "currency")
    rows = ledger.groupBy(*keys).agg(F.count("*").alias("rows"), *sums()).collect()
    return Counts([LedgerTotal(**row.asDict()) for row in rows])
