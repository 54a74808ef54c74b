"""Controls of the files of a landing day: are they all here, once, whole and in sequence?"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.controls.control import SAMPLES, Control, percent
from telebill_assets.audit.controls.thresholds import Thresholds
from telebill_assets.audit.masking import mask
from telebill_assets.mediation.sequences import CLOCK_SHAPED

SIXTY = 60
EXPECTED = Control("expected_files", "Every source sent the files that it sends every day", blocking=False)
SEQUENCE = Control("file_sequence", "No number is missing in a source's series of numbered files", blocking=False)
DUPLICATES = Control("duplicate_files", "Files are sent once, and never again with other content", blocking=False)
TRAILERS = Control("trailer_totals", "Every file holds the records and seconds that it declares", blocking=True)


@dataclass(frozen=True)
class SourceFiles:
    """How many files of a source a landing day has, by status."""

    source: str
    day: date
    status: str
    files: int


@dataclass(frozen=True)
class DeclaredFile:
    """What a file declares in its trailer or manifest, and what was counted in it; None: it does not say."""

    path: str
    declared_records: int | None
    records: int
    declared_s: int | None
    seconds: int


def source_files(files: pl.DataFrame) -> list[SourceFiles]:
    """Count the rows of a file register by source, day and status."""
    counted = files.group_by("source", pl.col("landing_day").alias("day"), "status").agg(pl.len().alias("files"))
    return [SourceFiles(**row) for row in counted.iter_rows(named=True)]


def expected_files(
    files: Iterable[SourceFiles], sources: Iterable[str], day: date, thresholds: Thresholds
) -> CheckResult:
    """Compare files received today with those expected of each source.

    A source in controls.yaml is expected to send so many files a day. Any other source is silent if it sent files
    on each of the last `silent_days` landing days and none today.
    """
    received: dict[str, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for counted in files:
        received[counted.source][counted.day] += counted.files
    missing = {}
    for source in sorted(set(sources) | set(thresholds.files_per_day)):
        today = received[source][day]
        expected = thresholds.files_per_day.get(source, 1 if _never_silent(received[source], day, thresholds) else 0)
        if today < expected:
            missing[source] = (today, expected)
    total = sum(by_day[day] for by_day in received.values())
    return EXPECTED.result(
        passed=not missing,
        figure=f"{total:,} files; {len(missing)} sources sent too few",
        threshold=f"files_per_day of a source; else one, after {thresholds.silent_days} days with files",
        failures={source: expected - today for source, (today, expected) in missing.items()},
        samples=[f"{source}: {today} files, expected {expected}" for source, (today, expected) in missing.items()],
        breakdown={source: str(by_day[day]) for source, by_day in sorted(received.items()) if by_day[day]},
    )


def _never_silent(received: Mapping[date, int], day: date, thresholds: Thresholds) -> bool:
    before = [found for landed, found in received.items() if 0 < (day - landed).days <= thresholds.silent_days]
    return len([found for found in before if found]) >= thresholds.silent_days


def file_sequence(files: pl.DataFrame, day: date, thresholds: Thresholds) -> CheckResult:
    """Numbers missing beside a file of today, in the series' files of today and the days looked back on.

    Args:
        files: file_register of those days. Files without a series are not counted, nor are those of a series whose
            numbers are times of day.
        day: today.
        thresholds: the configured thresholds.
    """
    numbered = (
        _without_clocks(files.filter(pl.col("sequence_nr").is_not_null()))
        .group_by("source", "series", "sequence_nr")
        .agg(day=pl.max("landing_day"))
        .sort("source", "series", "sequence_nr")
        .with_columns(pl.col("sequence_nr", "day").shift().over("source", "series").name.suffix("_before"))
        .with_columns(missing=pl.col("sequence_nr") - pl.col("sequence_nr_before") - 1)
    )
    beside_today = (pl.col("day") == day) | (pl.col("day_before") == day)
    gaps = numbered.filter(beside_today & pl.col("missing").is_between(1, thresholds.sequence_restart))
    series, missing = numbered.select("source", "series").n_unique(), int(gaps["missing"].sum())
    samples = [
        f"{source}/{name}: {_span(before + 1, number - 1)}"
        for source, name, before, number in gaps.select("source", "series", "sequence_nr_before", "sequence_nr")
        .head(SAMPLES)
        .iter_rows()
    ]
    return SEQUENCE.result(
        passed=not missing,
        figure=f"{missing:,} numbers missing in {series:,} series",
        threshold="0 missing",
        failures={"numbers": missing},
        samples=[mask(sample) for sample in samples],
    )


def _without_clocks(files: pl.DataFrame) -> pl.DataFrame:
    """Files but those whose numbers are times of day, by the rule of `sequences.is_clock`."""
    number = pl.col("sequence_nr")
    hundreds = number // 100
    in_sixties = ((number % 100).max() < SIXTY) & ((hundreds % 100).max() < SIXTY)
    clocks = (
        files.filter(pl.col("series").str.contains(CLOCK_SHAPED.pattern))
        .group_by("series")
        .agg(clock=in_sixties & (hundreds.min() < hundreds.max()))
        .filter("clock")
    )
    return files.join(clocks, on="series", how="anti")


def _span(first: int, last: int) -> str:
    return f"{first} is missing" if first == last else f"{first} to {last} are missing"


def duplicate_files(files: Iterable[SourceFiles], day: date, thresholds: Thresholds) -> CheckResult:
    """Share of files that were sent before, and files of a known name with other content, which are held."""
    today: dict[str, int] = defaultdict(int)
    for counted in files:
        if counted.day == day:
            today[counted.status] += counted.files
    total = sum(today.values())
    share = percent(today["duplicate"], total)
    return DUPLICATES.result(
        passed=share <= thresholds.duplicate_file_percent and not today["held"],
        figure=f"{today['duplicate']:,} of {total:,} files sent twice ({share} %), {today['held']:,} held",
        threshold=f"{thresholds.duplicate_file_percent} % sent twice, 0 held",
        failures={"duplicate": today["duplicate"], "held": today["held"]},
        breakdown={status: str(count) for status, count in sorted(today.items())},
    )


def trailer_totals(files: pl.DataFrame, seconds: pl.DataFrame) -> CheckResult:
    """Files whose declared totals differ from what was counted in them.

    Args:
        files: rows of file_register; those that declare nothing, or were not landed, are not compared.
        seconds: path and the seconds counted in it.
    """
    declares = pl.col("declared_records").is_not_null() | pl.col("declared_s").is_not_null()
    declaring = files.filter((pl.col("status") == "landed") & declares)
    counted = declaring.join(seconds, on="path", how="left").with_columns(pl.col("seconds").fill_null(0))
    differs = (pl.col("declared_records") != pl.col("records")) | (pl.col("declared_s") != pl.col("seconds"))
    wrong = counted.filter(differs).sort("path")
    columns = ("path", "declared_records", "records", "declared_s", "seconds")
    rows = [DeclaredFile(**row) for row in wrong.select(columns).head(SAMPLES).iter_rows(named=True)]
    return TRAILERS.result(
        passed=wrong.is_empty(),
        figure=f"{wrong.height:,} of {declaring.height:,} files with declared totals differ",
        threshold="0 differ",
        failures={"files": wrong.height},
        samples=[mask(f"{row.path}: {_difference(row)}") for row in rows],
    )


def _difference(file: DeclaredFile) -> str:
    pairs = (("records", file.declared_records, file.records), ("seconds", file.declared_s, file.seconds))
    return ", ".join(
        f"{declared:,} {what} declared, {counted:,} counted"
        for what, declared, counted in pairs
        if declared not in {None, counted}
    )
