"""Keys are compared by hash in buckets, and only suspects in full."""

from collections import Counter

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from telebill_assets.audit import unique_keys
from telebill_assets.audit.unique_keys import Repeated, compare, unique_verdict
from telebill_assets.tables.file_register import FileRegister

PATHS = st.lists(st.sampled_from(["a", "b", "c", "d", "e"]), max_size=12)


@settings(deadline=None)
@given(PATHS, st.integers(0, 12))
def test_repeated_hashes_are_those_of_repeated_keys_however_files_are_cut(paths, cut):
    hashes = [
        pl.DataFrame({"path": part}, schema={"path": pl.String}).select(unique_keys.key_hash(["path"])).to_series()
        for part in (paths[:cut], paths[cut:])
    ]
    buckets: dict[int, list[pl.Series]] = {}
    for part in hashes:
        for bucket, found in unique_keys.by_bucket(part).items():
            buckets.setdefault(bucket, []).append(found)
    repeated = [each for parts in buckets.values() for each in unique_keys.repeated(parts)]
    twice = [path for path, count in Counter(paths).items() if count > 1]
    expected = pl.DataFrame({"path": twice}, schema={"path": pl.String}).select(unique_keys.key_hash(["path"]))
    assert sorted(repeated) == sorted(expected.to_series())


def test_rows_too_many_are_counted_and_shown_masked():
    rows = pl.DataFrame({"path": ["+15125550100"] * 3 + ["b"], "line": [1, 1, 1, 1]})
    assert compare([rows[:2], rows[2:]], ["path", "line"]) == Repeated(2, ["+151******00, 1"], 1)


def test_the_verdict_names_the_key():
    passed, failed = (unique_verdict(FileRegister, 9, found) for found in (Repeated(), Repeated(2, ["a"])))
    assert (passed.name, passed.passed, passed.figure) == ("file_register_unique", True, "0 duplicates in 9 rows")
    assert (failed.passed, failed.failures, failed.samples) == (False, {"path": 2}, ["a"])
