"""The job of raw_cdr: land a day's files, register them, count what was received.

Each task reads some of the files, writes their records and reports a row per file. The register is made from these rows
on the driver, because whether a file came before is asked of all files.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from telebill_assets.audit.ledger import ledger_rows
from telebill_assets.audit.publication import Publication
from telebill_assets.audit.written import Written, write_examined
from telebill_assets.compute.context import JobContext
from telebill_assets.compute.days import earlier_days
from telebill_assets.compute.request import JobReport
from telebill_assets.mediation.landing import REPORT, read_batch
from telebill_assets.mediation.manifest import Manifest
from telebill_assets.mediation.register import register
from telebill_assets.mediation.source import Source, sources_of
from telebill_assets.stages.raw_cdr import checks
from telebill_assets.stages.raw_cdr.landing_zone import LandingFile, arrived, cut_files, list_files, read_manifests
from telebill_assets.tables.file_register import FileRegister
from telebill_assets.tables.ledger import Ledger
from telebill_assets.tables.raw_cdr import RawCdr
from telebill_assets.tables.reference.controls import Controls
from telebill_assets.tables.reference.sources import Sources
from telebill_assets.tables.table import TableModel

STAGE = "raw_cdr"
READS: tuple[TableModel, ...] = (FileRegister, Sources, Controls)
WRITES: tuple[TableModel, ...] = (RawCdr, FileRegister, Ledger)
LANDED = pl.Schema({"path": pl.String, "landed": pl.Int64, "talk_s": pl.Int64})
"""The records of a file that were written, and their seconds; null where no record has any."""


@dataclass(frozen=True)
class Day:
    """What every task of the day needs."""

    zone: str
    day: date
    sources: Mapping[str, Source]
    manifests: Mapping[str, Manifest]
    folder: str


@dataclass(frozen=True)
class Landed:
    """What a task landed: its rows of the landing report, what it wrote, and what that holds of each file (LANDED)."""

    report: pl.DataFrame
    written: Written
    by_file: pl.DataFrame


def run(context: JobContext) -> JobReport:
    """Land the files of one day."""
    day, publication = context.partition, Publication(context)
    files, sources = list_files(context.settings.landing_zone, day), context.lake.frame(Sources)
    landed = land(context, publication, files, sources_of(sources.to_dicts()))
    publication.adopt(RawCdr, [part.written for part in landed], landing_day=day)
    report = pl.concat([pl.DataFrame(schema=REPORT), *(part.report for part in landed)])
    by_file = pl.concat([pl.DataFrame(schema=LANDED), *(part.by_file for part in landed)])
    earlier = context.lake.frame(FileRegister, landing_day=earlier_days(context))
    registered = publication.write(FileRegister, register(report, earlier, sources, day), landing_day=day)
    ledger = publication.write(Ledger, received(registered, by_file, day), period=day, stage=STAGE)
    publication.check(
        *checks.check(context, publication, files=len(files), registered=registered, by_file=by_file, ledger=ledger)
    )
    return publication.finish(*checks.figures(registered, ledger))


def land(
    context: JobContext, publication: Publication, files: Sequence[LandingFile], sources: Mapping[str, Source]
) -> list[Landed]:
    """Read the files of the day and write their records."""
    zone, day = context.settings.landing_zone, context.partition
    folder = publication.folder(RawCdr, landing_day=day)
    shared = Day(zone, day, sources, read_manifests(zone, sources, day), folder)
    pieces = cut_files(files, context.cluster.cores) if files else []
    return context.cluster.each(pieces, land_files, shared)


def land_files(paths: Sequence[str], day: Day) -> Landed:
    """Read some files and write their records to one data file."""
    landed = read_batch(arrived(day.zone, paths), day.sources, day.day, day.manifests)
    seconds = pl.when(pl.col("talk_s").count() > 0).then(pl.col("talk_s").sum())
    by_file = landed.records.group_by("path").agg(pl.len().cast(pl.Int64).alias("landed"), seconds.alias("talk_s"))
    return Landed(landed.report, write_examined(landed.records, RawCdr, day.folder), by_file)


def received(registered: pl.DataFrame, by_file: pl.DataFrame, day: date) -> pl.DataFrame:
    """The ledger of the day: the records of every file, received or set aside with their file."""
    not_read = pl.col("status").is_in(["suspended", "set_aside"])
    outcome = pl.when(not_read).then(pl.format("file_{}", "status")).otherwise(pl.lit("received"))
    counted = registered.join(by_file, on="path", how="left").with_columns(outcome=outcome)
    return ledger_rows(counted.select("path", "source", "outcome", "reason", "records", "talk_s"), STAGE, day)
