"""Account ranges: how the stages after rating cut a month into tasks, each with all lines of its accounts.

Accounts are taken in the order of their ids, because SureTax's batches are made in that order and must be the same
however many tasks there are. Data files whose rows are in that order are read only where they meet a range.
"""

from dataclasses import dataclass

import polars as pl

LINES_PER_TASK = 50_000
"""Lines that a task holds in memory at most, if it has more than one batch."""
TASKS_PER_CORE = 2


@dataclass(frozen=True)
class AccountRange:
    """Accounts whose id is greater than `after` and at most `to`; null: no limit."""

    after: str | None = None
    to: str | None = None
    lines_before: int = 0
    """Lines of all accounts before these."""

    @property
    def rows(self) -> pl.Expr:
        """Which rows of a frame with account_id belong to the range."""
        account = pl.col("account_id")
        limits = [account > self.after] if self.after is not None else []
        limits += [account <= self.to] if self.to is not None else []
        return pl.all_horizontal(limits) if limits else pl.lit(value=True)


def account_ranges(batches: pl.DataFrame, cores: int) -> list[AccountRange]:
    """Cut a month between batches, into tasks of about equally many lines; every account is in exactly one range.

    Example: batches of 400, 500 and 300 lines on one core make two tasks, of 900 and 300 lines.

    Args:
        batches: account_id, lines and batch, in order of the accounts.
        cores: tasks that run at the same time.
    """
    total = int(batches["lines"].sum())
    tasks = max(cores * TASKS_PER_CORE, -(-total // LINES_PER_TASK))
    ends = (
        batches.group_by("batch", maintain_order=True)
        .agg(pl.col("account_id").last().alias("to"), pl.col("lines").sum())
        .with_columns(before=pl.col("lines").cum_sum() - pl.col("lines"))
        .group_by(pl.col("before") * tasks // max(total, 1), maintain_order=True)
        .agg(pl.col("to").last(), pl.col("before").first().alias("lines_before"))
    )
    last, before = ends["to"].to_list(), ends["lines_before"].to_list()
    limits = zip([None, *last[:-1]], [*last[:-1], None], before, strict=True)
    return [AccountRange(*each) for each in limits] if last else [AccountRange()]
