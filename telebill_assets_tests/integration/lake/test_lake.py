"""The lake's promises: whole partitions, atomically, with a history that can be read and restored."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from telebill_assets.lake.lake import Lake, LakeError
from telebill_assets.lake.partition import as_text, from_text
from telebill_assets.settings import Settings
from telebill_assets.tables.ledger import Ledger
from telebill_assets.tables.table import polars_schema

FIRST, SECOND = date(2020, 4, 1), date(2020, 4, 2)


@pytest.fixture
def lake(tmp_path):
    return Lake.open(Settings(home=tmp_path))


def rows(day: date, *records: int, stage: str = "raw_cdr") -> pl.DataFrame:
    columns = {name: [None] * len(records) for name in polars_schema(Ledger)}
    known = {
        "period": [day] * len(records),
        "stage": [stage] * len(records),
        "outcome": ["received"] * len(records),
        "records": list(records),
        "amount": [Decimal("1.5")] * len(records),
    }
    return pl.DataFrame(columns | known, schema=polars_schema(Ledger))


def publish(lake: Lake, day: date, *records: int, run: str = "run", stage: str = "raw_cdr") -> int:
    staged = lake.stage_frame(rows(day, *records, stage=stage), Ledger, run, period=day, stage=stage)
    return lake.publish(staged, "1.0")


def records(lake: Lake, snapshot_id: int | None = None, **partition) -> list[int]:
    return sorted(lake.scan_as_of(Ledger, snapshot_id, **partition).collect()["records"].to_list())


def test_staged_rows_are_invisible_until_they_are_published(lake):
    staged = lake.stage_frame(rows(FIRST, 1, 2), Ledger, "run", period=FIRST, stage="raw_cdr")
    assert (staged.rows, records(lake)) == (2, [])
    lake.publish(staged, "1.0")
    assert records(lake) == [1, 2]


def test_publishing_replaces_the_partition_and_nothing_else(lake):
    publish(lake, FIRST, 1, 2)
    publish(lake, SECOND, 3)
    publish(lake, FIRST, 4, stage="validated_usage")
    publish(lake, FIRST, 5)
    assert records(lake) == [3, 4, 5]
    assert records(lake, period=FIRST, stage="raw_cdr") == [5]


def test_publishing_the_same_files_twice_makes_one_snapshot(lake):
    staged = lake.stage_frame(rows(FIRST, 1), Ledger, "run", period=FIRST, stage="raw_cdr")
    assert lake.publish(staged, "1.0") == lake.publish(staged, "1.0")
    assert len(lake.snapshots(Ledger)) == 1


def test_a_snapshot_says_who_published_what(lake):
    made = publish(lake, FIRST, 1, 2, run="run-7")
    (snapshot,) = lake.snapshots(Ledger)
    assert (snapshot.id, snapshot.run_id, snapshot.code_version, snapshot.rows) == (made, "run-7", "1.0", 2)
    assert snapshot.partition == {"period": FIRST, "stage": "raw_cdr"}


def test_an_empty_partition_is_published_too(lake):
    publish(lake, FIRST, 1)
    publish(lake, FIRST)
    assert records(lake) == []
    assert lake.published_partitions(Ledger) == [{"period": FIRST, "stage": "raw_cdr"}]


def test_a_reader_can_go_back_in_time(lake):
    before = publish(lake, FIRST, 1)
    publish(lake, FIRST, 2)
    assert records(lake, before) == [1]
    with pytest.raises(LakeError, match="there is no snapshot 42"):
        records(lake, 42)


def test_rolling_back_restores_the_partition_by_a_new_snapshot(lake):
    before = publish(lake, FIRST, 1)
    publish(lake, SECOND, 3)
    publish(lake, FIRST, 2)
    lake.rollback(Ledger, before, "undo", "1.0", period=FIRST, stage="raw_cdr")
    assert records(lake) == [1, 3]
    lake.rollback(Ledger, before, "undo", "1.0", period=SECOND, stage="raw_cdr")  # it was not published then
    assert records(lake) == [1]
    assert lake.published_partitions(Ledger) == [{"period": FIRST, "stage": "raw_cdr"}]


def test_concurrent_publications_of_different_days_all_succeed(lake):
    days = [FIRST + timedelta(days=n) for n in range(6)]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda day: publish(lake, day, day.day), days))
    assert records(lake) == [day.day for day in days]
    assert len(lake.snapshots(Ledger)) == 6


def test_rows_of_another_partition_are_refused(lake):
    with pytest.raises(LakeError, match="period"):
        lake.stage_frame(rows(SECOND, 1), Ledger, "run", period=FIRST, stage="raw_cdr")


def test_files_with_other_columns_are_refused(lake):
    file = f"{lake.staging_folder(Ledger, 'run', period=FIRST, stage='raw_cdr')}/part.parquet"
    rows(FIRST, 1).with_columns(records=pl.lit("one")).write_parquet(file)
    with pytest.raises(LakeError, match="its columns are not the table's"):
        lake.staged(Ledger, [file], "run", period=FIRST, stage="raw_cdr")


def test_files_from_elsewhere_are_refused(lake, tmp_path):
    with pytest.raises(LakeError, match="was not written to a staging folder"):
        lake.staged(Ledger, [str(tmp_path / "foreign.parquet")], "run", period=FIRST, stage="raw_cdr")


def test_vacuum_deletes_only_what_no_snapshot_needs(lake):
    publish(lake, FIRST, 1)
    publish(lake, FIRST, 2)
    abandoned = lake.stage_frame(rows(FIRST, 3), Ledger, "crashed", period=FIRST, stage="raw_cdr")
    assert lake.vacuum(older_than=timedelta(hours=1)) == []
    deleted = lake.vacuum(older_than=timedelta(0))
    assert list(abandoned.files) == [path for path in deleted if path.endswith(".parquet")]
    assert not Path(abandoned.files[0]).exists()
    first, _ = lake.snapshots(Ledger)
    assert (records(lake), records(lake, first.id)) == ([2], [1])


def test_polars_reads_what_arrow_wrote(lake):
    publish(lake, FIRST, 1, 2)
    summed = lake.scan(Ledger, period=[FIRST, SECOND]).group_by("period").agg(pl.col("records", "amount").sum())
    assert summed.collect().to_dicts() == [{"period": FIRST, "records": 3, "amount": Decimal("3.0")}]


class Replacements(RuleBasedStateMachine):
    """Any sequence of publications and rollbacks leaves what a dictionary of partitions would hold."""

    def __init__(self):
        super().__init__()
        self.folder = TemporaryDirectory()
        self.lake = Lake.open(Settings(home=Path(self.folder.name)))
        self.held: dict[date, list[int]] = {}
        self.history: list[tuple[int, dict[date, list[int]]]] = []

    @rule(day=st.sampled_from([FIRST, SECOND]), content=st.lists(st.integers(0, 9), max_size=2))
    def replace(self, day, content):
        snapshot = publish(self.lake, day, *content)
        self.held[day] = sorted(content)
        self.history.append((snapshot, dict(self.held)))

    @rule(data=st.data(), day=st.sampled_from([FIRST, SECOND]))
    def restore(self, data, day):
        if self.history:
            snapshot, then = data.draw(st.sampled_from(self.history))
            made = self.lake.rollback(Ledger, snapshot, "undo", "1.0", period=day, stage="raw_cdr")
            self.held.pop(day, None)
            self.held |= {day: then[day]} if day in then else {}
            self.history.append((made, dict(self.held)))

    @invariant()
    def reads_what_was_published(self):
        for day in (FIRST, SECOND):
            assert records(self.lake, period=day) == self.held.get(day, [])
        assert [p["period"] for p in self.lake.published_partitions(Ledger)] == sorted(self.held)

    def teardown(self):
        self.folder.cleanup()


Replacements.TestCase.settings = hypothesis_settings(
    max_examples=5, stateful_step_count=6, deadline=None, derandomize=True
)
TestReplacements = Replacements.TestCase


@given(st.sets(st.dates(date(2020, 1, 1), date(2021, 12, 31)), min_size=1, max_size=3))
def test_partition_names_survive_as_text(days):
    for day in days:
        partition = {"period": day, "stage": "raw_cdr"}
        assert from_text(Ledger, as_text(partition)) == partition
