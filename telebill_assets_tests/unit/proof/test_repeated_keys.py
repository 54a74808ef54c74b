"""Repeated record keys are found however many passes their hashes take."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from telebill_assets.proof.repeated_keys import with_repeated_keys


@settings(deadline=None)
@given(st.lists(st.sampled_from("abcdefghij"), max_size=30), st.integers(min_value=1, max_value=40))
def test_exactly_the_keys_that_come_again_are_kept(keys, at_once):
    found = with_repeated_keys(pl.LazyFrame({"record_key": keys}, {"record_key": pl.String}), at_once).collect()
    assert sorted(found["record_key"]) == sorted(key for key in keys if keys.count(key) > 1)
