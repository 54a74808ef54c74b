"""The job of raw_cdr: land a day's files, register them, count what was received."""

from collections.abc import Sequence
from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from telebill_assets.audit.balance import Totals, balance
from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.ledger import count, ledger_rows
from telebill_assets.audit.masking import mask
from telebill_assets.audit.publication import Publication
from telebill_assets.compute.context import JobContext
from telebill_assets.compute.controls import raw_cdr as controls
from telebill_assets.compute.days import earlier_days
from telebill_assets.compute.request import JobReport
from telebill_assets.mediation.landing import LandingFile, Source, land, list_files
from telebill_assets.mediation.register import register
from telebill_assets.tables.file_register import FileRegister
from telebill_assets.tables.ledger import Ledger
from telebill_assets.tables.raw_cdr import RawCdr
from telebill_assets.tables.reference.sources import Sources

STAGE = "raw_cdr"
TABLES = (
    RawCdr,
    FileRegister,
    Ledger,
)
GATES = {
    "every_file_registered": "Every file of the landing folder has its row in the file register",
    "every_record_landed": "Every record of every readable file is in raw_cdr, once",
    "every_file_landed": "raw_cdr holds as many records of each file as were read from it",
}
CONTROLS = controls.CONTROLS

SAMPLES = 5


def run(context: JobContext) -> JobReport:
    """Land the files of one day."""
    day, publication = context.partition, Publication(context)
    files = list_files(context.settings.landing_zone, day)
    report, data_files = _landed(context, files, day)
    raw = publication.adopt(RawCdr, data_files, landing_day=day)
    earlier = context.lake.read(context.spark, FileRegister, landing_day=earlier_days(context))
    sources = context.reference(Sources)
    registered = publication.write(FileRegister, register(report, earlier, sources, day), landing_day=day)
    by_file = raw.groupBy("path").agg(F.count("*").alias("landed"), F.sum("talk_s").alias("talk_s")).persist()
    try:
        ledger = publication.write(Ledger, _received(registered, by_file, day), period=day, stage=STAGE)
        received = count(ledger).of("received")
        publication.check(*_gates(publication, files, received, registered, by_file))
        publication.check(*controls.check(context, registered, by_file))
    finally:
        by_file.unpersist()
    figures = {"files": str(len(files)), "records": str(received["records"])}
    return publication.finish(figures, {"files_suspended": _as_text(_suspended_files(registered))})


def _gates(
    publication: Publication,
    files: Sequence[LandingFile],
    received: Totals,
    registered: DataFrame,
    by_file: DataFrame,
) -> list[CheckResult]:
    return [
        _every_file_registered(files, publication.rows(FileRegister)),
        balance(
            "every_record_landed",
            GATES["every_record_landed"],
            ("in files", {"records": received["records"]}),
            {"in raw_cdr": {"records": publication.rows(RawCdr)}},
        ),
        _every_file_landed(registered, by_file),
    ]


def _landed(context: JobContext, files: Sequence[LandingFile], day: date) -> tuple[DataFrame, list[str]]:
    """The landing report, saved so that the files are read once, and the data files the tasks wrote."""
    folder = context.lake.staging_folder(RawCdr, context.request.run_id, landing_day=day)
    known = context.lake.read_arrow(Sources).to_pylist()
    sources = {
        row["source"]: Source(
            tuple(row["layout"].split()), row["time_zone"], row["encoding"] or "", row["completeness"] or ""
        )
        for row in known
    }
    report = land(context.spark, context.settings.landing_zone, files, sources=sources, day=day, folder=folder)
    report.write.parquet(f"{folder}/report")
    saved = context.spark.read.parquet(f"{folder}/report")
    data_files = saved.where("data_file IS NOT NULL").select("data_file").distinct().collect()
    return saved, sorted(row["data_file"] for row in data_files)


def _received(registered: DataFrame, by_file: DataFrame, day: date) -> DataFrame:
    counted = registered.join(by_file, "path", "left").select(
        "path",
        "source",
        F.when(F.col("status").isin("suspended", "set_aside"), F.concat(F.lit("file_"), "status"))
        .otherwise("received")
        .alias("outcome"),
        "reason",
        "records",
        "talk_s",
    )
    return ledger_rows(counted, STAGE, day)


def _every_file_registered(files: Sequence[LandingFile], registered: int) -> CheckResult:
    return balance(
        "every_file_registered",
        GATES["every_file_registered"],
        ("in the landing zone", {"files": len(files)}),
        {"registered": {"files": registered}},
    )


def _every_file_landed(registered: DataFrame, by_file: DataFrame) -> CheckResult:
    usable = registered.where("status IN ('landed', 'duplicate', 'held')").select("path", "records")
    wrong = usable.join(by_file, "path", "left").where("records != coalesce(landed, 0)").persist()
    try:
        count = wrong.count()
        rows = wrong.orderBy("path").limit(SAMPLES).collect() if count else []
    finally:
        wrong.unpersist()
    return CheckResult(
        name="every_file_landed",
        description=GATES["every_file_landed"],
        passed=not count,
        figure=f"{count:,} files differ",
        failures={"files": count} if count else {},
        samples=[mask(f"{row['path']}: read {row['records']}, in raw_cdr {row['landed'] or 0}") for row in rows],
    )


def _suspended_files(registered: DataFrame) -> dict[str, int]:
    rows = registered.where("status = 'suspended'").groupBy("reason").count().collect()
    return {row["reason"]: row["count"] for row in rows}


def _as_text(counts: dict[str, int]) -> dict[str, str]:
    return {reason: str(count) for reason, count in sorted(counts.items())}
