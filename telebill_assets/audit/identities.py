"""The identities of the ledger: what one stage passed on is what the next one received, to the unit and the cent.

The gates of the stages, the month's summary and `telebill reconcile` all check these, so they cannot disagree.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from pydantic import BaseModel, ConfigDict

from telebill_assets.audit.balance import Totals, balance
from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.figures import figure
from telebill_assets.audit.ledger import NOTHING, Counts
from telebill_assets.audit.masking import mask

SAMPLES = 5
BY_FILE = ("period", "path")
BY_CURRENCY = ("currency",)


@dataclass(frozen=True)
class Side:
    """Outcomes of a stage that are added up."""

    title: str
    stage: str
    outcomes: tuple[str, ...]

    def counted(self) -> pl.Expr:
        """Whether a row of the ledger belongs to this side."""
        return (pl.col("stage") == self.stage) & pl.col("outcome").is_in(list(self.outcomes))


@dataclass(frozen=True)
class Identity:
    """A whole and its parts, equal in every measure wherever the keys `by` are equal."""

    name: str
    stage: str
    meaning: str
    whole: Side
    parts: tuple[Side, ...]
    measures: tuple[str, ...]
    by: tuple[str, ...]


def _each(stage: str, *outcomes: str) -> tuple[Side, ...]:
    return tuple(Side(outcome, stage, (outcome,)) for outcome in outcomes)


RECORDS = Identity(
    name="records",
    stage="validated_usage",
    meaning="records received = validated + suspended + duplicate + non-billable",
    whole=Side("received", "raw_cdr", ("received",)),
    parts=_each("validated_usage", "validated", "suspended", "duplicate", "non_billable"),
    measures=("records", "talk_s"),
    by=BY_FILE,
)
CALLS = Identity(
    name="calls",
    stage="daily_aggregates",
    meaning="validated = priced + suspended for want of a plan or rate",
    whole=Side("validated", "validated_usage", ("validated",)),
    parts=_each("daily_aggregates", "priced", "suspended"),
    measures=("records", "talk_s"),
    by=BY_FILE,
)
CHARGES = Identity(
    name="charges",
    stage="rated_usage",
    meaning="sum of call charges = sum of usage lines",
    whole=Side("priced", "daily_aggregates", ("priced",)),
    parts=(Side("usage lines", "rated_usage", ("usage",)),),
    measures=("talk_s", "billed_s", "amount"),
    by=BY_CURRENCY,
)
INVOICED = Identity(
    name="invoiced",
    stage="invoices",
    meaning="charge lines taxed or exempt = invoice lines",
    whole=Side("taxed or exempt", "taxed_charges", ("taxed", "exempt")),
    parts=(Side("invoice lines", "invoices", ("line",)),),
    measures=("records", "amount"),
    by=BY_CURRENCY,
)
HELD = Identity(
    name="held",
    stage="invoices",
    meaning="charge lines held by the tax engine = charge lines that no invoice has",
    whole=Side("held", "taxed_charges", ("held",)),
    parts=(Side("not invoiced", "invoices", ("held",)),),
    measures=("records", "amount"),
    by=BY_CURRENCY,
)
NET = Identity(
    name="net",
    stage="invoices",
    meaning="invoice lines = net + pass-through",
    whole=Side("invoice lines", "invoices", ("line",)),
    parts=_each("invoices", "net", "pass_through"),
    measures=("amount",),
    by=BY_CURRENCY,
)
PAYABLE = Identity(
    name="payable",
    stage="invoices",
    meaning="net + tax + pass-through = payable",
    whole=Side("payable", "invoices", ("payable",)),
    parts=_each("invoices", "net", "tax", "pass_through"),
    measures=("amount",),
    by=BY_CURRENCY,
)
IDENTITIES = (RECORDS, CALLS, CHARGES, INVOICED, HELD, NET, PAYABLE)
"""Every identity, in the order of the stages that it ties together."""


class Difference(BaseModel):
    """One place where two figures should be equal and are not."""

    model_config = ConfigDict(frozen=True)

    place: str
    measure: str
    left: str
    left_figure: str
    right: str
    right_figure: str

    def __str__(self) -> str:
        return f"{self.place}: {self.measure}: {self.left} {self.left_figure}, {self.right} {self.right_figure}"


def differing(ledger: pl.DataFrame | pl.LazyFrame, identity: Identity) -> pl.DataFrame:
    """Keys at which an identity does not hold, with `<measure>_left` (the whole) and `<measure>_right` (the parts)."""
    sides = {"left": identity.whole.counted(), "right": pl.any_horizontal(part.counted() for part in identity.parts)}
    found = [
        pl.col(measure).filter(counted).sum().alias(f"{measure}_{side}")
        for measure in identity.measures
        for side, counted in sides.items()
    ]
    summed = ledger.lazy().group_by(*identity.by).agg(*found)
    return summed.filter(unequal(identity.measures)).sort(*identity.by).collect()


def unequal(measures: Sequence[str]) -> pl.Expr:
    """Whether `<measure>_left` and `<measure>_right` differ in at least one of the measures."""
    return pl.any_horizontal(pl.col(f"{measure}_left") != pl.col(f"{measure}_right") for measure in measures)


def differences(
    rows: Iterable[Mapping[str, Any]], by: Sequence[str], measures: Sequence[str], left: str, right: str
) -> list[Difference]:
    """Rows with `<measure>_left` and `<measure>_right` as differences, one for each unequal measure."""
    return [
        Difference(
            place=", ".join(mask(str(row[key])) for key in by if row[key] is not None) or "the month",
            measure=measure,
            left=left,
            left_figure=figure(row[f"{measure}_left"]),
            right=right,
            right_figure=figure(row[f"{measure}_right"]),
        )
        for row in rows
        for measure in measures
        if row[f"{measure}_left"] != row[f"{measure}_right"]
    ]


def identity_check(ledger: pl.DataFrame | pl.LazyFrame, identity: Identity, name: str, description: str) -> CheckResult:
    """Check an identity at every key, as a gate of a stage."""
    wrong = differing(ledger, identity)
    failing, rows = wrong.height, wrong.head(SAMPLES).iter_rows(named=True)
    titles = " + ".join(part.title for part in identity.parts)
    found = differences(rows, identity.by, identity.measures, identity.whole.title, titles)
    return CheckResult(
        name=name,
        description=description,
        passed=not failing,
        figure=f"{failing:,} {'files differ' if 'path' in identity.by else 'currencies differ'}: {identity.meaning}",
        failures={identity.name: failing} if failing else {},
        samples=[str(difference) for difference in found],
    )


def identity_balance(counts: Counts, identity: Identity) -> CheckResult:
    """The identity over all that was counted, as one equation for people."""

    def totals(side: Side) -> Totals:
        each = [counts.of(outcome, side.stage) for outcome in side.outcomes]
        return {
            measure: sum((total[measure] for total in each), start=NOTHING[measure]) for measure in identity.measures
        }

    parts = {part.title: totals(part) for part in identity.parts}
    return balance(identity.name, identity.meaning, (identity.whole.title, totals(identity.whole)), parts)
