"""What the month before has left for a month: fees that it billed in advance, and units that roll over."""

from dataclasses import dataclass

import polars as pl

ADVANCE = "-advance"
"""How the id of a line ends that was billed with the month before."""


@dataclass(frozen=True)
class MonthBefore:
    """What the month before has left for this one: its rated_usage and its allowance_balances."""

    lines: pl.DataFrame
    balances: pl.DataFrame

    @classmethod
    def kept(cls, lines: pl.LazyFrame, balances: pl.LazyFrame, own: pl.Expr | None = None) -> "MonthBefore":
        """Of published tables only what the next month can need: what was billed in advance, and units that remain.

        Args:
            lines: rated_usage of the month before.
            balances: its allowance_balances.
            own: the condition on account_id of the accounts that are rated; null: all.
        """
        mine = pl.lit(value=True) if own is None else own
        left = balances.filter(mine, pl.col("remaining") > 0)
        return cls(lines.filter(mine, in_advance()).collect(), left.collect())


def in_advance() -> pl.Expr:
    """Whether a charge line of a month bills the month after it."""
    return (pl.col("line_kind") == "recurring") & pl.col("line_id").str.ends_with(ADVANCE)
