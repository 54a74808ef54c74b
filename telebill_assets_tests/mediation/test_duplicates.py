"""Duplicates: the first arrival wins, every later copy is kept with its winner, and records are conserved."""

from collections import Counter
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyspark.sql import DataFrame

from telebill_assets.mediation import outcomes
from telebill_assets.mediation.duplicates import in_play, known_calls, losers, old_call_dates, repeated_keys
from telebill_assets.mediation.register import register
from telebill_assets.tables.file_register import FileRegister
from telebill_assets.tables.reference.sources import Sources
from telebill_assets_tests.frames import frame

DAY, BEFORE = date(2020, 4, 3), date(2020, 4, 2)
JUDGED = (
    "record_key string, path string, line long, talk_s long, one_call boolean, content_hash long, reason string, "
    "start_at timestamp, landing_day date, outcome string"
)
LOSER = ("path", "line", "winner_day", "winner_path", "winner_line")
LATE, FRESH = datetime(2020, 4, 2, 23, 0, tzinfo=UTC), datetime(2020, 4, 3, 9, 0, tzinfo=UTC)
DAY_BEGIN = datetime(2020, 4, 3, tzinfo=UTC)


def rows_of(spark, rows: list[tuple], start_at: datetime = LATE) -> DataFrame:
    """Judged rows of the day from (key, path, line[, talk_s, one_call, content, reason])."""
    whole = [(*row, *(0, False, 0, None)[len(row) - 3 :]) for row in rows]
    return spark.createDataFrame([(*row, start_at, DAY, row[-1] and "non_billable") for row in whole], JUDGED)


def lost(spark, rows: list[tuple], earlier: list[tuple] = ()) -> list:
    """Losers among the rows, where calls of (key, path, line) landed the day before."""
    before = spark.createDataFrame(
        [(key, path, line, 0, False, 0, None, LATE, BEFORE, None) for key, path, line in earlier], JUDGED
    )
    play = in_play(rows_of(spark, rows))
    known = known_calls(play, before, old_call_dates(play, DAY_BEGIN))
    return losers(play, known, repeated_keys(play, known)).collect()


def found(spark, candidates: list[tuple], earlier: list[tuple] = ()) -> list[tuple]:
    """Losers among (key, path, line) of the day, with their winners."""
    return sorted(tuple(row[name] for name in LOSER) for row in lost(spark, candidates, earlier))


def test_the_first_file_by_name_and_the_first_line_win(spark):
    records = [("k", "b", 2), ("k", "a", 9), ("k", "a", 3), ("other", "a", 1)]
    assert found(spark, records) == [("a", 9, DAY, "a", 3), ("b", 2, DAY, "a", 3)]


def test_an_earlier_day_wins_over_all_copies_of_the_day(spark):
    records = [("k", "a", 3), ("k", "a", 9)]
    assert found(spark, records, [("k", "z", 5)]) == [("a", 3, BEFORE, "z", 5), ("a", 9, BEFORE, "z", 5)]


def test_the_longest_leg_is_the_call_and_the_others_accompany_it(spark):
    """Ring leg, talk leg, the talk leg again, and a row that never is a call."""
    rows = [
        ("k", "a", 1, 0, True, 11, "unanswered"),
        ("k", "a", 2, 95, True, 12, None),
        ("k", "a", 3, 95, True, 12, None),
        ("k", "a", 4, 120, True, 13, "accompanying_row"),
    ]
    verdicts = {row["line"]: (row["verdict"], row["verdict_reason"], row["winner_line"]) for row in lost(spark, rows)}
    assert verdicts == {
        1: ("non_billable", "accompanying_row", 2),
        3: ("duplicate", "duplicate_record", 2),
        4: ("non_billable", "accompanying_row", 2),
    }


def test_a_billable_leg_comes_before_a_longer_internal_one(spark):
    rows = [("k", "a", 1, 300, True, 11, "internal"), ("k", "a", 2, 95, True, 12, None)]
    assert [(row["line"], row["winner_line"]) for row in lost(spark, rows)] == [(1, 2)]


def test_a_leg_that_lands_a_day_later_accompanies_the_call_that_was_billed(spark):
    rows = [("k", "a", 1, 300, True, 11, None)]
    (row,) = lost(spark, rows, [("k", "z", 5)])
    assert (row["verdict"], row["winner_day"], row["winner_path"], row["winner_line"]) == (
        "non_billable",
        BEFORE,
        "z",
        5,
    )


def test_rows_that_only_accompany_have_no_call(spark):
    rows = [("k", "a", 1, 0, True, 11, "accompanying_row"), ("k", "a", 2, 0, True, 12, "accompanying_row")]
    assert [(row["line"], row["verdict"], row["winner_line"]) for row in lost(spark, rows)] == [
        (2, "non_billable", None)
    ]


