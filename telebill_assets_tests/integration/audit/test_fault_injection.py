"""The fault injector: a small month that is right is broken in one place at a time, and a named control must notice.

`faults.py` is the list: what is broken, where, and which control catches it. `CONTROLS` says how each control is asked
about tables: by the very functions that the stages call. Faults of published partitions and of the database are
further down: there the next stage runs as a whole.
"""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import polars as pl
import pytest

from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.controls.agreement import ACCOUNTS, AGGREGATES, LINES, TAXED, TAXES, agreed, agreement
from telebill_assets.audit.controls.agreement import differences as differing
from telebill_assets.audit.controls.billing_run import bill_run_complete, billing_states, fingerprint
from telebill_assets.audit.controls.coverage import plan_coverage, plan_overlaps, rate_coverage
from telebill_assets.audit.controls.files import (
    SourceFiles,
    duplicate_files,
    expected_files,
    file_sequence,
    source_files,
    trailer_totals,
)
from telebill_assets.audit.controls.plausibility import (
    call_counts,
    duration_plausibility,
    late_arrivals,
    time_counts,
    time_plausibility,
)
from telebill_assets.audit.controls.rerate import rerate, sample_calls
from telebill_assets.audit.controls.second_rating import TABLES_READ
from telebill_assets.audit.controls.services import known_services, services_used, unused_services
from telebill_assets.audit.controls.similar_calls import alike, candidates, similar_calls
from telebill_assets.audit.controls.suspense import suspense_age, waiting
from telebill_assets.audit.controls.tax_coverage import lacking, tax_coverage
from telebill_assets.audit.controls.thresholds import Thresholds
from telebill_assets.audit.controls.volume import day_volumes, days_before, volume
from telebill_assets.audit.controls.zero_rated import zero_rated
from telebill_assets.audit.tally import Tally, add_up
from telebill_assets.database.server import connect
from telebill_assets.invoicing.footing import footing_check, not_footing
from telebill_assets.lake.lake import Lake
from telebill_assets.stages.invoices import checks as billing
from telebill_assets.stages.invoices import counted
from telebill_assets.stages.rated_usage import checks as rating
from telebill_assets.stages.road import STAGES
from telebill_assets.stages.taxed_charges import job as taxing
from telebill_assets.tables.registry import TABLES
from telebill_assets.taxation.sandbox.server import running_sandbox
from telebill_assets_tests.integration.audit.faults import FAULTS, IN_DATABASE, PUBLISHED
from telebill_assets_tests.integration.audit.healthy_month import DAY, MONTH, HealthyMonth, Tables, build
from telebill_assets_tests.support.databases import new_database
from telebill_assets_tests.support.published import publish

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
PRICED = (pl.col("stage") == "daily_aggregates") & (pl.col("outcome") == "priced")


@pytest.fixture(scope="module")
def month(url, tmp_path_factory):
    with running_sandbox() as sandbox:
        yield build(tmp_path_factory.mktemp("healthy"), new_database(url, "healthy"), sandbox)


@pytest.fixture(scope="module")
def healthy(month: HealthyMonth) -> Tables:
    return month.tables()


# How each control is asked about tables.


def _expected_files(tables: Tables) -> CheckResult:
    sources = [row["source"] for row in tables.rows("sources")]
    yesterday = [SourceFiles(source, DAY - timedelta(days=1), "landed", 1) for source in sources]
    return expected_files([*source_files(tables.frame("file_register")), *yesterday], sources, DAY, LIMITS)


def _file_sequence(tables: Tables) -> CheckResult:
    return file_sequence(tables.frame("file_register").with_columns(source=pl.lit("s")), DAY, LIMITS)


def _trailer_totals(tables: Tables) -> CheckResult:
    seconds = tables.frame("raw_cdr").group_by("path").agg(seconds=pl.col("talk_s").sum())
    return trailer_totals(tables.frame("file_register"), seconds)


def _observed(tables: Tables) -> dict[str, int]:
    return call_counts(tables.frame("validated_usage"), DAY, LIMITS)


