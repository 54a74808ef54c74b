"""Reconciling a month: the waterfall from files to payable, and every identity with its difference.

The ledger is checked against itself and against a recount of the tables and the final invoices; then neighbouring
tables are compared key by key, so that two errors of the same size do not hide each other.
"""

from collections.abc import Sequence
from datetime import date

from pydantic import BaseModel, ConfigDict, Field, computed_field
from pyspark.sql import DataFrame, SparkSession

from telebill_assets.audit.identities import IDENTITIES, Difference, Identity, differences, differing, identity_balance
from telebill_assets.audit.ledger import Counts, count
from telebill_assets.lake.lake import Lake
from telebill_assets.proof.comparisons import Comparison, comparisons
from telebill_assets.proof.month_tables import MonthTables, month_tables
from telebill_assets.proof.recount import recount
from telebill_assets.proof.waterfall import Waterfall, waterfall

SHOWN = 20


class Proof(BaseModel):
    """One identity or comparison: how many keys differ, and the first of them."""

    model_config = ConfigDict(frozen=True)

    name: str
    stage: str
    meaning: str
    figure: str = Field("", description="The equation over the whole month, where there is one")
    differing: int
    differences: list[Difference]

    @computed_field  # type: ignore[prop-decorator]
    @property
    def holds(self) -> bool:
        return not self.differing


class Reconciliation(BaseModel):
    """A month's waterfall and proofs."""

    model_config = ConfigDict(frozen=True)

    month: date
    waterfall: Waterfall
    proofs: list[Proof]

    @computed_field  # type: ignore[prop-decorator]
    @property
    def balanced(self) -> bool:
        return all(proof.holds for proof in self.proofs)

    @property
    def failures(self) -> list[str]:
        """Every difference in one line: stage, file or account, both figures."""
        return [
            f"{proof.stage}: {proof.name}: {difference}" for proof in self.proofs for difference in proof.differences
        ]


def reconcile(spark: SparkSession, lake: Lake, url: str, month: date) -> Reconciliation:
    """Reconcile a billing month, named by its first day, as it is published now. `url` is the billing database."""
    tables = month_tables(spark, lake, url, month)
    recounted, ledger = recount(tables).persist(), tables.ledger.persist()
    try:
        counts = count(ledger)
        return Reconciliation(
            month=month,
            waterfall=waterfall(tables, count(recounted)),
            proofs=[
                _every_day(tables),
                *(_identity(ledger, counts, identity) for identity in IDENTITIES),
                *(_comparison(comparison) for comparison in comparisons(tables, recounted)),
            ],
        )
    finally:
        recounted.unpersist()
        ledger.unpersist()


def _every_day(tables: MonthTables) -> Proof:
    missing = [
        Difference(
            place=day.isoformat(),
            measure="published",
            left="landing day",
            left_figure="1",
            right="daily_aggregates",
            right_figure="0",
        )
        for day in tables.missing_days
    ]
    return Proof(
        name="every_day",
        stage="daily_aggregates",
        meaning="every landing day of the month is published",
        differing=len(missing),
        differences=missing,
    )


def _identity(ledger: DataFrame, counts: Counts, identity: Identity) -> Proof:
    titles = " + ".join(part.title for part in identity.parts)
    number, found = _first(differing(ledger, identity), identity.by, identity.measures, (identity.whole.title, titles))
    return Proof(
        name=identity.name,
        stage=identity.stage,
        meaning=identity.meaning,
        figure=identity_balance(counts, identity).figure,
        differing=number,
        differences=found,
    )


def _comparison(comparison: Comparison) -> Proof:
    titles = (comparison.left_title, comparison.right_title)
    number, found = _first(comparison.differing(), comparison.by, comparison.measures, titles)
    return Proof(
        name=comparison.name,
        stage=comparison.stage,
        meaning=comparison.meaning,
        differing=number,
        differences=found,
    )


def _first(
    wrong: DataFrame, by: Sequence[str], measures: Sequence[str], titles: tuple[str, str]
) -> tuple[int, list[Difference]]:
    rows = wrong.limit(SHOWN + 1).collect()
    number = wrong.count() if len(rows) > SHOWN else len(rows)
    return number, differences(rows[:SHOWN], by, measures, *titles)