def test_history_is_read_only_for_calls_that_began_before_the_day(spark):
    fresh = in_play(rows_of(spark, [("k", "a", 1)], FRESH))
    assert old_call_dates(fresh, DAY_BEGIN) == []
    late = in_play(rows_of(spark, [("k", "a", 1)], LATE))
    assert old_call_dates(late, DAY_BEGIN) == [BEFORE]


KEYS = st.sampled_from(["k1", "k2", "k3"])


@settings(max_examples=5, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(KEYS, min_size=1, max_size=7), st.sets(KEYS, max_size=2))
def test_exactly_one_copy_of_every_key_is_left(spark, keys, known):
    """Counted by a second method: every new key once, every known key never."""
    records = [(key, f"file{i % 2}", i) for i, key in enumerate(keys)]
    copies = found(spark, records, [(key, "old", 1) for key in sorted(known)])
    left = Counter(key for key, path, line in records if (path, line) not in {row[:2] for row in copies})
    assert left == Counter(set(keys) - known)


REPORT = (
    "path string, source string, layout string, file_id string, bytes long, records long, reason string, detail string"
)
UNKNOWN = ("declared_records", "declared_s", "series", "sequence_nr")
SOURCES = ({"source": "s"}, {"source": "rotating", "file_names": "reused"})


@pytest.fixture(scope="module")
def registered(spark):
    """A file of a day before again under another name, a file twice on the day, and a bad file."""
    report = spark.createDataFrame(
        [
            ("s/b.csv", "s", "l", "hash-1", 9, 2, None, None),
            ("s/a.csv", "s", "l", "hash-1", 9, 2, None, None),
            ("s/c.csv", "s", "l", "hash-0", 9, 2, None, None),
            ("s/d.csv", "s", None, "hash-2", 9, 0, "empty_file", "the file holds no record"),
            ("s/old.csv", "s", "l", "hash-3", 9, 2, None, None),
            ("rotating/Master.csv", "rotating", "l", "hash-4", 9, 2, None, None),
            ("s/cmr.csv", "s", "cisco_cmr", "hash-5", 9, 2, "quality_records", "the file is of layout cisco_cmr"),
        ],
        REPORT,
    ).selectExpr("*", *[f"NULL AS {name}" for name in UNKNOWN])
    master = {"landing_day": BEFORE, "path": "rotating/Master.csv", "source": "rotating", "file_id": "hash-9"}
    old = {"landing_day": BEFORE, "path": "s/old.csv", "source": "s", "file_id": "hash-0", "bytes": 9, "records": 2}
    earlier = frame(spark, FileRegister, old | {"status": "landed"}, old | master | {"status": "landed"})
    return register(report, earlier, frame(spark, Sources, *SOURCES), DAY).persist()


def test_a_file_is_known_by_its_content(registered):
    status = {
        row["path"]: (row["status"], row["duplicate_of_day"], row["duplicate_of_path"]) for row in registered.collect()
    }
    assert status == {
        "s/a.csv": ("landed", None, None),
        "s/b.csv": ("duplicate", DAY, "s/a.csv"),
        "s/c.csv": ("duplicate", BEFORE, "s/old.csv"),
        "s/d.csv": ("suspended", None, None),
        "s/old.csv": ("held", None, None),
        "rotating/Master.csv": ("landed", None, None),
        "s/cmr.csv": ("set_aside", None, None),
    }


def test_every_record_gets_one_outcome_and_duplicates_their_winner(spark, registered):
    judged = spark.createDataFrame(
        [
            ("s/a.csv", 1, None, None),
            ("s/a.csv", 2, None, None),
            ("s/a.csv", 3, "suspended", "malformed"),
            ("s/b.csv", 1, "duplicate", "duplicate_file"),
        ],
        "path string, line long, outcome string, reason string",
    )
    copies = spark.createDataFrame(
        [("s/a.csv", 2, "duplicate", "duplicate_record", DAY, "s/a.csv", 1)],
        "path string, line long, verdict string, verdict_reason string, winner_day date, winner_path string, "
        "winner_line long",
    )
    settled = outcomes.settle(judged, copies, registered).orderBy("path", "line").collect()
    assert [(row["outcome"], row["reason"], row["winner_path"], row["winner_line"]) for row in settled] == [
        ("validated", None, None, None),
        ("duplicate", "duplicate_record", "s/a.csv", 1),
        ("suspended", "malformed", None, None),
        ("duplicate", "duplicate_file", "s/a.csv", 1),
    ]
