"""Reconciling a month: the waterfall from files to payable, and every identity with its difference.

The ledger is checked against itself and against a recount of the tables and the final invoices; then neighbouring
tables are compared key by key, so that two errors of the same size do not hide each other.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl
from pydantic import BaseModel, ConfigDict, Field, computed_field

from telebill_assets.audit.identities import IDENTITIES, Difference, Identity, differences, differing, identity_balance
from telebill_assets.audit.ledger import Counts, count
from telebill_assets.lake.lake import Lake
from telebill_assets.proof.comparisons import COMPARISONS, Comparison, Sides, sides_of_day, sides_of_month
from telebill_assets.proof.month_tables import DayTables, MonthTables, month_tables
from telebill_assets.proof.recount import recount_day, recount_month
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


@dataclass
class _Found:
    """How many keys differ, and the first of them."""

    number: int = 0
    rows: list[dict[str, Any]] = field(default_factory=list)

    def add(self, number: int, rows: pl.DataFrame) -> None:
        self.number += number
        self.rows += rows.head(SHOWN - len(self.rows)).to_dicts()


class _Findings:
    """What is found day by day, and then over the month; what was counted on the way."""

    def __init__(self) -> None:
        self.ledger, self.recounted = Counts([]), Counts([])
        self._found: dict[str, _Found] = defaultdict(_Found)

    def count(self, ledger: pl.LazyFrame, recounted: pl.DataFrame) -> None:
        self.ledger += count(ledger)
        self.recounted += count(recounted)

    def compare(self, sides: dict[Comparison, Sides]) -> None:
        for comparison, (left, right) in sides.items():
            wrong = comparison.differing(left, right)
            number, rows = pl.collect_all([wrong.select(pl.len()), wrong.sort(*comparison.by).head(SHOWN)])
            self._found[comparison.name].add(number.item(), rows)

    def identify(self, ledger: pl.LazyFrame, *identities: Identity) -> None:
        for identity in identities:
            wrong = differing(ledger, identity)
            self._found[identity.name].add(wrong.height, wrong)

    def of_identity(self, identity: Identity) -> Proof:
        found, right = self._found[identity.name], " + ".join(part.title for part in identity.parts)
        return Proof(
            name=identity.name,
            stage=identity.stage,
            meaning=identity.meaning,
            figure=identity_balance(self.ledger, identity).figure,
            differing=found.number,
            differences=differences(found.rows, identity.by, identity.measures, identity.whole.title, right),
        )

    def of_comparison(self, comparison: Comparison) -> Proof:
        found, titles = self._found[comparison.name], (comparison.left_title, comparison.right_title)
        return Proof(
            name=comparison.name,
            stage=comparison.stage,
            meaning=comparison.meaning,
            differing=found.number,
            differences=differences(found.rows, comparison.by, comparison.measures, *titles),
        )


def reconcile(lake: Lake, url: str, month: date) -> Reconciliation:
    """Reconcile a billing month, named by its first day, as it is published now. `url` is the billing database."""
    tables, findings = month_tables(lake, url, month), _Findings()
    for day in tables.days:
        _day(findings, day)
    _month(findings, tables)
    return Reconciliation(
        month=month,
        waterfall=waterfall(tables, findings.recounted),
        proofs=[
            _every_day(tables),
            *(findings.of_identity(identity) for identity in IDENTITIES),
            *(findings.of_comparison(comparison) for comparison in COMPARISONS),
        ],
    )


def _day(findings: _Findings, day: DayTables) -> None:
    recounted = recount_day(day)
    findings.count(day.ledger, recounted)
    findings.identify(day.ledger, *(identity for identity in IDENTITIES if "period" in identity.by))
    findings.compare(sides_of_day(day, recounted))


def _month(findings: _Findings, tables: MonthTables) -> None:
    recounted = recount_month(tables)
    findings.count(tables.ledger, recounted)
    ledger = pl.concat([day.ledger for day in tables.days] + [tables.ledger])
    findings.identify(ledger, *(identity for identity in IDENTITIES if "period" not in identity.by))
    findings.compare(sides_of_month(tables, recounted))


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
