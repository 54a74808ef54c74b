"""What an ingestion did, for people and as JSON."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

from pydantic import BaseModel, ConfigDict, Field
from rich.console import Console

from telebill_assets.ingestion.ingest import Result
from telebill_assets.ingestion.missing_files import Ranges
from telebill_assets.ingestion.plan import Plan

SHOWN = 20
SHOWN_RANGES = 5


class Problem(BaseModel):
    """A file that did not come in."""

    model_config = ConfigDict(frozen=True)

    file: str
    name: str = Field(description="Its name in the landing folder")
    outcome: str
    detail: str
    sha256: str | None = None
    there_sha256: str | None = Field(None, description="Of the file that has the name already")


class Gap(BaseModel):
    """Numbers that a series of file names skips."""

    model_config = ConfigDict(frozen=True)

    series: str
    missing: int
    ranges: Ranges


class Summary(BaseModel):
    """Counts of one ingestion: files = copied + skipped + held + failed."""

    model_config = ConfigDict(frozen=True)

    source: str
    day: date
    origin: str
    target: str
    files: int
    bytes: int = Field(description="Of the files copied now")
    copied: int
    skipped: int
    held: int
    failed: int
    ignored: int = Field(description="Hidden, unfinished and special files, which are not counted in files")
    seconds: float
    problems: list[Problem]
    gaps: list[Gap]
    notes: list[str] = Field(description="What the operator should know about the day")

    @property
    def complete(self) -> bool:
        """Whether every file of the sender is in the landing folder."""
        return self.held == self.failed == 0


def summarise(  # noqa: PLR0917
    plan: Plan,
    source: str,
    day: date,
    results: Sequence[Result],
    missing: Iterable[tuple[str, Ranges]],
    seconds: float,
    notes: list[str],
) -> Summary:
    """Count the results."""
    outcomes: Counter[str] = Counter(result.outcome for result in results)
    problems = [result for result in results if result.outcome in {"held", "failed"}]
    return Summary(
        source=source,
        day=day,
        origin=plan.origin.address,
        target=plan.target.address,
        files=len(results),
        bytes=sum(result.file.size for result in results if result.outcome == "copied"),
        copied=outcomes["copied"],
        skipped=outcomes["skipped"],
        held=outcomes["held"],
        failed=outcomes["failed"],
        ignored=plan.ignored,
        seconds=round(seconds, 1),
        problems=[_problem(result) for result in sorted(problems, key=lambda result: result.file.path)],
        gaps=[Gap(series=series, missing=_count(ranges), ranges=ranges) for series, ranges in missing],
        notes=notes,
    )


def show(summary: Summary, console: Console) -> None:
    """Print the summary; long lists are cut, the JSON has all of them."""
    megabytes = f"{summary.bytes / 1e6:,.1f} MB"
    console.print(f"{summary.files:,} files for {summary.target} in {summary.seconds:,.1f} s")
    console.print(f"  copied {summary.copied:,} ({megabytes}), already there {summary.skipped:,}")
    console.print(f"  held {summary.held:,}, failed {summary.failed:,}, ignored {summary.ignored:,}")
    for problem in summary.problems[:SHOWN]:
        hashes = f" (sha256 {problem.sha256}, there {problem.there_sha256})" if problem.there_sha256 else ""
        console.print(f"  {problem.outcome}: {problem.file}: {problem.detail}{hashes}")
    _cut(console, len(summary.problems))
    for gap in summary.gaps[:SHOWN]:
        console.print(f"  sequence gap in {gap.series}: {gap.missing:,} missing: {_listed(gap.ranges)}")
    _cut(console, len(summary.gaps))
    for note in summary.notes:
        console.print(f"  {note}")


def _problem(result: Result) -> Problem:
    return Problem(
        file=result.file.path,
        name=result.file.name,
        outcome=result.outcome,
        detail=result.detail,
        sha256=result.sha256 or None,
        there_sha256=result.there_sha256 or None,
    )


def _count(ranges: Ranges) -> int:
    return sum(last - first + 1 for first, last in ranges)


def _listed(ranges: Ranges) -> str:
    texts = [str(first) if first == last else f"{first}-{last}" for first, last in ranges[:SHOWN_RANGES]]
    return ", ".join([*texts, *(["..."] if len(ranges) > SHOWN_RANGES else [])])


def _cut(console: Console, count: int) -> None:
    if count > SHOWN:
        console.print(f"  and {count - SHOWN:,} more; --json lists all")
