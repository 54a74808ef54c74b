"""A tally: what a check counted in one part of the rows, so that the counts of all parts can be added up."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

SAMPLES = 5
MEASURES = ("records", "talk_s", "billed_s", "amount")


@dataclass(frozen=True)
class Tally:
    """Counts by name, and the first few of the rows in question, as texts in order."""

    counts: Mapping[str, int] = field(default_factory=dict)
    samples: tuple[str, ...] = ()

    def of(self, name: str) -> int:
        """A count; what was not counted is 0."""
        return self.counts.get(name, 0)


def together(tallies: Iterable[Tally]) -> Tally:
    """Add up the tallies of the parts: 2 and 3 failures are 5, with the first samples of both in order."""
    listed = list(tallies)
    names = dict.fromkeys(name for tally in listed for name in tally.counts)
    samples = sorted(sample for tally in listed for sample in tally.samples)
    return Tally({name: sum(tally.of(name) for tally in listed) for name in names}, tuple(samples[:SAMPLES]))


def first(samples: pl.Series) -> tuple[str, ...]:
    """The first few of some texts, in order."""
    return tuple(map(str, samples.sort().head(SAMPLES)))


def add_up(parts: Sequence[pl.DataFrame], measures: Sequence[str] = MEASURES) -> pl.DataFrame:
    """Add up what several parts counted: measures are summed where all other columns are equal.

    Args:
        parts: at least one; all with the same columns.
        measures: columns that are added.
    """
    counted = pl.concat(parts, how="vertical_relaxed")
    present = [name for name in measures if name in counted.columns]
    return counted.group_by(pl.exclude(present)).agg(total(name) for name in present)


def total(measure: str) -> pl.Expr:
    """The sum of a measure; null if it was counted nowhere, which is not the same as 0."""
    return pl.when(pl.col(measure).count() > 0).then(pl.col(measure).sum()).alias(measure)
