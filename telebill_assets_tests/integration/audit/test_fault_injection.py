"""The fault injector: a small month that is right is broken in one place at a time, and a named control must notice.

`faults.py` is the list: what is broken, where, and which control catches it. `CONTROLS` says how each control is asked
about tables. Faults of published partitions and of the database are further down: there the next stage runs as a whole.
"""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from pyspark.sql import functions as F
from telebill_assets.compute.jobs import daily_aggregates, invoices, rated_usage, raw_cdr, taxed_charges
from telebill_assets.compute.jobs import validated_usage as validation

from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.controls.agreement import ACCOUNTS, AGGREGATES, LINES, TAXED, TAXES, agreement
from telebill_assets.audit.controls.billing_run import bill_run_complete
from telebill_assets.audit.controls.coverage import plan_coverage, plan_overlaps, rate_coverage
from telebill_assets.audit.controls.files import (
    SourceFiles,
    duplicate_files,
    expected_files,
    file_sequence,
    trailer_totals,
)
from telebill_assets.audit.controls.plausibility import (
    call_counts,
    duration_plausibility,
    late_arrivals,
    time_plausibility,
)
from telebill_assets.audit.controls.rerate import rerate
from telebill_assets.audit.controls.second_rating import TABLES_READ
from telebill_assets.audit.controls.services import known_services, unused_services
from telebill_assets.audit.controls.similar_calls import similar_calls
from telebill_assets.audit.controls.suspense import Waiting, suspense_age
from telebill_assets.audit.controls.tax_coverage import tax_coverage
from telebill_assets.audit.controls.thresholds import Thresholds
from telebill_assets.audit.controls.volume import DayVolume, volume
from telebill_assets.audit.controls.zero_rated import zero_rated
from telebill_assets.database.server import connect, database_url
from telebill_assets.invoicing.footing import footing_check
from telebill_assets.lake.lake import Lake
from telebill_assets.stages.invoices import checks as billing
from telebill_assets.tables.registry import TABLES
from telebill_assets.taxation.sandbox.server import running_sandbox
from telebill_assets_tests.integration.audit.faults import FAULTS, IN_DATABASE, PUBLISHED
from telebill_assets_tests.integration.audit.healthy_month import DAY, MONTH, HealthyMonth, Row, Tables, build, republish

pytestmark = pytest.mark.slow
LIMITS = Thresholds(
    silent_days=1,
    similar_calls_percent=Decimal(0),
    duplicate_file_percent=Decimal(20),
    wrong_time_percent=Decimal(10),
    late_percent=Decimal(5),
    zero_rated_percent=Decimal(60),
    unused_services_percent=Decimal(99),
)
"""For a day of 160 calls with all the demo's faults."""
MEASURES = ("records", "talk_s", "billed_s", "amount")


@pytest.fixture(scope="module")
def month(spark, tmp_path_factory):
    with running_sandbox() as sandbox:
        yield build(spark, tmp_path_factory.mktemp("healthy"), sandbox)


@pytest.fixture(scope="module")
def healthy(month: HealthyMonth) -> Tables:
    return month.tables()


# How each control is asked about tables.


def _files(tables: Tables) -> list[SourceFiles]:
    return [SourceFiles(row["source"], row["landing_day"], row["status"], 1) for row in tables.rows("file_register")]


def _expected_files(tables: Tables) -> CheckResult:
    yesterday = [SourceFiles(row["source"], DAY - timedelta(days=1), "landed", 1) for row in tables.rows("sources")]
    sources = [row["source"] for row in tables.rows("sources")]
    return expected_files([*_files(tables), *yesterday], sources, DAY, LIMITS)


def _trailer_totals(tables: Tables) -> CheckResult:
    seconds = tables.frame("raw_cdr").groupBy("path").agg(F.sum("talk_s").alias("seconds"))
    declaring = tables.frame("file_register").where("status = 'landed' AND declared_records IS NOT NULL")
    return trailer_totals(declaring, seconds)


def _observed(tables: Tables) -> dict[str, Any]:
    counts = [column.alias(name) for name, column in call_counts(DAY, LIMITS).items()]
    return tables.frame("validated_usage").agg(*counts).collect()[0].asDict()


def _time_plausibility(tables: Tables) -> CheckResult:
    received: dict[str, int] = {}
    wrong: dict[str, int] = {}
    for row in tables.rows("ledger"):
        if row["stage"] == "validated_usage":
            received[row["source"]] = received.get(row["source"], 0) + row["records"]
            if row["reason"] in {"future_call", "too_old"}:
                wrong[row["source"]] = wrong.get(row["source"], 0) + row["records"]
    return time_plausibility(received, wrong, LIMITS)


def _priced(tables: Tables) -> list[Row]:
    """All priced calls, in the columns of a sample."""
    moments = {"start_s": "start_at", "answer_s": "answer_at"}
    return [
        row | {name: int(row[column].timestamp()) for name, column in moments.items()} for row in tables.rows("priced")
    ]


