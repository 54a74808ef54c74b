"""Agreement of two counts: what a stage reads is what the stage before wrote, key by key."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.controls.control import Control
from telebill_assets.audit.figures import signed_figure
from telebill_assets.audit.tally import SAMPLES, Tally

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


def agreement(
    control: Control, left: pl.DataFrame, right: pl.DataFrame, keys: Sequence[str], measures: Sequence[str]
) -> CheckResult:
    """Compare two counts: for every key both have the same sums of the measures.

    Args:
        control: whose verdict it is.
        left: rows with keys and measures, such as what was read. Nulls count as nothing.
        right: the same columns, such as what the ledger says.
        keys: what must agree one by one.
        measures: what is compared: records, seconds, amounts.
    """
    return agreed(control, differences(left, right, keys, measures), keys, measures)


def differences(left: pl.DataFrame, right: pl.DataFrame, keys: Sequence[str], measures: Sequence[str]) -> Tally:
    """Count the keys at which two counts differ; of a part of the rows, it must have every row of its keys."""
    signed = pl.concat([_signed(left, keys, measures, 1), _signed(right, keys, measures, -1)])
    sums = signed.group_by(keys).agg(pl.col(measures).sum())
    differing = sums.filter(pl.any_horizontal(pl.col(measures) != 0))
    place = pl.concat_str([pl.col(name).cast(pl.String).fill_null("None") for name in keys], separator=", ")
    counts = [pl.col(name).cast(pl.Int64) for name in measures if left.schema[name].is_integer()]
    few = differing.select(place.alias("place"), *measures).sort("place").head(SAMPLES).with_columns(counts)
    return Tally({DIFFERENCES: differing.height}, tuple(_shown(row, measures) for row in few.iter_rows(named=True)))


def agreed(control: Control, found: Tally, keys: Sequence[str], measures: Sequence[str]) -> CheckResult:
    """The verdict on the differences that were found in all parts together."""
    wrong = found.of(DIFFERENCES)
    return control.result(
        passed=not wrong,
        figure=f"{wrong:,} differences in {', '.join(measures)} by {', '.join(keys)}",
        threshold="0 differences",
        failures={DIFFERENCES: wrong},
        samples=found.samples,
    )


def _signed(frame: pl.DataFrame, keys: Sequence[str], measures: Sequence[str], sign: int) -> pl.DataFrame:
    return frame.select(*keys, *((pl.col(name).fill_null(0) * sign).cast(WIDE) for name in measures))


def _shown(row: Mapping[str, Any], measures: Sequence[str]) -> str:
    """A difference as text, such as `2020-04-01, EUR: records +1, amount -0.19`."""
    return f"{row['place']}: " + ", ".join(f"{name} {signed_figure(row[name])}" for name in measures if row[name])