def _time_plausibility(tables: Tables) -> CheckResult:
    of_validation = tables.frame("ledger").filter(pl.col("stage") == "validated_usage")
    return time_plausibility(*time_counts(of_validation), LIMITS)


def _similar_calls(tables: Tables) -> CheckResult:
    calls = tables.frame("validated_usage")
    return similar_calls(alike(candidates(calls)), calls.height, LIMITS)


def _rerate_sample(tables: Tables) -> CheckResult:
    """All priced calls are the sample."""
    sample = sample_calls(tables.frame("priced"), tables.frame("priced").height)
    return rerate(sample.to_dicts(), {name: tables.rows(name) for name in TABLES_READ if name in tables.tables})


def _suspense_age(tables: Tables) -> CheckResult:
    found = waiting(tables.frame("suspended_usage"), tables.frame("daily_aggregates"), DAY, max_call_s=86_400)
    return suspense_age(found, LIMITS)


def _volume(tables: Tables) -> CheckResult:
    """The day against three weekdays before that were exactly like it."""
    today, usual = (tables.frame(name).filter(PRICED) for name in ("ledger", "usual_ledger"))
    before = days_before(DAY, LIMITS)[:3]
    earlier = [usual.with_columns(period=pl.lit(day)) for day in before]
    return volume(day_volumes(pl.concat([today, *earlier])), DAY, before, LIMITS)


def _compared(tables: Tables) -> rating.Compared:
    return rating.compare(tables.frame("daily_aggregates"), tables.frame("rated_usage"), Tally())


def _aggregates_unchanged(tables: Tables) -> CheckResult:
    published = tables.frame("ledger").filter(PRICED)
    return agreement(AGGREGATES, _compared(tables).of_days, published, rating.OF_DAY, rating.MEASURES)


def _accounts_balance(tables: Tables) -> CheckResult:
    return agreed(ACCOUNTS, _compared(tables).differing_accounts, rating.OF_ACCOUNT, rating.MEASURES)


def _unused_services(tables: Tables) -> CheckResult:
    used = services_used(tables.frame("services"), tables.frame("daily_aggregates"), MONTH, DAY)
    return unused_services(used, LIMITS)


def _charge_lines_unchanged(tables: Tables) -> CheckResult:
    read = taxing._by_kind(tables.frame("rated_usage"))
    published = tables.frame("ledger").filter(pl.col("stage") == "rated_usage").rename({"outcome": "line_kind"})
    return agreement(LINES, read, published, ("currency", "line_kind"), ("records", "amount"))


def _tax_coverage(tables: Tables) -> CheckResult:
    asked = (tables.frame(name) for name in ("rated_usage", "taxed_charges", "accounts", "products"))
    return tax_coverage(lacking(*asked))


def _taxed_lines_agree(tables: Tables) -> CheckResult:
    rated, taxed = (counted.as_lines(tables.frame(name)) for name in ("rated_usage", "taxed_charges"))
    return agreed(TAXED, differing(rated, taxed, billing.LINE, billing.COUNTED), billing.LINE, billing.COUNTED)


def _tax_lines_agree(tables: Tables) -> CheckResult:
    taxed, taxes = tables.frame("taxed_charges"), tables.frame("tax_lines")
    return agreed(TAXES, differing(taxed, taxes, billing.TAXED_LINE, billing.TAX), billing.TAXED_LINE, billing.TAX)


def _bill_run_complete(tables: Tables) -> CheckResult:
    asked = (tables.frame(name) for name in ("accounts", "rated_usage", "invoices", "holds"))
    return bill_run_complete(billing_states(*asked))


