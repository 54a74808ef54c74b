"""The layout of daily_aggregates by account: every row of a month is read once, by the task of its account."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telebill_assets.rating.account_groups import (
    MOST_GROUPS,
    AccountGroup,
    files_of,
    groups_for,
    month_groups,
    split,
)


@pytest.mark.parametrize(
    ("rows", "groups"),
    [(0, 1), (1, 1), (100_000, 1), (100_001, 2), (200_001, 4), (400_000, 4), (1_500_000, 16), (10**9, MOST_GROUPS)],
)
def test_larger_days_have_more_groups(rows, groups):
    assert groups_for(rows) == groups


def test_the_group_of_an_account_never_changes():
    """Files that are published already were written by these."""
    published = {"": 0xEF46DB3751D8E999, "a": 0xD24EC4F1A98C6E5B, "abc": 0x44BC2CF5AD770999}  # XXH64 of these texts
    accounts = pl.DataFrame({"account_id": list(published)})
    found = {row["account_id"]: group for group, part in split(accounts, 64).items() for row in part.to_dicts()}
    assert found == {text: AccountGroup(number % 64, 64) for text, number in published.items()}


def test_a_file_tells_its_group_and_a_file_of_another_name_may_hold_any_account():
    group = AccountGroup(3, 8)
    assert AccountGroup.of_file(f"/lake/daily_aggregates/run/{group.file_prefix}0a1b.parquet") == group
    assert AccountGroup.of_file("/lake/daily_aggregates/accounts-1-of-2-x/part-0.parquet") == AccountGroup(0, 1)


def test_a_month_has_as_many_groups_as_its_largest_day():
    paths = [f"{AccountGroup(0, groups).file_prefix}x.parquet" for groups in (1, 4, 2)]
    assert month_groups(paths) == [AccountGroup(number, 4) for number in range(4)]
    assert len(month_groups(paths, least=16)) == 16
    assert month_groups([]) == [AccountGroup(0, 1)]
    assert files_of(AccountGroup(11, 16), [AccountGroup(3, 8).file_prefix]) == [AccountGroup(3, 8).file_prefix]


DAYS = st.lists(st.tuples(st.integers(0, 4), st.lists(st.integers(0, 50), max_size=30)), max_size=4)


@settings(deadline=None)
@given(DAYS, st.integers(0, 4))
def test_every_row_of_a_month_is_read_once_with_all_rows_of_its_account(days, least):
    files: dict[str, pl.DataFrame] = {}
    for nr, (power, accounts) in enumerate(days):
        day = pl.DataFrame({"account_id": [f"A-{n}" for n in accounts]}, {"account_id": pl.String}).with_columns(
            day=pl.lit(nr)
        )
        files |= {f"{group.file_prefix}{nr}": part for group, part in split(day, 2**power).items()}
    owner: dict[str, AccountGroup] = {}
    read = []
    for group in month_groups(files, least=2**least):
        for path in files_of(group, files):
            rows = files[path].filter(group.rows).rows()
            read += rows
            assert all(owner.setdefault(account, group) == group for account, _ in rows)
    assert sorted(read) == sorted((f"A-{n}", nr) for nr, (_, accounts) in enumerate(days) for n in accounts)
