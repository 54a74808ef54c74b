"""The job of validated_usage: every landed record is validated, suspended, a duplicate or not billable."""

from datetime import date, timedelta

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from telebill_assets.audit.balance import Totals, balance
from telebill_assets.audit.identities import RECORDS, identity_check
from telebill_assets.audit.ledger import count, ledger_rows
from telebill_assets.audit.publication import Publication
from telebill_assets.audit.suspend import suspend_broken
from telebill_assets.compute.context import JobContext
from telebill_assets.compute.controls import validated_usage as controls
from telebill_assets.compute.days import earlier_days
from telebill_assets.compute.request import JobReport
from telebill_assets.mediation import outcomes
from telebill_assets.mediation.duplicates import in_play, known_calls, losers, old_call_dates, repeated_keys
from telebill_assets.mediation.enrich import enrich
from telebill_assets.mediation.validate import Limits, judge, validation_rules
from telebill_assets.tables.excluded_usage import ExcludedUsage
from telebill_assets.tables.file_register import FileRegister
from telebill_assets.tables.ledger import Ledger
from telebill_assets.tables.raw_cdr import RawCdr
from telebill_assets.tables.reference.accounts import Accounts
from telebill_assets.tables.reference.services import Services
from telebill_assets.tables.reference.sources import Sources
from telebill_assets.tables.suspended_usage import SuspendedUsage
from telebill_assets.tables.validated_usage import ValidatedUsage

STAGE = "validated_usage"
TABLES = (
    ValidatedUsage,
    SuspendedUsage,
    ExcludedUsage,
    Ledger,
)
GATES = {
    "records_balance": "Every record received has exactly one outcome",
    "every_file_settled": "In every file, the records and seconds received are those settled",
    "every_outcome_written": "The tables hold every record with its outcome",
}
CONTROLS = controls.CONTROLS
OUTCOMES = ("validated", "suspended", "duplicate", "non_billable")


def run(context: JobContext) -> JobReport:
    """Settle every record of one landing day."""
    day, publication = context.partition, Publication(context)
    raw = context.lake.read(context.spark, RawCdr, landing_day=day)
    files = context.lake.read(context.spark, FileRegister, landing_day=day)
    judged = _judged(context, raw, files).persist()
    rows = in_play(judged)
    repeated = _measured(repeated_keys(rows, known := _known(context, rows)))
    lost = _measured(losers(rows, known, repeated))
    settled = outcomes.settle(judged, lost, files)
    try:
        accepted = outcomes.validated_usage(settled)
        calls = publication.write(ValidatedUsage, accepted, controls.counts(context), landing_day=day)
        publication.ask(lambda: controls.check(context, publication.counted(ValidatedUsage), calls))
        suspended = outcomes.suspended_usage(settled, raw)
        publication.write(SuspendedUsage, suspended, landing_day=day, stage=STAGE)
        publication.write(ExcludedUsage, outcomes.excluded_usage(settled), landing_day=day)
        ledger = publication.write(Ledger, _counted(settled, day), period=day, stage=STAGE)
    finally:
        lost.unpersist()
        repeated.unpersist()
        judged.unpersist()

    received = context.lake.read(context.spark, Ledger, period=day, stage="raw_cdr")
    counts = count(ledger)
    parts = {name: _records_and_seconds(counts.of(name)) for name in OUTCOMES}
    whole = _records_and_seconds(count(received).of("received"))
    written = {
        "validated": {"records": publication.rows(ValidatedUsage)},
        "suspended": {"records": publication.rows(SuspendedUsage)},
        "excluded": {"records": publication.rows(ExcludedUsage)},
    }
    publication.check(
        balance("records_balance", GATES["records_balance"], ("received", whole), parts),
        identity_check(received.unionByName(ledger), RECORDS, "every_file_settled", GATES["every_file_settled"]),
        balance(
            "every_outcome_written",
            GATES["every_outcome_written"],
            ("received", {"records": whole["records"]}),
            written,
        ),
        controls.check_times(context, ledger),
    )
    figures = {name: str(parts[name]["records"]) for name in OUTCOMES}
    reasons = {name: counts.by_reason(name) for name in OUTCOMES if name != "validated"}
    return publication.finish(figures, reasons)


def _measured(few: DataFrame) -> DataFrame:
    """Keep a frame that is nearly always small: knowing its size, Spark need not shuffle all records to join it."""
    few.persist().count()
    return few


def _known(context: JobContext, rows: DataFrame) -> DataFrame:
    """Calls of earlier landing days that come again; a day without late records reads no history."""
    dates = old_call_dates(rows, _limits(context).day_begin)
    first = dates[0] - timedelta(days=1) if dates else context.partition
    days = [day for day in earlier_days(context) if day >= first]
    return known_calls(rows, context.lake.read(context.spark, ValidatedUsage, landing_day=days), dates)


def _limits(context: JobContext) -> Limits:
    settings = context.settings
    return Limits(context.partition, settings.billing_zone, settings.max_call_age_days, settings.max_call_s)


def _judged(context: JobContext, raw: DataFrame, files: DataFrame) -> DataFrame:
    """Enriched records with the verdict of the first rule that fires; the rules of the table itself come last."""
    status = files.select("path", F.col("status").alias("file_status"))
    enriched = enrich(
        raw.drop("raw"), context.reference(Sources), context.reference(Services), context.reference(Accounts)
    )
    judged = judge(
        _compiled_apart(enriched).join(F.broadcast(status), "path"),
        validation_rules(_limits(context)),
    )
    numbers = {"caller": F.col("caller_e164"), "callee": F.col("callee_e164")}
    return suspend_broken(judged.withColumns(numbers).select(*outcomes.SETTLED), ValidatedUsage)


def _compiled_apart(frame: DataFrame) -> DataFrame:
    """What follows gets a generated method of its own. One for all of it is so long that the JVM interprets it for most
    of a day's records. An observation is the cheapest step that ends a method.
    """
    return frame.observe("compiled_apart", F.count(F.lit(1)).alias("records"))


def _counted(settled: DataFrame, day: date) -> DataFrame:
    counted = settled.groupBy("path", "source", "outcome", "reason").agg(
        F.count("*").alias("records"), F.sum("talk_s").alias("talk_s")
    )
    return ledger_rows(counted, STAGE, day)


def _records_and_seconds(totals: Totals) -> dict[str, int]:
    return {"records": int(totals["records"]), "talk_s": int(totals["talk_s"])}
