"""Agreement of two counts: what a stage reads is what the stage before wrote, key by key."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.controls.control import SAMPLES, Control

AGGREGATES = Control(
    "aggregates_unchanged", "The month reads the calls, seconds and charges that every day published", blocking=True
)
ACCOUNTS = Control("accounts_balance", "Every account's usage lines charge that account's calls", blocking=True)
LINES = Control("charge_lines_unchanged", "The tax engine is asked about the lines that were published", blocking=True)
TAXED = Control(
    "taxed_lines_agree", "Every charge line was taxed as itself: same account, amount and currency", blocking=True
)
TAXES = Control("tax_lines_agree", "On every charge line the tax is the sum of its tax lines", blocking=True)
EXACT = pl.Decimal(28, 10)


@dataclass(frozen=True)
class Differences:
    """Keys at which two counts differ: how many there are, and the first of them for people."""

    count: int = 0
    samples: tuple[str, ...] = ()

    @classmethod
    def total(cls, parts: Iterable["Differences"]) -> "Differences":
        """Of counts that were taken part by part, with every key in one part only."""
        found = list(parts)
        samples = sorted(sample for part in found for sample in part.samples)
        return cls(sum(part.count for part in found), tuple(samples[:SAMPLES]))


def agreement(
    control: Control, left: pl.DataFrame, right: pl.DataFrame, keys: Sequence[str], measures: Sequence[str]
) -> CheckResult:
    """Compare two counts: for every key both have the same sums of the measures.

    Rows may be sums already, and sums of parts beside each other: `summed` makes them small.

    Args:
        control: whose verdict it is.
        left: rows with keys and measures, such as what was read. Nulls count as nothing.
        right: the same columns, such as what the ledger says.
        keys: what must agree one by one.
        measures: what is compared: records, seconds, amounts.
    """
    return verdict(control, differences(left, right, keys, measures), keys, measures)


def differences(
    left: pl.DataFrame, right: pl.DataFrame, keys: Sequence[str], measures: Sequence[str]
) -> Differences:
    """Where the counts of `agreement` differ."""
    signed = [_signed(left, keys, measures, 1), _signed(right, keys, measures, -1)]
    wrong = summed(pl.concat(signed), keys, measures).filter(pl.any_horizontal([pl.col(name) != 0 for name in measures]))
    samples = [
        ", ".join(f"{row[key]}" for key in keys)
        + ": "
        + ", ".join(f"{name} {row[name]:+.10f}" for name in measures if row[name])
        for row in wrong.sort(keys).head(SAMPLES).iter_rows(named=True)
    ]
    return Differences(len(wrong), tuple(samples))


def summed(rows: pl.DataFrame, keys: Sequence[str], measures: Sequence[str]) -> pl.DataFrame:
    """Keys and sums of the measures: all that `agreement` needs of many rows."""
    return rows.group_by(keys).agg(pl.col(measures).sum())


def verdict(control: Control, found: Differences, keys: Sequence[str], measures: Sequence[str]) -> CheckResult:
    """The control's verdict on these differences."""
    return control.result(
        passed=not found.count,
        figure=f"{found.count:,} differences in {', '.join(measures)} by {', '.join(keys)}",
        threshold="0 differences",
        failures={"differences": found.count},
        samples=found.samples,
    )


def _signed(frame: pl.DataFrame, keys: Sequence[str], measures: Sequence[str], sign: int) -> pl.DataFrame:
    return frame.select(*keys, *[pl.col(name).fill_null(0).cast(EXACT) * sign for name in measures])
