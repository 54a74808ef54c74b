"""Duplicates: the first arrival wins, every later copy is kept with its winner, and records are conserved."""

from collections import Counter
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from telebill_assets.mediation import outcomes
from telebill_assets.mediation.duplicates import losers
from telebill_assets.mediation.register import register
from telebill_assets.schemas.file_register import FileRegister
from telebill_assets_tests.frames import frame

DAY, BEFORE = date(2020, 4, 3), date(2020, 4, 2)
RECORD = "record_key string, landing_day date, path string, line long"
LOSER = ("path", "line", "winner_day", "winner_path", "winner_line")


def found(spark, candidates: list[tuple], earlier: list[tuple] = ()) -> list[tuple]:
    """Losers among (key, path, line) of the day."""
    today = spark.createDataFrame([(key, DAY, path, line) for key, path, line in candidates], RECORD)
    before = spark.createDataFrame([(key, BEFORE, path, line) for key, path, line in earlier], RECORD)
    return sorted(tuple(row[name] for name in LOSER) for row in losers(today, before).collect())


def test_the_first_file_by_name_and_the_first_line_win(spark):
    records = [("k", "b", 2), ("k", "a", 9), ("k", "a", 3), ("other", "a", 1)]
    assert found(spark, records) == [("a", 9, DAY, "a", 3), ("b", 2, DAY, "a", 3)]


def test_an_earlier_day_wins_over_all_copies_of_the_day(spark):
    records = [("k", "a", 3), ("k", "a", 9)]
    assert found(spark, records, [("k", "z", 5)]) == [("a", 3, BEFORE, "z", 5), ("a", 9, BEFORE, "z", 5)]


KEYS = st.sampled_from(["k1", "k2", "k3"])


@settings(max_examples=5, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(KEYS, min_size=1, max_size=7), st.sets(KEYS, max_size=2))
def test_exactly_one_copy_of_every_key_is_left(spark, keys, known):
    """Counted by a second method: every new key once, every known key never."""
    records = [(key, f"file{i % 2}", i) for i, key in enumerate(keys)]
    lost = found(spark, records, [(key, "old", 1) for key in sorted(known)])
    left = Counter(key for key, path, line in records if (path, line) not in {row[:2] for row in lost})
    assert left == Counter(set(keys) - known)


REPORT = (
    "path string, source string, layout string, file_id string, bytes long, records long, reason string, detail string"
)


@pytest.fixture(scope="module")
def registered(spark):
    """A file of a day before again under another name, a file twice on the day, and a bad file."""
    report = spark.createDataFrame(
        [
            ("s/b.csv", "s", "l", "hash-1", 9, 2, None, None),
            ("s/a.csv", "s", "l", "hash-1", 9, 2, None, None),
            ("s/c.csv", "s", "l", "hash-0", 9, 2, None, None),
            ("s/d.csv", "s", None, "hash-2", 9, 0, "empty_file", "the file holds no record"),
        ],
        REPORT,
    )
    old = {"landing_day": BEFORE, "path": "s/old.csv", "source": "s", "file_id": "hash-0", "bytes": 9, "records": 2}
    return register(report, frame(spark, FileRegister, old | {"status": "landed"}), DAY).persist()


def test_a_file_is_known_by_its_content(registered):
    status = {
        row["path"]: (row["status"], row["duplicate_of_day"], row["duplicate_of_path"]) for row in registered.collect()
    }
    assert status == {
        "s/a.csv": ("landed", None, None),
        "s/b.csv": ("duplicate", DAY, "s/a.csv"),
        "s/c.csv": ("duplicate", BEFORE, "s/old.csv"),
        "s/d.csv": ("suspended", None, None),
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
    lost = spark.createDataFrame(
        [("s/a.csv", 2, DAY, "s/a.csv", 1)],
        "path string, line long, winner_day date, winner_path string, winner_line long",
    )
    settled = outcomes.settle(judged, lost, registered).orderBy("path", "line").collect()
    assert [(row["outcome"], row["reason"], row["winner_path"], row["winner_line"]) for row in settled] == [
        ("validated", None, None, None),
        ("duplicate", "duplicate_record", "s/a.csv", 1),
        ("suspended", "malformed", None, None),
        ("duplicate", "duplicate_file", "s/a.csv", 1),
    ]
