"""A table is published if its rows pass; else it is held, and failing rows are shown by their masked keys."""

from collections.abc import Sequence
from datetime import date

import polars as pl
import pytest

from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.publication import Publication
from telebill_assets.audit.table_checks import examine
from telebill_assets.audit.written import Written, write_examined
from telebill_assets.compute.context import JobContext
from telebill_assets.compute.holds import holds
from telebill_assets.compute.request import JobReport, JobRequest
from telebill_assets.lake.data_files import write_file
from telebill_assets.lake.lake import Lake
from telebill_assets.settings import Settings
from telebill_assets.tables.file_register import FileRegister
from telebill_assets.tables.ledger import Ledger
from telebill_assets.tables.table import TableModel, from_rows, table_name
from telebill_assets_tests.support.in_process import InProcess

DAY = date(2020, 4, 3)
FILE = {"landing_day": DAY, "source": "sbc", "file_id": "a" * 64, "bytes": 9, "records": 1, "status": "landed"}
ROW = {"period": DAY, "stage": "raw_cdr", "outcome": "received", "records": 1}
LEDGER_OF_DAY, REGISTER_OF_DAY = {"period": DAY, "stage": "raw_cdr"}, {"landing_day": DAY}


class Counting(InProcess):
    """A cluster that counts how often data files are compared."""

    comparisons = 0

    def compare(self, *asked):
        self.comparisons += 1
        return super().compare(*asked)


@pytest.fixture
def lake(tmp_path):
    return Lake.open(Settings(home=tmp_path))


@pytest.fixture
def cluster(tmp_path):
    return Counting(Settings(home=tmp_path))


@pytest.fixture
def publication(tmp_path, lake, cluster):
    request = JobRequest(job="raw_cdr", partition=DAY, run_id="run", code_version="1.0")
    return Publication(JobContext(request, Settings(home=tmp_path), lake, cluster))


def files(*names: str, **changes) -> pl.DataFrame:
    return from_rows([FILE | {"path": f"sbc/2020-04-03/{name}.csv"} | changes for name in names], FileRegister)


def adopt(publication: Publication, model: TableModel, parts: Sequence[pl.DataFrame], **partition) -> JobReport:
    """What a job does with tables that its tasks wrote, each a file."""
    folder = publication.folder(model, **partition)
    publication.adopt(model, [write_examined(part, model, folder) for part in parts], **partition)
    return publication.finish({})


def verdicts(report: JobReport) -> dict[str, CheckResult]:
    return {check.name: check for check in report.checks}


@pytest.mark.parametrize("records", [1, -1])
@pytest.mark.parametrize("model", [Ledger, FileRegister], ids=table_name)
def test_keys_are_compared_once_and_only_where_a_table_has_one(publication, cluster, model, records):
    """The ledger has no key; the register's paths differ, so no row of it is compared in full."""
    if model is Ledger:
        publication.write(Ledger, from_rows([ROW | {"records": records}], Ledger), **LEDGER_OF_DAY)
    else:
        publication.write(FileRegister, files("1", "2", "3", records=records), **REGISTER_OF_DAY)
    assert publication.held is (records < 0)
    assert cluster.comparisons == (1 if model is FileRegister else 0)


def test_a_published_table_can_be_read_and_its_report_names_the_snapshot(publication, lake):
    report = adopt(publication, FileRegister, [files("1"), files("2", "3")], **REGISTER_OF_DAY)
    (table,) = report.tables
    assert (report.published, table.table, table.rows) == (True, "file_register", 3)
    assert table.snapshot_id == lake.snapshots(FileRegister)[-1].id
    assert sorted(lake.frame(FileRegister)["path"]) == [f"sbc/2020-04-03/{n}.csv" for n in (1, 2, 3)]
    assert holds(lake) == []


def test_a_held_partition_stays_invisible_and_is_remembered(publication, lake):
    report = adopt(publication, FileRegister, [files("1"), files("+15125550100", "2", records=-1)], **REGISTER_OF_DAY)
    assert (report.published, report.tables[0].snapshot_id) == (False, None)
    assert lake.published_partitions(FileRegister) == []
    assert [(held.asset, held.period, held.status) for held in holds(lake)] == [("raw_cdr", DAY, "held")]
    rules = verdicts(report)["file_register_rules"]
    assert (rules.passed, rules.failures) == (False, {"records.greater_than_or_equal_to": 2})
    assert rules.samples == [
        "records.greater_than_or_equal_to: sbc/2020-04-03/+151******00.csv",
        "records.greater_than_or_equal_to: sbc/2020-04-03/2.csv",
    ]


def test_a_key_in_two_files_of_a_table_is_found(publication, lake):
    report = adopt(publication, FileRegister, [files("1", "+15125550100"), files("+15125550100")], **REGISTER_OF_DAY)
    unique = verdicts(report)["file_register_unique"]
    assert not report.published
    assert (unique.passed, unique.figure) == (False, "1 duplicates in 3 rows")
    assert unique.samples == ["sbc/2020-04-03/+151******00.csv"]
    assert verdicts(report)["file_register_rules"].passed
    assert lake.published_partitions(FileRegister) == []


def test_duplicates_and_broken_rules_are_found_together(publication):
    report = adopt(publication, FileRegister, [files("1", "1", records=-1)], **REGISTER_OF_DAY)
    found = verdicts(report)
    assert found["file_register_rules"].samples == ["records.greater_than_or_equal_to: sbc/2020-04-03/1.csv"]
    assert found["file_register_unique"].figure == "1 duplicates in 2 rows"


def test_files_with_more_rows_than_were_examined_are_held(publication):
    folder = publication.folder(FileRegister, **REGISTER_OF_DAY)
    written = Written(write_file(files("1", "2"), FileRegister, folder), examine(files("1"), FileRegister))
    publication.adopt(FileRegister, [written], **REGISTER_OF_DAY)
    rules = verdicts(publication.finish({}))["file_register_rules"]
    assert (rules.passed, rules.failures) == (False, {"written": 1})
    assert rules.figure.endswith("; 1 rows examined, 2 in the files")


def test_of_two_tables_none_is_published_if_one_is_held(publication, lake):
    publication.write(FileRegister, files("1"), **REGISTER_OF_DAY)
    publication.write(Ledger, from_rows([ROW | {"records": -1}], Ledger), **LEDGER_OF_DAY)
    assert not publication.finish({}).published
    assert [lake.published_partitions(model) for model in (FileRegister, Ledger)] == [[], []]
    assert [table.table for table in holds(lake)[0].evidence.tables] == ["file_register", "ledger"]


def test_a_warning_does_not_hold_a_partition(publication, lake):
    publication.write(FileRegister, files("1"), **REGISTER_OF_DAY)
    publication.check(CheckResult(name="odd", description="", passed=False, blocking=False, figure="1"))
    assert publication.finish({}).published
    assert lake.frame(FileRegister).height == 1
