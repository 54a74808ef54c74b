"""Agreement of two counts: what a stage reads is what the stage before wrote, key by key."""

from collections.abc import Mapping, Sequence
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

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


def agreement(
    control: Control, left: DataFrame, right: DataFrame, keys: Sequence[str], measures: Sequence[str]
) -> CheckResult:
    """Compare two counts: for every key both have the same sums of the measures.

    Args:
        control: whose verdict it is.
        left: rows with keys and measures, such as what was read. Nulls count as nothing.
        right: the same columns, such as what the ledger says.
        keys: what must agree one by one.
        measures: what is compared: records, seconds, amounts.
    """
    signed = _signed(left, keys, measures, 1).unionByName(_signed(right, keys, measures, -1))
    sums = [F.sum(name).alias(name) for name in measures]
    differing = signed.groupBy(*keys).agg(*sums).where(_any_nonzero(measures)).persist()
    try:
        wrong = differing.count()
        rows = differing.orderBy(*keys).limit(SAMPLES).collect() if wrong else []
    finally:
        differing.unpersist()
    samples = [", ".join(f"{row[key]}" for key in keys) + ": " + _differences(row.asDict(), measures) for row in rows]
    return control.result(
        passed=not wrong,
        figure=f"{wrong:,} differences in {', '.join(measures)} by {', '.join(keys)}",
        threshold="0 differences",
        failures={"differences": wrong},
        samples=samples,
    )


def _signed(frame: DataFrame, keys: Sequence[str], measures: Sequence[str], sign: int) -> DataFrame:
    wide = [(F.coalesce(F.col(name), F.lit(0)) * F.lit(sign)).cast("decimal(28,10)").alias(name) for name in measures]
    return frame.select(*keys, *wide)


def _any_nonzero(measures: Sequence[str]) -> Column:
    return reduce(lambda one, other: one | other, [F.col(name) != 0 for name in measures])


def _differences(row: Mapping[str, object], measures: Sequence[str]) -> str:
    return ", ".join(f"{name} {row[name]:+f}" for name in measures if row[name])
