"""Controls of the files of a landing day: are they all here, once, whole and in sequence?"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.controls.control import SAMPLES, Control, percent
from telebill_assets.audit.controls.thresholds import Thresholds
from telebill_assets.audit.masking import mask

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


def file_sequence(files: DataFrame, day: date, thresholds: Thresholds) -> CheckResult:
    """Numbers missing beside a file of today, in the series' files of today and the days looked back on.

    Args:
        files: file_register of those days. Files without a series are not counted.
        day: today.
        thresholds: the configured thresholds.
    """
    once = files.where("sequence_nr IS NOT NULL").groupBy("source", "series", "sequence_nr")
    in_order = Window.partitionBy("source", "series").orderBy("sequence_nr")
    numbered = (
        once.agg(F.max("landing_day").alias("day"))
        .withColumn("before", F.lag("sequence_nr").over(in_order))
        .withColumn("today", (F.col("day") == F.lit(day)) | (F.lag("day").over(in_order) == F.lit(day)))
        .withColumn("missing", F.col("sequence_nr") - F.col("before") - 1)
    )
    gap = F.col("today") & F.col("missing").between(1, thresholds.sequence_restart)
    row = numbered.agg(
        F.countDistinct("source", "series").alias("series"),
        F.coalesce(F.sum(F.when(gap, F.col("missing"))), F.lit(0)).alias("missing"),
    ).first()
    series, missing = (row["series"], row["missing"]) if row else (0, 0)
    rows = numbered.where(gap).orderBy("source", "series", "sequence_nr").limit(SAMPLES).collect() if missing else []
    samples = [f"{row['source']}/{row['series']}: {_span(row['before'] + 1, row['sequence_nr'] - 1)}" for row in rows]
    return SEQUENCE.result(
        passed=not missing,
        figure=f"{missing:,} numbers missing in {series:,} series",
        threshold="0 missing",
        failures={"numbers": missing},
        samples=[mask(sample) for sample in samples],
    )


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


def trailer_totals(files: DataFrame, seconds: DataFrame) -> CheckResult:
    """Files whose declared totals differ from what was counted in them.

    Args:
        files: landed files that declare records or seconds, as rows of file_register.
        seconds: path and the seconds counted in it.
    """
    wrong = (
        files.join(seconds, "path", "left")
        .withColumn("seconds", F.coalesce("seconds", F.lit(0)))
        .where("declared_records != records OR declared_s != seconds")
    )
    count, declaring = wrong.count(), files.count()
    columns = ("path", "declared_records", "records", "declared_s", "seconds")
    rows = wrong.select(*columns).orderBy("path").limit(SAMPLES).collect() if count else []
    return TRAILERS.result(
        passed=not count,
        figure=f"{count:,} of {declaring:,} files with declared totals differ",
        threshold="0 differ",
        failures={"files": count},
        samples=[mask(f"{row['path']}: {_difference(DeclaredFile(**row.asDict()))}") for row in rows],
    )


def _difference(file: DeclaredFile) -> str:
    pairs = (("records", file.declared_records, file.records), ("seconds", file.declared_s, file.seconds))
    return ", ".join(
        f"{declared:,} {what} declared, {counted:,} counted"
        for what, declared, counted in pairs
        if declared not in {None, counted}
    )
