"""Account ranges: every account in exactly one, and no batch in two."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from telebill_assets.stages.account_ranges import AccountRange, account_ranges
from telebill_assets.taxation.batches import batches


def test_a_month_is_cut_between_batches():
    numbered = pl.DataFrame({"account_id": ["A", "B", "C"], "lines": [400, 500, 300], "batch": [0, 1, 2]})
    assert account_ranges(numbered, cores=1) == [AccountRange(None, "B", 0), AccountRange("B", None, 900)]


def test_a_month_without_lines_is_one_range():
    none = pl.DataFrame(schema={"account_id": pl.String, "lines": pl.Int64, "batch": pl.Int64})
    assert account_ranges(none, cores=2) == [AccountRange()]


@given(
    counts=st.dictionaries(st.text("ABC-9", min_size=1, max_size=4), st.integers(1, 9), min_size=1),
    others=st.lists(st.text("ABC-9", min_size=1, max_size=4)),
    batch_lines=st.integers(1, 12),
    cores=st.integers(1, 5),
)
@settings(deadline=None)
def test_ranges_hold_every_account_once_and_whole_batches(counts, others, batch_lines, cores):
    lines = pl.DataFrame({"account_id": [account for account, n in counts.items() for _ in range(n)]})
    whole = batches(lines.lazy(), batch_lines)
    ranges = account_ranges(whole, cores)
    assert len(ranges) <= cores * 2
    accounts = pl.DataFrame({"account_id": sorted({*counts, *others})})
    parts = [accounts.filter(each.rows)["account_id"].to_list() for each in ranges]
    assert [account for part in parts for account in part] == accounts["account_id"].to_list()
    of_parts = [batches(lines.lazy().filter(each.rows), batch_lines, each.lines_before) for each in ranges]
    assert pl.concat(of_parts).equals(whole)
    assert sum(part["batch"].n_unique() for part in of_parts) == whole["batch"].n_unique()
