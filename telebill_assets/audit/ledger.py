"""The ledger: the rows each stage writes, and their sums."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import polars as pl

from telebill_assets.audit.balance import Totals
from telebill_assets.tables.ledger import Ledger
from telebill_assets.tables.table import conform

NOTHING: Totals = {"records": 0, "talk_s": 0, "billed_s": 0, "amount": Decimal(0)}
"""The measures of a ledger row, and what nobody counted."""


def ledger_rows(counted: pl.DataFrame, stage: str, period: date) -> pl.DataFrame:
    """Bring counted outcomes into the ledger's columns; columns that a stage does not know become null."""
    rows: pl.DataFrame = conform(counted.with_columns(period=pl.lit(period), stage=pl.lit(stage)), Ledger)
    return rows


def sums() -> list[pl.Expr]:
    """The ledger's measures summed; where nothing was counted, zero."""
    return [pl.col(measure).sum() for measure in NOTHING]


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
    """What a ledger counted. Totals of the same keys add up, so those of several days can be put together."""

    totals: Sequence[LedgerTotal]

    def __add__(self, other: "Counts") -> "Counts":
        return Counts([*self.totals, *other.totals])

    def where(
        self, outcome: str | None = None, stage: str | None = None, currency: str | None = None
    ) -> list[LedgerTotal]:
        """The totals whose columns have these values."""
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


def count(ledger: pl.DataFrame | pl.LazyFrame) -> Counts:
    """Sum the rows of a ledger by stage, outcome, reason and currency."""
    summed = ledger.lazy().group_by("stage", "outcome", "reason", "currency").agg(pl.len().alias("rows"), *sums())
    return Counts([LedgerTotal(**row) for row in summed.collect().iter_rows(named=True)])
