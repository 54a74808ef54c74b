"""A tally: what a check counted in one part of the rows, so that the counts of all parts can be added up."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import polars as pl

SAMPLES = 5


@dataclass(frozen=True)
class Tally:
    """Counts by name, and the first few of the rows in question, as texts in order."""

    counts: Mapping[str, int] = field(default_factory=dict)
    samples: tuple[str, ...] = ()

    def of(self, name: str) -> int:
        """A count; what was not counted is 0."""
        return self.counts.get(name, 0)


def together(tallies: Iterable[Tally]) -> Tally:
    """The tally of all parts."""
    listed = list(tallies)
    names = dict.fromkeys(name for tally in listed for name in tally.counts)
    samples = sorted(sample for tally in listed for sample in tally.samples)
    return Tally({name: sum(tally.of(name) for tally in listed) for name in names}, tuple(samples[:SAMPLES]))


def first(samples: pl.Series) -> tuple[str, ...]:
    """The first few of some texts, in order."""
    return tuple(map(str, samples.sort().head(SAMPLES)))
