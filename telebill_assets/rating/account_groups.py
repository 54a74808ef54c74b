"""Account groups: daily_aggregates are laid out so that a month can read all days of some accounts, and no others.

The hash of its id puts an account into one of n groups, and n is a power of two. A day writes one file or more for each
of its groups and names them by it, for example `accounts-3-of-8-…parquet`; a large day has more groups than a small
one. A month is cut into as many groups as its largest day has, or more. Group 11 of 16 takes from a day of 8 groups the
files of group 3, since 11 mod 8 is 3, and of their rows those of its own accounts. Nothing is shuffled.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath

import polars as pl
import polars_hash as plh

ROWS_OF_A_GROUP = 100_000
"""Rows of a file that are worth a file of their own."""
MOST_GROUPS = 64

_FILE_NAME = re.compile(r"accounts-(\d+)-of-(\d+)-")


@dataclass(frozen=True, order=True)
class AccountGroup:
    """One of `of` groups of accounts; `number` counts from 0."""

    number: int
    of: int

    @classmethod
    def of_file(cls, path: str) -> "AccountGroup":
        """The group that a file's name tells; a file of another name may hold any account."""
        found = _FILE_NAME.match(PurePath(path).name)
        return cls(int(found[1]), int(found[2])) if found else cls(0, 1)

    @property
    def file_prefix(self) -> str:
        """How names of the group's files begin."""
        return f"accounts-{self.number}-of-{self.of}-"

    @property
    def rows(self) -> pl.Expr:
        """Which rows of a frame with account_id belong to the group."""
        return _number(self.of) == self.number

    def meets(self, other: "AccountGroup") -> bool:
        """Whether an account may be in both groups."""
        fewest = min(self.of, other.of)
        return self.number % fewest == other.number % fewest


def groups_for(rows: int) -> int:
    """The number of groups of a day with so many rows: 1 up to 100,000, 2 up to 200,000, 4 up to 400,000, 64 at most.

    Spread over several tasks, each writes its part of every group.
    """
    wanted = -(-rows // ROWS_OF_A_GROUP)
    return min(1 << max(wanted - 1, 0).bit_length(), MOST_GROUPS)


def split(frame: pl.DataFrame, groups: int) -> dict[AccountGroup, pl.DataFrame]:
    """The rows of a frame with account_id by group; groups without rows are left out."""
    if groups == 1:
        return {AccountGroup(0, 1): frame} if len(frame) else {}
    numbered = frame.with_columns(_number(groups).alias(_NUMBER))
    parts = numbered.partition_by(_NUMBER, include_key=False, as_dict=True)
    return {AccountGroup(int(number), groups): part for (number,), part in sorted(parts.items())}


def month_groups(paths: Iterable[str], *, least: int = 1) -> list[AccountGroup]:
    """The groups of a month: as many as its largest day has.

    Args:
        paths: the files of daily_aggregates of all days.
        least: the fewest groups, a power of two.
    """
    most = max((AccountGroup.of_file(path).of for path in paths), default=1)
    return [AccountGroup(number, max(most, least)) for number in range(max(most, least))]


def files_of(group: AccountGroup, paths: Iterable[str]) -> list[str]:
    """The files that may hold accounts of a group, of which `group.rows` says the rows."""
    return [path for path in paths if AccountGroup.of_file(path).meets(group)]


_NUMBER = "account_group"


def _number(groups: int) -> pl.Expr:
    """The account's group. Published files depend on it, so the hash is one whose definition never changes."""
    return plh.col("account_id").nchash.xxhash64() % groups