def _suspense_age(tables: Tables) -> CheckResult:
    rows = tables.rows("suspended_usage")
    return suspense_age([Waiting((DAY - row["landing_day"]).days, 1, 0, Decimal(0)) for row in rows], LIMITS)


def _volume(tables: Tables) -> CheckResult:
    """The day against three weekdays before that were exactly like it."""
    today = [row for row in tables.rows("ledger") if (row["stage"], row["outcome"]) == ("daily_aggregates", "priced")]
    measured = ("source", "currency", "records", "talk_s", "amount")
    volumes = [DayVolume(DAY, *(row[name] for name in measured)) for row in today]
    before = [DAY - timedelta(weeks=n) for n in (1, 2, 3)]
    volumes += [
        DayVolume(day, *(row[name] for name in measured)) for day in before for row in tables.rows("usual_ledger")
    ]
    return volume(volumes, DAY, before, LIMITS)


def _aggregates_unchanged(tables: Tables) -> CheckResult:
    counted = tables.frame("daily_aggregates").withColumnsRenamed(
        {"landing_day": "period", "calls": "records", "charge": "amount"}
    )
    ledger = tables.frame("ledger").where("stage = 'daily_aggregates' AND outcome = 'priced'")
    return agreement(AGGREGATES, counted, ledger, ("period", "currency"), MEASURES)


def _accounts_balance(tables: Tables) -> CheckResult:
    counted = tables.frame("daily_aggregates").withColumnsRenamed({"calls": "records", "charge": "amount"})
    usage = tables.frame("rated_usage").where("line_kind = 'usage'").drop("amount")
    lines = usage.withColumnsRenamed({"calls": "records", "exact_amount": "amount"})
    return agreement(ACCOUNTS, lines, counted, ("account_id", "currency"), MEASURES)


def _charge_lines_unchanged(tables: Tables) -> CheckResult:
    read = tables.frame("rated_usage").select(
        "currency", "line_kind", F.lit(1).alias("records"), F.col("exact_amount").alias("amount")
    )
    ledger = tables.frame("ledger").where("stage = 'rated_usage'").withColumnRenamed("outcome", "line_kind")
    return agreement(LINES, read, ledger, ("currency", "line_kind"), ("records", "amount"))


def _taxed_lines_agree(tables: Tables) -> CheckResult:
    line = ("line_id", "account_id", "currency")
    rated, taxed = (
        tables.frame(name).select(*line, F.lit(1).alias("lines"), "amount") for name in ("rated_usage", "taxed_charges")
    )
    return agreement(TAXED, rated, taxed, line, ("lines", "amount"))


CONTROLS: dict[str, Callable[[Tables], CheckResult]] = {
    "expected_files": _expected_files,
    "file_sequence": lambda t: file_sequence(t.frame("file_register").withColumn("source", F.lit("s")), DAY, LIMITS),
    "duplicate_files": lambda t: duplicate_files(_files(t), DAY, LIMITS),
    "trailer_totals": _trailer_totals,
    "duration_plausibility": lambda t: duration_plausibility(_observed(t), LIMITS),
    "late_arrivals": lambda t: late_arrivals(_observed(t), LIMITS),
    "time_plausibility": _time_plausibility,
    "similar_calls": lambda t: similar_calls(t.frame("validated_usage"), len(t.rows("validated_usage")), LIMITS),
    "rerate_sample": lambda t: rerate(_priced(t), {name: t.rows(name) for name in TABLES_READ if name in t.tables}),
    "known_services": lambda t: known_services(t.frame("daily_aggregates"), t.frame("services")),
    "plan_overlaps": lambda t: plan_overlaps(t.rows("subscriptions")),
    "plan_coverage": lambda t: plan_coverage(t.rows("services"), t.rows("subscriptions"), DAY, LIMITS),
    "rate_coverage": lambda t: rate_coverage({name: t.rows(name) for name in t.tables}, DAY, LIMITS),
    "zero_rated": lambda t: zero_rated(t.frame("daily_aggregates"), LIMITS),
    "volume": _volume,
    "suspense_age": _suspense_age,
    "aggregates_unchanged": _aggregates_unchanged,
    "accounts_balance": _accounts_balance,
    "unused_services": lambda t: unused_services(t.frame("services"), t.frame("daily_aggregates"), MONTH, DAY, LIMITS),
    "charge_lines_unchanged": _charge_lines_unchanged,
    "tax_coverage": lambda t: tax_coverage(
        t.frame("rated_usage"), t.frame("taxed_charges"), t.frame("accounts"), t.frame("products")
    ),
    "taxed_lines_agree": _taxed_lines_agree,
    "tax_lines_agree": lambda t: agreement(
        TAXES, t.frame("taxed_charges"), t.frame("tax_lines"), ("line_id", "account_id"), ("tax_amount",)
    ),
    "bill_run_complete": lambda t: bill_run_complete(
        t.frame("accounts"), t.frame("rated_usage"), t.frame("invoices"), t.frame("holds")
    ),
    "invoices_foot": lambda t: footing_check(t.assembly()),
}