CONTROLS: dict[str, Callable[[Tables], CheckResult]] = {
    "expected_files": _expected_files,
    "file_sequence": _file_sequence,
    "duplicate_files": lambda t: duplicate_files(source_files(t.frame("file_register")), DAY, LIMITS),
    "trailer_totals": _trailer_totals,
    "duration_plausibility": lambda t: duration_plausibility(_observed(t), LIMITS),
    "late_arrivals": lambda t: late_arrivals(_observed(t), LIMITS),
    "time_plausibility": _time_plausibility,
    "similar_calls": _similar_calls,
    "rerate_sample": _rerate_sample,
    "known_services": lambda t: known_services(t.frame("daily_aggregates"), t.frame("services")),
    "plan_overlaps": lambda t: plan_overlaps(t.rows("subscriptions")),
    "plan_coverage": lambda t: plan_coverage(t.rows("services"), t.rows("subscriptions"), DAY, LIMITS),
    "rate_coverage": lambda t: rate_coverage({name: t.rows(name) for name in t.tables}, DAY, LIMITS),
    "zero_rated": lambda t: zero_rated(t.frame("daily_aggregates"), LIMITS),
    "volume": _volume,
    "suspense_age": _suspense_age,
    "aggregates_unchanged": _aggregates_unchanged,
    "accounts_balance": _accounts_balance,
    "unused_services": _unused_services,
    "charge_lines_unchanged": _charge_lines_unchanged,
    "tax_coverage": _tax_coverage,
    "taxed_lines_agree": _taxed_lines_agree,
    "tax_lines_agree": _tax_lines_agree,
    "bill_run_complete": _bill_run_complete,
    "invoices_foot": lambda t: footing_check(not_footing(t.assembly())),
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
    usual = Tables({**healthy.tables, "usual_ledger": healthy.tables["ledger"]})
    return usual.having("file_register", rows)


def test_every_stage_reports_the_controls_that_it_declares(month):
    assert set(month.reports) == set(STAGES) - {"invoice_documents", "close_report"}
    for name, report in month.reports.items():
        found, controls = {check.name: check for check in report.checks}, STAGES[name].controls
        assert [control.name for control in controls if control.name not in found] == []
        assert [check.name for check in found.values() if check.blocking and not check.passed] == []
        assert all(found[control.name].threshold or "not judged" in found[control.name].figure for control in controls)


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
    publish(lake, model, *fault.tamper(rows), run=f"fault-{uuid4().hex[:8]}", **{column: value})
    try:
        report = month.run(published.job)
    finally:
        lake.rollback(model, before, "mended", "test", **{column: value})
    failed = [check.name for check in report.checks if check.blocking and not check.passed]
    assert published.caught_by in failed
    assert not report.published


# Faults of the database, after the invoices are final.


def compare_with_the_database(url: str, tables: Tables) -> list[CheckResult]:
    assembly = tables.assembly()
    to_post = dict(add_up([counted.posted(assembly)]).iter_rows())
    return billing.after_billing(url, MONTH, fingerprint(assembly.invoices), to_post)


@pytest.mark.parametrize(("what", "fault", "caught_by"), IN_DATABASE, ids=[f[0].replace(" ", "-") for f in IN_DATABASE])
def test_a_fault_in_the_database_is_caught(month, healthy, what, fault, caught_by):  # noqa: ARG001
    url, tables = month.settings.database_url.get_secret_value(), ("invoice", "invoice_line", "invoice_tax")
    with connect(url) as connection:
        connection.execute("SET session_replication_role = replica")  # the triggers that freeze final invoices
        for table in tables:
            connection.execute(f"CREATE TABLE kept_{table} AS TABLE {table}")
        connection.execute(fault)
    try:
        results = compare_with_the_database(url, healthy)
    finally:
        with connect(url) as connection:
            connection.execute("SET session_replication_role = replica")
            for table in tables:
                connection.execute(f"DELETE FROM {table}")
                connection.execute(f"INSERT INTO {table} SELECT * FROM kept_{table}")
                connection.execute(f"DROP TABLE kept_{table}")
    assert [result.name for result in results if not result.passed and result.name == caught_by] == [caught_by]


def test_the_database_holds_the_healthy_month(month, healthy):
    results = compare_with_the_database(month.settings.database_url.get_secret_value(), healthy)
    assert [result.name for result in results if not result.passed] == []
