"""The ledger: the rows each stage writes, and the sums that balances compare."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from telebill_assets.audit.balance import Totals
from telebill_assets.schemas.ledger import Ledger
from telebill_assets.schemas.table import spark_schema

MEASURES = ("records", "talk_s", "billed_s", "amount")


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


def totals_by_outcome(ledger: DataFrame) -> dict[str, Totals]:
    """Sums of every measure by outcome; the outcomes are few. Measures nobody counted are zero."""
    sums = [F.coalesce(F.sum(measure), F.lit(0)).alias(measure) for measure in MEASURES]
    return {
        row["outcome"]: {measure: row[measure] for measure in MEASURES}
        for row in ledger.groupBy("outcome").agg(*sums).collect()
    }


def records_by_reason(ledger: DataFrame, outcome: str) -> dict[str, int]:
    """Records of one outcome by reason; the reasons are a fixed list."""
    rows = ledger.where(F.col("outcome") == outcome).groupBy("reason").agg(F.sum("records").alias("records")).collect()
    return {row["reason"]: row["records"] for row in sorted(rows, key=lambda row: str(row["reason"]))}


NOTHING: Totals = {"records": 0, "talk_s": 0, "billed_s": 0, "amount": Decimal(0)}
