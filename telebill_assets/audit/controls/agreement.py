"""Agreement of two counts: what a stage reads is what the stage before wrote, key by key."""

from collections.abc import Mapping, Sequence

import polars as pl

from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.controls.control import SAMPLES, Control
from telebill_assets.audit.tally import Tally, first

AGGREGATES = Control(
    "aggregates_unchanged", "The month reads the calls, seconds and charges that every day published", blocking=True
)
ACCOUNTS = Control("accounts_balance", "Every account's usage lines charge that account's calls", blocking=True)
LINES = Control("charge_lines_unchanged", "The tax engine is asked about the lines that were published", blocking=True)
TAXED = Control(
    "taxed_lines_agree", "Every charge line was taxed as itself: same account, amount and currency", blocking=True
)
TAXES = Control("tax_lines_agree", "On every charge line the tax is the sum of its tax lines", blocking=True)


WIDE = pl.Decimal(38, 10)
DIFFERENCES = "differences"


Frame = pl.DataFrame | pl.LazyFrame
WIDE = pl.Decimal(38, 10)


def agreement(control: Control, left: Frame, right: Frame, keys: Sequence[str], measures: Sequence[str]) -> CheckResult:
    """Compare two counts: for every key both have the same sums of the measures.

    Args:
        control: whose verdict it is.
        left: rows with keys and measures, such as what was read. Nulls count as nothing.
        right: the same columns, such as what the ledger says.
        keys: what must agree one by one.
        measures: what is compared: records, seconds, amounts.
    """
    return agreement_verdict(control, differing(left, right, keys, measures), keys, measures)


def differing(left: Frame, right: Frame, keys: Sequence[str], measures: Sequence[str]) -> pl.DataFrame:
    """Keys whose sums differ, with how much left exceeds right by. Of keys that lie whole in several parts of the data,
    the differences of the parts together are those of the whole.
    """
    signed = pl.concat([_signed(left, keys, measures, 1), _signed(right, keys, measures, -1)])
    sums = signed.group_by(keys).agg(pl.col(measures).sum())
    return sums.filter(pl.any_horizontal(pl.col(measures) != 0)).sort(keys).collect()


def agreement_verdict(
    control: Control, differences: pl.DataFrame, keys: Sequence[str], measures: Sequence[str]
) -> CheckResult:
    """The verdict on the keys that are `differing`."""
    wrong = differences.height
    rows = differences.sort(keys).head(SAMPLES).to_dicts()
    samples = [", ".join(f"{row[key]}" for key in keys) + ": " + _differences(row, measures) for row in rows]
    return control.result(
        passed=not wrong,
        figure=f"{wrong:,} differences in {', '.join(measures)} by {', '.join(keys)}",
        threshold="0 differences",
        failures={"differences": wrong},
        samples=samples,
    )


def _signed(frame: Frame, keys: Sequence[str], measures: Sequence[str], sign: int) -> pl.LazyFrame:
    return frame.lazy().select(*keys, *(pl.col(name).cast(WIDE).fill_null(0) * sign for name in measures))


def _differences(row: Mapping[str, object], measures: Sequence[str]) -> str:
    return ", ".join(f"{name} {row[name]:+f}" for name in measures if row[name])