@pytest.fixture(scope="module")
def ready(healthy: Tables) -> Tables:
    """The healthy tables with numbered files and trailers, as sources that have them send them."""
    seconds: dict[str, int] = {}
    for row in healthy.rows("raw_cdr"):
        seconds[row["path"]] = seconds.get(row["path"], 0) + (row["talk_s"] or 0)
    rows = []
    for row in healthy.rows("file_register"):
        declared = {"declared_records": row["records"], "declared_s": seconds.get(row["path"], 0)}
        rows.append(row | {"series": "all", "sequence_nr": len(rows) + 1} | declared)
    usual = Tables(healthy.context, {**healthy.tables, "usual_ledger": healthy.tables["ledger"]})
    today = [row for row in usual.rows("ledger") if (row["stage"], row["outcome"]) == ("daily_aggregates", "priced")]
    return usual.having("file_register", rows).having("usual_ledger", today)


def test_every_stage_reports_the_controls_that_it_declares(month):
    jobs = {
        "raw_cdr": raw_cdr,
        "validated_usage": validation,
        "daily_aggregates": daily_aggregates,
        "rated_usage": rated_usage,
        "taxed_charges": taxed_charges,
        "invoices": invoices,
    }
    for name, job in jobs.items():
        found = {check.name: check for check in month.reports[name].checks}
        assert [control.name for control in job.CONTROLS if control.name not in found] == []
        assert [check.name for check in found.values() if check.blocking and not check.passed] == []
        assert all(
            found[control.name].threshold or "not judged" in found[control.name].figure for control in job.CONTROLS
        )


@pytest.mark.parametrize("control", CONTROLS)
def test_a_healthy_month_passes(ready, control):
    result = CONTROLS[control](ready)
    assert result.name == control
    assert result.passed, result


@pytest.mark.parametrize(
    ("control", "fault"),
    [(control, fault) for control, faults in FAULTS.items() for fault in faults],
    ids=lambda value: getattr(value, "what", value).replace(" ", "-"),
)
def test_a_fault_is_caught(ready, control, fault):
    broken = ready.having(fault.table, fault.tamper(ready.rows(fault.table)))
    result = CONTROLS[control](broken)
    assert result.name == control
    assert not result.passed
    assert result.failures or result.samples


def test_every_control_has_its_fault_and_there_are_enough():
    assert FAULTS.keys() == CONTROLS.keys()
    assert len({fault.what for faults in FAULTS.values() for fault in faults}) >= 30


# Faults of published partitions: the next stage runs as a whole.


@pytest.mark.parametrize("published", PUBLISHED, ids=lambda published: published.fault.what.replace(" ", "-"))
def test_a_published_fault_holds_the_next_stage(month, healthy, published):
    fault = published.fault
    lake, model = Lake.open(month.settings), TABLES[fault.table]
    column, value = ("billing_month", MONTH) if published.job == "invoices" else ("landing_day", DAY)
    before = lake.snapshots(model)[-1].id
    rows = [row for row in healthy.rows(fault.table) if row[column] == value]
    republish(month, fault.table, fault.tamper(rows), **{column: value})
    try:
        report = month.run(published.job)
    finally:
        lake.rollback(model, before, "mended", "test", **{column: value})
    failed = [check.name for check in report.checks if check.blocking and not check.passed]
    assert published.caught_by in failed
    assert not report.published


# Faults of the database, after the invoices are final.


@pytest.mark.parametrize(("what", "fault", "caught_by"), IN_DATABASE, ids=[f[0].replace(" ", "-") for f in IN_DATABASE])
def test_a_fault_in_the_database_is_caught(month, healthy, what, fault, caught_by):  # noqa: ARG001
    url, tables = database_url(month.settings), ("invoice", "invoice_line", "invoice_tax")
    with connect(url) as connection:
        connection.execute("SET session_replication_role = replica")  # the triggers that freeze final invoices
        for table in tables:
            connection.execute(f"CREATE TABLE kept_{table} AS TABLE {table}")
        connection.execute(fault)
    try:
        results = billing.after_billing(month.context(MONTH), url, healthy.assembly())
    finally:
        with connect(url) as connection:
            connection.execute("SET session_replication_role = replica")
            for table in tables:
                connection.execute(f"DELETE FROM {table}")
                connection.execute(f"INSERT INTO {table} SELECT * FROM kept_{table}")
                connection.execute(f"DROP TABLE kept_{table}")
    assert [result.name for result in results if not result.passed and result.name == caught_by] == [caught_by]


def test_the_database_holds_the_healthy_month(month, healthy):
    results = billing.after_billing(month.context(MONTH), database_url(month.settings), healthy.assembly())
    assert [result.name for result in results if not result.passed] == []
