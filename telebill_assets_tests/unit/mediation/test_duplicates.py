"""Duplicates: the first arrival wins, every later copy is kept with its winner, and records are conserved."""

from collections import Counter
from datetime import UTC, date, datetime

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from telebill_assets.mediation.duplicates import (
    SURPLUS,
    key_hashes,
    known_calls,
    old_call_dates,
    repeated,
    surplus_rows,
)
from telebill_assets.mediation.outcomes import settle
from telebill_assets.mediation.validate import Limits
from telebill_assets.tables.file_register import FileRegister
from telebill_assets.tables.raw_cdr import RawCdr
from telebill_assets.tables.table import from_rows
from telebill_assets.tables.validated_usage import ValidatedUsage

DAY, BEFORE = date(2020, 4, 3), date(2020, 4, 2)
JUDGED = {
    "record_key": pl.String,
    "path": pl.String,
    "line": pl.Int64,
    "talk_s": pl.Int64,
    "one_call": pl.Boolean,
    "content_hash": pl.UInt64,
    "reason": pl.String,
    "start_at": pl.Datetime("us", "UTC"),
    "landing_day": pl.Date,
    "outcome": pl.String,
}
FOUND = ("path", "line", "winner_day", "winner_path", "winner_line")
LATE, FRESH = datetime(2020, 4, 2, 23, 0, tzinfo=UTC), datetime(2020, 4, 3, 9, 0, tzinfo=UTC)
LIMITS = Limits(DAY, "UTC", max_call_age_days=90, max_call_s=86_400)


def rows_of(rows: list[tuple]) -> pl.DataFrame:
    """Judged rows of the day from (key, path, line[, talk_s, one_call, content, reason])."""
    whole = [(*row, *(0, False, 0, None)[len(row) - 3 :]) for row in rows]
    judged = [(*row, LATE, DAY, row[-1] and "non_billable") for row in whole]
    return pl.DataFrame(judged, JUDGED, orient="row")


def lost(rows: list[tuple], earlier: list[tuple] = ()) -> list[dict]:
    """Losers among the rows, where calls of (key, path, line) landed the day before."""
    before = [
        {"record_key": key, "path": path, "line": line, "talk_s": 0, "start_at": LATE, "landing_day": BEFORE}
        for key, path, line in earlier
    ]
    known = known_calls(from_rows(before, ValidatedUsage).lazy(), [BEFORE]).collect()
    return surplus_rows(rows_of(rows), known, [BEFORE]).to_dicts()


def found(candidates: list[tuple], earlier: list[tuple] = ()) -> list[tuple]:
    """Losers among (key, path, line) of the day, with their winners."""
    return sorted(tuple(row[name] for name in FOUND) for row in lost(candidates, earlier))


def test_the_first_file_by_name_and_the_first_line_win():
    records = [("k", "b", 2), ("k", "a", 9), ("k", "a", 3), ("other", "a", 1)]
    assert found(records) == [("a", 9, DAY, "a", 3), ("b", 2, DAY, "a", 3)]


def test_an_earlier_day_wins_over_all_copies_of_the_day():
    records = [("k", "a", 3), ("k", "a", 9)]
    assert found(records, [("k", "z", 5)]) == [("a", 3, BEFORE, "z", 5), ("a", 9, BEFORE, "z", 5)]


def test_the_longest_leg_is_the_call_and_the_others_accompany_it():
    """Ring leg, talk leg, the talk leg again, and a row that never is a call."""
    rows = [
        ("k", "a", 1, 0, True, 11, "unanswered"),
        ("k", "a", 2, 95, True, 12, None),
        ("k", "a", 3, 95, True, 12, None),
        ("k", "a", 4, 120, True, 13, "accompanying_row"),
    ]
    verdicts = {row["line"]: (row["verdict"], row["verdict_reason"], row["winner_line"]) for row in lost(rows)}
    assert verdicts == {
        1: ("non_billable", "accompanying_row", 2),
        3: ("duplicate", "duplicate_record", 2),
        4: ("non_billable", "accompanying_row", 2),
    }


def test_a_billable_leg_comes_before_a_longer_internal_one():
    rows = [("k", "a", 1, 300, True, 11, "internal"), ("k", "a", 2, 95, True, 12, None)]
    assert [(row["line"], row["winner_line"]) for row in lost(rows)] == [(1, 2)]


def test_a_leg_that_lands_a_day_later_accompanies_the_call_that_was_billed():
    rows = [("k", "a", 1, 300, True, 11, None)]
    (row,) = lost(rows, [("k", "z", 5)])
    assert (row["verdict"], row["winner_day"], row["winner_path"], row["winner_line"]) == (
        "non_billable",
        BEFORE,
        "z",
        5,
    )


