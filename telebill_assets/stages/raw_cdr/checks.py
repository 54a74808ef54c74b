"""The checks of raw_cdr: every file is registered, every record is there once, and the files are those expected."""

from datetime import timedelta

import polars as pl

from telebill_assets.audit.balance import balance
from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.controls.files import (
    DUPLICATES,
    EXPECTED,
    SEQUENCE,
    TRAILERS,
    duplicate_files,
    expected_files,
    file_sequence,
    source_files,
    trailer_totals,
)
from telebill_assets.audit.ledger import count
from telebill_assets.audit.masking import mask
from telebill_assets.audit.publication import Publication
from telebill_assets.compute.context import JobContext
from telebill_assets.tables.file_register import FileRegister
from telebill_assets.tables.raw_cdr import RawCdr
from telebill_assets.tables.reference.sources import Sources

GATES = {
    "every_file_registered": "Every file of the landing folder has its row in the file register",
    "every_record_landed": "Every record of every readable file is in raw_cdr, once",
    "every_file_landed": "raw_cdr holds as many records of each file as were read from it",
}
CONTROLS = (EXPECTED, SEQUENCE, DUPLICATES, TRAILERS)
SAMPLES = 5


def check(
    context: JobContext,
    publication: Publication,
    *,
    files: int,
    registered: pl.DataFrame,
    by_file: pl.DataFrame,
    ledger: pl.DataFrame,
) -> list[CheckResult]:
    """Judge the day: its files and records, and its files beside those of the days before.

    Args:
        context: the job's surroundings.
        publication: the tables as they were written.
        files: how many files the landing folders hold.
        registered: the day's rows of file_register.
        by_file: path, records (`landed`) and seconds (`talk_s`) that raw_cdr has of each file.
        ledger: the day's ledger.
    """
    read = count(ledger).of("received")
    return [
        balance(
            "every_file_registered",
            GATES["every_file_registered"],
            ("in the landing zone", {"files": files}),
            {"registered": {"files": publication.rows(FileRegister)}},
        ),
        balance(
            "every_record_landed",
            GATES["every_record_landed"],
            ("in files", {"records": read["records"]}),
            {"in raw_cdr": {"records": publication.rows(RawCdr)}},
        ),
        every_file_landed(registered, by_file),
        *controls(context, registered, by_file),
    ]


def controls(context: JobContext, registered: pl.DataFrame, by_file: pl.DataFrame) -> list[CheckResult]:
    """The files of the day beside those of the days before, and beside what they declare."""
    day, thresholds = context.partition, context.thresholds
    days = range(1, max(thresholds.silent_days, thresholds.sequence_days) + 1)
    before = context.lake.frame(FileRegister, landing_day=[day - timedelta(days=n) for n in days])
    files = pl.concat([before, registered])
    by_status, sources = source_files(files), context.lake.frame(Sources)["source"].to_list()
    recent = files.filter(pl.col("landing_day") >= day - timedelta(days=thresholds.sequence_days))
    return [
        expected_files(by_status, sources, day, thresholds),
        file_sequence(recent, day, thresholds),
        duplicate_files(by_status, day, thresholds),
        trailer_totals(registered, by_file.select("path", seconds="talk_s")),
    ]


def every_file_landed(registered: pl.DataFrame, by_file: pl.DataFrame) -> CheckResult:
    """The records that were read from each file, against those that were written of it."""
    usable = registered.filter(pl.col("status").is_in(["landed", "duplicate", "held"])).select("path", "records")
    beside = usable.join(by_file, on="path", how="left").with_columns(pl.col("landed").fill_null(0))
    wrong = beside.filter(pl.col("records") != pl.col("landed")).sort("path")
    samples = wrong.select("path", "records", "landed").head(SAMPLES).iter_rows()
    return CheckResult(
        name="every_file_landed",
        description=GATES["every_file_landed"],
        passed=wrong.is_empty(),
        figure=f"{wrong.height:,} files differ",
        failures={"files": wrong.height} if wrong.height else {},
        samples=[mask(f"{path}: read {read}, in raw_cdr {landed}") for path, read, landed in samples],
    )


def figures(registered: pl.DataFrame, ledger: pl.DataFrame) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """Files and records, and suspended files by reason: what the job report shows."""
    suspended = registered.filter(pl.col("status") == "suspended").group_by("reason").len().sort("reason")
    read = count(ledger).of("received")
    return (
        {"files": str(registered.height), "records": str(read["records"])},
        {"files_suspended": {reason: str(files) for reason, files in suspended.iter_rows()}},
    )
