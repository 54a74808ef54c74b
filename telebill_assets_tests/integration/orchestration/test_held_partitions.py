"""A partition that fails a blocking check stays unpublished, and Dagster says why."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import dagster as dg
import pytest
from typer.testing import CliRunner

from telebill_assets.assets.month_guard import unready_days
from telebill_assets.assets.stage import stage_asset
from telebill_assets.assets.stage_assets import DAILY
from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.publication import Publication
from telebill_assets.audit.table_checks import row_checks
from telebill_assets.compute.context import JobContext
from telebill_assets.compute.held_commands import app
from telebill_assets.compute.holds import (
    NoSuchHoldError,
    ReleaseRefusedError,
    discard,
    hold,
    holds,
    obstacles,
    release,
)
from telebill_assets.compute.request import JobReport, JobRequest
from telebill_assets.compute.runner import Runner
from telebill_assets.errors import InvalidInputError
from telebill_assets.lake.lake import Lake, OvertakenError
from telebill_assets.operate import QUIET, instance_of, release_held
from telebill_assets.partitions import partitions
from telebill_assets.stages.road import STAGES
from telebill_assets.tables.file_register import FileRegister
from telebill_assets.tables.held_partitions import HeldPartitions
from telebill_assets.tables.ledger import Ledger
from telebill_assets.tables.reference.services import Services
from telebill_assets.tables.table import from_rows
from telebill_assets_tests.support.in_process import InProcess
from telebill_assets_tests.support.published import publish

DAY = date(2020, 4, 3)
SERVICE = {
    "source": "*",
    "service_key": "k",
    "account_id": "A-1",
    "service_id": "A-1-1",
    "valid_from": date(2020, 1, 1),
}
RECEIVED = {"period": DAY, "stage": "raw_cdr", "outcome": "received"}


class LedgerRunner(Runner):
    """Reads the service map, and writes one ledger row with this many records through the real publication."""

    def __init__(self, settings, records, *, reports_all=True):
        super().__init__(settings)
        self.records, self.reports_all, self.asked = records, reports_all, []

    def run(self, request):
        self.asked.append(request.job)
        lake = Lake.open(self.settings)
        publication = Publication(JobContext(request, self.settings, lake, InProcess(self.settings)))
        lake.frame(Services)
        rows = from_rows([{**RECEIVED, "stage": request.job, "records": self.records}], Ledger)
        publication.write(Ledger, rows, period=DAY, stage=request.job)
        if self.reports_all:
            declared = STAGES[request.job].checks
            publication.check(*[passing(name) for name, _, _ in declared if name != "ledger_rules"])
        return publication.finish({})


def passing(name: str) -> CheckResult:
    return CheckResult(name=name, description="", passed=True, figure="")


@pytest.fixture
def telebill(settings, monkeypatch):
    """`telebill held ...` on the home of this test."""
    monkeypatch.setenv("TELEBILL_HOME", str(settings.home))
    return lambda *arguments: CliRunner().invoke(app, list(arguments))


@pytest.fixture
def instance(settings):
    return instance_of(settings)


@pytest.fixture
def materialise(settings, instance):
    days = partitions(settings).daily
    assets = [stage_asset(STAGES[each.name], each, days, "lake") for each in DAILY]

    def run(records: int, *selected: str, reports_all=True):
        runner = LedgerRunner(settings, records, reports_all=reports_all)
        result = dg.materialize(
            assets,
            selection=list(selected) or None,
            partition_key=DAY.isoformat(),
            instance=instance,
            resources={"runner": runner},
            raise_on_error=False,
            run_config=QUIET,
        )
        return result, runner

    return run


def verdicts(result) -> dict[str, bool]:
    return {evaluation.check_name: evaluation.passed for evaluation in result.get_asset_check_evaluations()}


def test_a_negative_count_holds_the_partition_back(materialise, settings):
    result, runner = materialise(records=-1)
    assert not result.success
    assert result.get_asset_materialization_events() == []
    assert verdicts(result)["ledger_rules"] is False
    assert runner.asked == ["raw_cdr"]  # what depends on it was not started
    assert Lake.open(settings).published_partitions(Ledger) == []


def test_the_reason_is_in_the_check_and_in_the_failure(materialise):
    result, _ = materialise(records=-1)
    (evaluation,) = [each for each in result.get_asset_check_evaluations() if each.check_name == "ledger_rules"]
    assert evaluation.metadata["figure"].value == f"1 failures of {len(row_checks(Ledger))} rules in 1 rows"
    assert "records.greater_than_or_equal_to: 2020-04-03" in evaluation.metadata["samples"].value
    (failure,) = [event.step_failure_data for event in result.all_events if event.is_step_failure]
    assert "The audit held raw_cdr 2020-04-03 back: ledger_rules" in failure.user_failure_data.description


def test_a_check_that_the_job_did_not_report_fails(materialise):
    result, _ = materialise(1, "raw_cdr", reports_all=False)
    found = verdicts(result)
    assert found["ledger_rules"] is True
    assert {found[name] for name in STAGES["raw_cdr"].gates} == {False}


def test_an_unpublished_run_leaves_what_readers_see(materialise, settings):
    materialise(5, "raw_cdr")
    materialise(-1, "raw_cdr")
    lake = Lake.open(settings)
    assert lake.frame(Ledger)["records"].to_list() == [5]
    assert lake.published_partitions(FileRegister) == []


def test_a_held_partition_survives_vacuum_and_can_be_looked_at(materialise, settings, telebill):
    materialise(5, "raw_cdr")
    materialise(-1, "raw_cdr")
    (held,) = holds(Lake.open(settings))
    assert [file for file in Lake.open(settings).vacuum(older_than=timedelta(0)) if file.endswith(".parquet")] == []
    assert obstacles(Lake.open(settings), held) == []
    listed, shown = telebill("list").output, telebill("show", "raw_cdr", "2020-04-03").output
    assert "raw_cdr" in listed
    assert "ledger_rules" in listed
    for text in ("1 failures of", "records.greater_than_or_equal_to: 1", "│ records", "│ -6", "released or discarded"):
        assert text in shown


def test_a_release_publishes_what_was_audited_in_a_persons_name(materialise, settings, instance, telebill):
    materialise(5, "raw_cdr")
    _, runner = materialise(-1)
    assert runner.asked == ["raw_cdr"]
    done = telebill("release", "raw_cdr", "2020-04-03", "--by", "Ada Lovelace", "--reason", "a known correction")
    assert done.exit_code == 0, done.output

    lake = Lake.open(settings)
    assert lake.frame(Ledger)["records"].to_list() == [-1]
    assert lake.snapshots(Ledger)[-1].released == "Ada Lovelace: a known correction"
    (row,) = lake.frame(HeldPartitions).to_dicts()
    assert (row["status"], row["decided_by"]) == ("released", "Ada Lovelace")

    materialised = instance.get_latest_materialization_event(dg.AssetKey("raw_cdr")).asset_materialization
    assert materialised.partition == "2020-04-03"
    assert materialised.metadata["released by"].value == "Ada Lovelace"
    check = dg.AssetCheckKey(dg.AssetKey("raw_cdr"), "ledger_rules")
    (newest, *_) = instance.event_log_storage.get_asset_check_execution_history(check, limit=1)
    evaluation = newest.event.dagster_event.event_specific_data
    assert evaluation.passed
    assert evaluation.partition == "2020-04-03"
    assert evaluation.description == "Failed, and waived by Ada Lovelace: a known correction"
    assert evaluation.metadata["verdict"].value == "failed, and waived"

    result, runner = materialise(5, "validated_usage", "daily_aggregates")
    assert result.success
    assert runner.asked == ["validated_usage", "daily_aggregates"]


def test_a_released_day_no_longer_stops_its_month(materialise, instance, settings):
    materialise(-1, "daily_aggregates")
    assert unready_days(instance, [DAY.isoformat()]) != {}
    release_held(settings, "daily_aggregates", DAY, by="Ada", reason="known")
    assert unready_days(instance, [DAY.isoformat()]) == {}


def test_a_release_is_refused_if_the_partition_was_published_since(materialise, settings):
    materialise(-1, "raw_cdr")
    lake = Lake.open(settings)
    (held,) = holds(lake)
    publish(lake, Ledger, {**RECEIVED, "records": 7}, period=DAY, stage="raw_cdr")
    assert obstacles(lake, held) == ["ledger period=2020-04-03&stage=raw_cdr was published after the audit"]
    with pytest.raises(ReleaseRefusedError, match="was published after the audit"):
        release(lake, "raw_cdr", DAY, by="Ada", reason="known")
    assert lake.frame(Ledger)["records"].to_list() == [7]


def test_a_release_is_refused_if_its_inputs_changed(materialise, settings):
    materialise(-1, "raw_cdr")
    lake = Lake.open(settings)
    publish(lake, Services, SERVICE)
    with pytest.raises(ReleaseRefusedError, match="services, which it was made from, has changed since"):
        release(lake, "raw_cdr", DAY, by="Ada", reason="known")


def test_a_new_run_supersedes_what_an_earlier_one_left(materialise, settings):
    materialise(-1, "raw_cdr")
    materialise(-2, "raw_cdr")
    lake = Lake.open(settings)
    assert [each.status for each in holds(lake)] == ["superseded", "held"]
    materialise(5, "raw_cdr")
    assert [each.status for each in holds(lake)] == ["superseded", "superseded"]
    with pytest.raises(ReleaseRefusedError, match="it is superseded by a later run"):
        release(lake, "raw_cdr", DAY, by="Ada", reason="known")
    assert len([file for file in lake.vacuum(older_than=timedelta(0)) if "/ledger/" in file]) >= 2


def test_a_discarded_partition_is_gone_and_the_decision_stays(materialise, settings, instance, telebill):
    materialise(5, "raw_cdr")
    materialise(-1, "raw_cdr")
    (held,) = holds(Lake.open(settings))
    files = [Path(file) for table in held.evidence.tables for file in table.files]
    assert all(file.is_file() for file in files)
    done = telebill("discard", "raw_cdr", "2020-04-03", "--by", "Ada", "--reason", "file was sent again")
    assert done.exit_code == 0, done.output
    assert not any(file.exists() for file in files)
    assert Lake.open(settings).frame(Ledger)["records"].to_list() == [5]
    (row,) = Lake.open(settings).frame(HeldPartitions).to_dicts()
    assert (row["status"], row["decision_reason"]) == ("discarded", "file was sent again")
    observed = instance.fetch_observations(dg.AssetKey("raw_cdr"), limit=1).records[0].asset_observation
    assert observed.metadata["discarded by"].value == "Ada"
    again = telebill("discard", "raw_cdr", "2020-04-03", "--by", "Ada", "--reason", "twice")
    assert isinstance(again.exception, NoSuchHoldError)


def test_nobody_decides_without_a_name_and_a_reason(materialise, settings):
    materialise(-1, "raw_cdr")
    with pytest.raises(InvalidInputError) as error:
        release(Lake.open(settings), "raw_cdr", DAY, by=" ", reason="")
    assert str(error.value).splitlines() == ["--by: who decides must not be empty", "--reason: why must not be empty"]


def test_an_invoice_run_is_never_released(settings):
    request = JobRequest(job="invoices", partition=DAY, run_id="run", code_version="1.0")
    failed = CheckResult(name="invoices_foot", description="", passed=False, figure="1 cent")
    report = JobReport(job="invoices", partition=DAY, published=False, tables=[], checks=[failed])
    lake = Lake.open(settings)
    hold(lake, request, report, [], [])
    with pytest.raises(ReleaseRefusedError, match="invoices is never released"):
        release(lake, "invoices", DAY, by="Ada", reason="known")


def test_of_two_decisions_at_once_one_is_refused(materialise, settings):
    materialise(-1, "raw_cdr")
    lake = Lake.open(settings)

    def decide(decision) -> str:
        try:
            decision(Lake.open(settings), "raw_cdr", DAY, by="Ada", reason="known")
        except (ReleaseRefusedError, NoSuchHoldError, OvertakenError) as refused:
            return type(refused).__name__
        return "done"

    with ThreadPoolExecutor(2) as pool:
        ended = list(pool.map(decide, (release, discard)))
    assert ended.count("done") == 1
    (held,) = holds(lake)
    present = all(Path(file).is_file() for table in held.evidence.tables for file in table.files)
    assert (held.status, present) in {("released", True), ("discarded", False)}