def test_rows_that_only_accompany_have_no_call():
    rows = [("k", "a", 1, 0, True, 11, "accompanying_row"), ("k", "a", 2, 0, True, 12, "accompanying_row")]
    assert [(row["line"], row["verdict"], row["winner_line"]) for row in lost(rows)] == [(2, "non_billable", None)]


def hashed(*starts: datetime, status: str = "landed", leg_kind: str = "call") -> pl.DataFrame:
    """Key hashes of a file with a record of each start."""
    row = {"path": "a", "source": "sbc", "call_id": "k", "leg_kind": leg_kind}
    rows = [row | {"start_at": start} for start in starts]
    return key_hashes(from_rows(rows, RawCdr), from_rows([{"path": "a", "status": status}], FileRegister), LIMITS)


def test_history_is_read_only_for_calls_that_began_before_the_day():
    assert old_call_dates(hashed(FRESH)) == []
    assert old_call_dates(hashed(LATE, FRESH)) == [BEFORE]
    too_old = datetime(2020, 1, 3, 23, 59, tzinfo=UTC)
    assert old_call_dates(hashed(too_old)) == []
    assert old_call_dates(hashed(too_old, leg_kind="accompanying")) == [date(2020, 1, 3)]


def test_only_keys_that_come_again_are_contested():
    assert repeated(hashed(FRESH)["key_hash"]).to_list() == []
    assert repeated(hashed(LATE, FRESH)["key_hash"]).to_list() == hashed(FRESH)["key_hash"].to_list()
    assert hashed(LATE, FRESH, status="duplicate").is_empty()


def test_of_earlier_calls_those_of_the_dates_and_hashes_are_known():
    starts = {"k": LATE, "other": LATE, "long ago": datetime(2020, 4, 1, 23, 59, 59, tzinfo=UTC)}
    rows = [{"record_key": key, "start_at": start} for key, start in starts.items()]
    earlier = from_rows(rows, ValidatedUsage).lazy()
    hashes = pl.Series(["k", "long ago"]).hash()
    assert known_calls(earlier, [BEFORE], hashes).collect()["record_key"].to_list() == ["k"]
    assert known_calls(earlier, [], hashes).collect().is_empty()


def test_a_known_call_counts_only_for_keys_that_began_on_an_old_date():
    known = known_calls(from_rows([{"record_key": "k", "start_at": LATE}], ValidatedUsage).lazy(), [BEFORE]).collect()
    assert surplus_rows(rows_of([("k", "a", 1)]), known, [date(2020, 4, 1)]).is_empty()


KEYS = st.sampled_from(["k1", "k2", "k3"])


@settings(deadline=None)
@given(st.lists(KEYS, min_size=1, max_size=7), st.sets(KEYS, max_size=2))
def test_exactly_one_copy_of_every_key_is_left(keys, known):
    """Counted by a second method: every new key once, every known key never."""
    records = [(key, f"file{i % 2}", i) for i, key in enumerate(keys)]
    copies = found(records, [(key, "old", 1) for key in sorted(known)])
    left = Counter(key for key, path, line in records if (path, line) not in {row[:2] for row in copies})
    assert left == Counter(set(keys) - known)


def test_every_record_gets_one_outcome_and_duplicates_their_winner():
    judged = pl.DataFrame(
        [
            ("s/a.csv", 1, None, None),
            ("s/a.csv", 2, None, None),
            ("s/a.csv", 3, "suspended", "malformed"),
            ("s/b.csv", 1, "duplicate", "duplicate_file"),
        ],
        ["path", "line", "outcome", "reason"],
        orient="row",
    )
    copies = pl.DataFrame(
        [("s/a.csv", 2, "duplicate", "duplicate_record", DAY, "s/a.csv", 1)],
        {"path": pl.String, "line": pl.Int64} | SURPLUS,
        orient="row",
    )
    files = [
        {"path": "s/a.csv", "status": "landed"},
        {"path": "s/b.csv", "status": "duplicate", "duplicate_of_day": DAY, "duplicate_of_path": "s/a.csv"},
    ]
    settled = settle(judged, from_rows(files, FileRegister), copies).sort("path", "line")
    assert settled.select("outcome", "reason", "winner_path", "winner_line").rows() == [
        ("validated", None, None, None),
        ("duplicate", "duplicate_record", "s/a.csv", 1),
        ("suspended", "malformed", None, None),
        ("duplicate", "duplicate_file", "s/a.csv", 1),
    ]
