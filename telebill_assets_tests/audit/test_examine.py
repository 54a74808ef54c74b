"""A table costs at most one Spark job more than writing it, and failing rows are shown by their masked keys."""

from datetime import date

import pandera.pyspark as pa
import pyspark.sql.types as T
import pytest
from telebill_assets.audit.examine import examine, one_job_session
from telebill_assets.audit.measure import observe
from telebill_assets.audit.rules import UnknownCheckError, rules

from telebill_assets.audit.publication import Publication
from telebill_assets.compute.context import JobContext
from telebill_assets.compute.request import JobRequest
from telebill_assets.lake.lake import Lake
from telebill_assets.tables.file_register import FileRegister
from telebill_assets.tables.ledger import Ledger
from telebill_assets.tables.table import SUSPEND, Table, row_rule, table_name
from telebill_assets_tests.frames import frame

DAY = date(2020, 4, 3)
FILE = {
    "landing_day": DAY,
    "source": "sbc",
    "file_id": "a" * 64,
    "bytes": 9,
    "records": 1,
    "status": "landed",
}
ROW = {"period": DAY, "stage": "raw_cdr", "outcome": "received", "records": 1}


class Calls(Table):
    """Calls with rules that suspend."""

    path: T.StringType = pa.Field(description="File")
    line: T.LongType = pa.Field(gt=0, description="Line")
    callee: T.StringType = pa.Field(str_startswith="+", metadata=SUSPEND, description="Number")
    talk_s: T.LongType = pa.Field(ge=0, description="Seconds")
    billed_s: T.LongType = pa.Field(ge=0, description="Seconds")

    covered = row_rule("covered", "billed_s >= talk_s", "increments only add seconds", suspend=True)

    class Config:
        name = "calls"
        unique = ["path", "line"]


@pytest.fixture
def jobs_of(spark):
    """How many Spark jobs a piece of work starts."""

    def count(name: str, work) -> int:
        spark.sparkContext.setJobGroup(name, name)
        work()
        return len(spark.sparkContext.statusTracker().getJobIdsForGroup(name))

    return count


@pytest.mark.parametrize("records", [1, -1])
@pytest.mark.parametrize("model", [Ledger, FileRegister], ids=table_name)
def test_a_table_costs_at_most_one_job_more_than_writing_it(spark, settings, jobs_of, model, records):
    """The ledger has no key, so only failing rows cost a job; the register's key and its failing rows share one."""
    if model is Ledger:
        rows, partition = [ROW | {"records": records}], {"period": DAY, "stage": "raw_cdr"}
    else:
        rows = [FILE | {"path": f"sbc/2020-04-03/{n}.csv", "records": records} for n in range(3)]
        partition = {"landing_day": DAY}
    written = frame(spark, model, *rows)
    lake = Lake.open(settings)
    request = JobRequest(job="raw_cdr", partition=DAY, run_id="run", code_version="1.0")
    publication = Publication(JobContext(request, settings, spark, lake))
    name = f"{table_name(model)} {records}"
    plain = jobs_of(f"{name} plain", lambda: lake.stage(written, model, "plain", **partition))
    audited = jobs_of(f"{name} audited", lambda: (publication.write(model, written, **partition), publication.held))
    assert publication.held is (records < 0)
    assert audited - plain == (1 if model is FileRegister or records < 0 else 0)


def test_files_that_tasks_wrote_are_measured_in_one_job(spark, settings, jobs_of):
    lake = Lake.open(settings)
    rows = frame(spark, FileRegister, FILE | {"path": "sbc/2020-04-03/1.csv"})
    staged = lake.stage(rows, FileRegister, "tasks", landing_day=DAY)
    request = JobRequest(job="raw_cdr", partition=DAY, run_id="run", code_version="1.0")
    publication = Publication(JobContext(request, settings, spark, lake))
    files = list(staged.files)
    adopted = jobs_of("adopt", lambda: (publication.adopt(FileRegister, files, landing_day=DAY), publication.held))
    assert adopted == 1
    assert not publication.held


def test_failing_rows_are_shown_by_their_masked_keys(spark):
    rows = [("+15125550100.csv", n, "+1", 5 - n, 3) for n in (1, 2, 8, 9)]
    calls = spark.createDataFrame(rows, "path string, line long, callee string, talk_s long, billed_s long")
    found = {check.name: check for check in examine(calls, Calls)}
    assert found["calls_rules"].failures == {"talk_s.greater_than_or_equal_to": 2, "covered": 1}
    assert found["calls_rules"].samples == [
        "talk_s.greater_than_or_equal_to: +151******00.csv, 8",
        "talk_s.greater_than_or_equal_to: +151******00.csv, 9",
        "covered: +151******00.csv, 1",
    ]
    assert found["calls_unique"].passed


def test_one_pass_finds_duplicates_and_broken_rules_together(spark):
    rows = [("a", 1, "+1", 0, 0), ("a", 1, "1", 0, 0)]
    calls = spark.createDataFrame(rows, "path string, line long, callee string, talk_s long, billed_s long")
    observed, measurement = observe(calls, Calls)
    observed.collect()
    found = {check.name: check for check in examine(calls, Calls, measurement.counts)}
    assert found["calls_rules"].samples == ["callee.str_startswith: a, 1"]
    assert found["calls_unique"].figure == "1 duplicates in 2 rows"


def test_a_one_job_session_keeps_the_settings_that_money_depends_on(spark):
    session = one_job_session(spark)
    names = ("spark.sql.ansi.enabled", "spark.sql.session.timeZone", "spark.sql.caseSensitive")
    assert [session.conf.get(name) for name in names] == ["true", "UTC", "true"]
    assert spark.conf.get("spark.sql.adaptive.enabled") == "true"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"coerce": True}, r"odd: the audit does not enforce value.coerce"),
        ({"regex": True}, r"odd: the audit does not enforce value.regex"),
        (
            {"ge": 0, "ignore_na": False},
            r"odd\.value: greater_than_or_equal_to: Pandera on Spark does not enforce ignore",
        ),
    ],
)
def test_what_nothing_would_enforce_is_refused(options, said):
    class Odd(Table):
        """A table with an option that has no effect."""

        value: T.LongType = pa.Field(description="Value", **options)

        class Config:
            name = "odd"

    with pytest.raises(UnknownCheckError, match=said):
        rules(Odd)


def test_a_dataframe_check_without_a_compiled_form_is_refused():
    class Bare(Table):
        """A table with a check over its rows that only Python knows."""

        value: T.LongType = pa.Field(description="Value")

        @pa.dataframe_check
        def is_special(cls, frame):
            return not frame.isEmpty()

        class Config:
            name = "bare"

    with pytest.raises(UnknownCheckError, match=r"bare: is_special: the audit has no compiled form"):
        rules(Bare)
