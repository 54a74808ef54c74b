"""Dependencies are derived from what stages declare, and a job cannot use a table that its stage does not declare."""

from datetime import date
from itertools import pairwise
from types import SimpleNamespace

import pytest

from telebill_assets.compute.request import JobRequest
from telebill_assets.compute.runner import job_context
from telebill_assets.lake.access import UndeclaredTableError
from telebill_assets.settings import Settings
from telebill_assets.spark.distribute import Cluster
from telebill_assets.stages.dependencies import dependencies
from telebill_assets.stages.road import STAGES, Stage
from telebill_assets.tables.daily_aggregates import DailyAggregates
from telebill_assets.tables.held_partitions import HeldPartitions
from telebill_assets.tables.ledger import Ledger
from telebill_assets.tables.raw_cdr import RawCdr
from telebill_assets.tables.reference.controls import Controls
from telebill_assets.tables.reference.sellers import Sellers
from telebill_assets.tables.reference.sources import Sources
from telebill_assets.tables.registry import REFERENCE_TABLES, RERATING_TABLES
from telebill_assets.tables.table import table_name
from telebill_assets.tables.usage_adjustments import UsageAdjustments
from telebill_assets.tables.validated_usage import ValidatedUsage

DAY = date(2020, 4, 1)


def stage(name: str, reads=(), writes=(), **declared) -> Stage:
    job = SimpleNamespace(STAGE=name, run=None, READS=reads, WRITES=writes, **declared)
    return Stage.of(job, SimpleNamespace(GATES={}, CONTROLS=()))


LANDED = stage("landed", reads=[Sources], writes=[RawCdr, Ledger])
CLEAN = stage("clean", reads=[RawCdr, ValidatedUsage, Controls, Ledger], writes=[ValidatedUsage, Ledger])


def last(reads, **declared) -> list[str]:
    """The dependencies of a third stage, which reads these tables."""
    third = stage("priced", reads, [DailyAggregates, Ledger], **declared)
    return dependencies(third, [LANDED, CLEAN, third])


def test_a_reference_table_is_an_asset_of_its_own():
    assert dependencies(LANDED, [LANDED, CLEAN]) == ["sources"]


def test_a_table_comes_from_the_stage_that_writes_it_and_a_stage_does_not_depend_on_itself():
    assert dependencies(CLEAN, [LANDED, CLEAN]) == ["landed", "controls"]


def test_of_several_writers_the_last_one_before_the_reader_counts():
    assert last([Ledger]) == ["clean"]


def test_own_history_and_tables_of_commands_are_no_dependencies():
    assert last([DailyAggregates, UsageAdjustments]) == []


def test_what_is_no_table_is_named_by_after():
    assert last([RawCdr], AFTER=("clean",)) == ["landed", "clean"]


def test_nothing_flows_back():
    later = stage("landed", reads=[ValidatedUsage], writes=[RawCdr])
    with pytest.raises(ValueError, match="landed reads validated_usage, but no stage before it"):
        dependencies(later, [later, CLEAN])
    with pytest.raises(ValueError, match="priced cannot be after invoices"):
        last([], AFTER=("invoices",))


def test_each_writer_of_a_shared_table_depends_on_the_writer_before():
    """So the last writer is enough: the others are done before it."""
    before: dict[str, set[str]] = {}
    for name, found in STAGES.items():
        direct = [each for each in dependencies(found) if each in STAGES]
        before[name] = {*direct, *(far for each in direct for far in before[each])}
    for model in {model for found in STAGES.values() for model in found.tables}:
        writers = [name for name, found in STAGES.items() if model in found.tables]
        for earlier, later in pairwise(writers):
            assert earlier in before[later], table_name(model)


def test_every_reference_table_is_read_by_some_stage():
    assert set(REFERENCE_TABLES) <= {model for found in STAGES.values() for model in found.reads}


def test_every_stage_depends_on_something_and_writes_none_of_the_operators_tables():
    for name, found in STAGES.items():
        assert dependencies(found), name
        assert not {*found.tables} & {*REFERENCE_TABLES, *RERATING_TABLES}, name


@pytest.fixture
def lake(tmp_path):
    """The lake as the job of raw_cdr is given it."""
    settings = Settings(home=tmp_path)
    request = JobRequest(job="raw_cdr", partition=DAY, run_id="run", code_version="1")
    return job_context(request, settings, Cluster(settings)).lake


@pytest.mark.parametrize("read", ["frame", "scan", "files", "paths", "published_partitions", "snapshots"])
def test_a_job_reads_no_table_that_is_not_declared(lake, read):
    expected = r"raw_cdr reads the table sellers.* add Sellers to READS in telebill_assets/stages/raw_cdr/job\.py"
    with pytest.raises(UndeclaredTableError, match=expected):
        getattr(lake, read)(Sellers)


def test_a_table_that_is_only_written_is_not_read(lake):
    with pytest.raises(UndeclaredTableError, match="raw_cdr reads the table ledger"):
        lake.frame(Ledger)


def test_a_job_writes_no_table_that_is_not_declared(lake):
    expected = "raw_cdr writes the table sources.* add Sources to WRITES"
    with pytest.raises(UndeclaredTableError, match=expected):
        lake.staging_folder(Sources, "run")
    with pytest.raises(UndeclaredTableError, match=expected):
        lake.staged(Sources, [], "run")


def test_a_job_uses_what_is_declared_and_the_audit_keeps_its_own_tables(lake):
    assert lake.frame(Sources).is_empty()
    assert lake.frame(HeldPartitions).is_empty()
    assert lake.staging_folder(RawCdr, "run", landing_day=DAY)
