"""A partition that fails a blocking check stays unpublished, and Dagster says why."""

from datetime import date

import dagster as dg
import pytest

from telebill_assets.assets.daily_aggregates import daily_aggregates
from telebill_assets.assets.raw_cdr import raw_cdr
from telebill_assets.assets.validated_usage import validated_usage
from telebill_assets.compute.context import JobContext
from telebill_assets.compute.jobs import raw_cdr as job
from telebill_assets.compute.publication import Publication
from telebill_assets.compute.runner import Runner
from telebill_assets.lake.lake import Lake
from telebill_assets.operate import QUIET
from telebill_assets.partitions import partitions
from telebill_assets.schemas.file_register import FileRegister
from telebill_assets.schemas.ledger import Ledger
from telebill_assets_tests.frames import frame

DAY = date(2020, 4, 3)
RECEIVED = {"period": DAY, "stage": "raw_cdr", "outcome": "received"}


class LedgerRunner(Runner):
    """Writes one ledger row with this many records through the real publication."""

    def __init__(self, settings, spark, records):
        super().__init__(settings)
        self.spark, self.records, self.asked = spark, records, []

    def run(self, request):
        self.asked.append(request.job)
        publication = Publication(JobContext(request, self.settings, self.spark, Lake.open(self.settings)))
        rows = frame(self.spark, Ledger, {**RECEIVED, "records": self.records})
        publication.write(Ledger, rows, period=DAY, stage="raw_cdr")
        return publication.finish({})


@pytest.fixture
def materialise(spark, settings):
    assets = [build(partitions(settings), "lake") for build in (raw_cdr, validated_usage, daily_aggregates)]

    def run(records: int):
        runner = LedgerRunner(settings, spark, records)
        with dg.DagsterInstance.ephemeral() as instance:
            result = dg.materialize(
                assets,
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
    assert Lake.open(settings).tables() == []


def test_the_reason_is_in_the_check_and_in_the_failure(materialise):
    result, _ = materialise(records=-1)
    (evaluation,) = [each for each in result.get_asset_check_evaluations() if each.check_name == "ledger_rules"]
    assert evaluation.metadata["figure"].value == "1 failures of 5 rules in 1 rows"
    (failure,) = [event.step_failure_data for event in result.all_events if event.is_step_failure]
    assert "The audit held raw_cdr 2020-04-03 back: ledger_rules" in failure.user_failure_data.description


def test_a_check_that_the_job_did_not_report_fails(materialise):
    result, _ = materialise(records=1)
    found = verdicts(result)
    assert found["ledger_rules"] is True
    assert {found[name] for name in job.GATES} == {False}


def test_an_unpublished_run_leaves_what_readers_see(materialise, settings):
    materialise(records=5)
    materialise(records=-1)
    lake = Lake.open(settings)
    assert lake.read_arrow(Ledger)["records"].to_pylist() == [5]
    assert lake.published_partitions(FileRegister) == []
