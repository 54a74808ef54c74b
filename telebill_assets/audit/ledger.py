"""The ledger: the rows each stage writes, and the sums that balances compare."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from telebill_assets.audit.balance import Totals
from telebill_assets.schemas.ledger import Ledger
from telebill_assets.schemas.table import spark_schema


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


@dataclass(frozen=True)
class Counts:
    """What a ledger counted, summed per outcome and reason; both are fixed lists, so they are few."""

    sums: Mapping[tuple[str, str | None], Totals]

    def of(self, outcome: str) -> Totals:
        """Every measure of an outcome; what nobody counted is zero."""
        found = [totals for (name, _), totals in self.sums.items() if name == outcome]
        return {measure: sum((totals[measure] for totals in found), start=zero) for measure, zero in NOTHING.items()}

    def by_reason(self, outcome: str) -> dict[str, str]:
        """Records of an outcome by reason, as texts for a job report."""
        found = {str(reason): str(sums["records"]) for (name, reason), sums in self.sums.items() if name == outcome}
        return dict(sorted(found.items()))


def count(ledger: DataFrame) -> Counts:
    """Sum a ledger."""
    sums = [F.coalesce(F.sum(measure), F.lit(zero)).alias(measure) for measure, zero in NOTHING.items()]
    rows = ledger.groupBy("outcome", "reason").agg(*sums).collect()
    return Counts({(row["outcome"], row["reason"]): {measure: row[measure] for measure in NOTHING} for row in rows})


NOTHING: Totals = {"records": 0, "talk_s": 0, "billed_s": 0, "amount": Decimal(0)}
