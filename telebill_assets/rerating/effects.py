"""What changed aggregates do to a month: its charge lines, and the differences by account and destination.

Both are found group by group of accounts, because a month is rated by whole accounts.
"""

from dataclasses import dataclass
from datetime import date

import polars as pl

from telebill_assets.audit.written import Written, write_examined
from telebill_assets.compute.closed import Aggregates
from telebill_assets.compute.context import JobContext
from telebill_assets.compute.month_before import FilesBefore
from telebill_assets.rating.account_groups import AccountGroup, month_groups
from telebill_assets.rating.adjustments import as_adjustment_lines, changes, line_corrections
from telebill_assets.rating.compare import changed, compare
from telebill_assets.rating.month.charge_lines import charge_lines
from telebill_assets.rating.month.month_before import MonthBefore
from telebill_assets.rating.tariff import Tariff
from telebill_assets.tables.adjustment_lines import AdjustmentLines
from telebill_assets.tables.rerate_differences import RerateDifferences
from telebill_assets.tables.table import conform

KEYS = ("account_id", "destination", "currency")
SHOWN = ("calls", "billed_s", "charge", "lines")


@dataclass(frozen=True)
class MonthChange:
    """The aggregates of all days of a month, before and after, and what rates them."""

    month: date
    proposal: str
    tariff: Tariff
    before: Aggregates
    after: Aggregates
    left: FilesBefore | None
    folder: str
    """Where rows of rerate_differences are written."""
    billing_month: date | None = None
    """The month that bills the differences of a closed one."""
    lines_folder: str = ""
    """Where rows of adjustment_lines are written, if there is such a month."""


@dataclass(frozen=True)
class Effect:
    """What a task wrote of its accounts: rows of rerate_differences, and of adjustment_lines for a closed month."""

    differences: Written
    lines: Written | None


def effects(context: JobContext, change: MonthChange) -> list[Effect]:
    """Compute and write what changes, group by group of accounts."""
    groups = month_groups([*change.before.files, *change.after.files])
    return context.cluster.each(groups, effect_on, change)


def effect_on(group: AccountGroup, change: MonthChange) -> Effect:
    """What changes for a group of accounts."""
    before, after = change.before.of(group), change.after.of(group)
    corrections = _corrections(before, after, change, group)
    differences = _differences(before, after, corrections, change)
    written = write_examined(differences, RerateDifferences, change.folder, group.file_prefix)
    if change.billing_month is None:
        return Effect(written, None)
    lines = as_adjustment_lines(corrections, change.billing_month, change.proposal, change.month)
    return Effect(written, write_examined(lines, AdjustmentLines, change.lines_folder, group.file_prefix))


def _corrections(before: pl.DataFrame, after: pl.DataFrame, change: MonthChange, group: AccountGroup) -> pl.DataFrame:
    """Charge lines that differ, of accounts whose aggregates differ; both sides by the same tariff."""
    accounts = changes(before, after)["account_id"].unique().sort().to_list()
    affected = pl.col("account_id").is_in(accounts)
    tariff = change.tariff.of_accounts(affected)
    whole = change.left.of_group(group) if change.left else None
    left = MonthBefore(whole.lines.filter(affected), whole.balances.filter(affected)) if whole else None
    sides = (charge_lines(side.filter(affected), tariff, change.month, left) for side in (before, after))
    return line_corrections(*sides)


def _differences(
    before: pl.DataFrame, after: pl.DataFrame, corrections: pl.DataFrame, change: MonthChange
) -> pl.DataFrame:
    calls = changed(compare(before, after, KEYS))
    lines = corrections.select(*KEYS, lines_before="exact_before", lines_after="exact_after")
    columns = [f"{name}_{side}" for name in SHOWN for side in ("before", "after")]
    both = pl.concat([calls, lines], how="diagonal_relaxed")
    summed = both.group_by(KEYS).agg(pl.col(columns).sum())
    rows: pl.DataFrame = conform(
        summed.with_columns(proposal=pl.lit(change.proposal), month=pl.lit(change.month)), RerateDifferences
    )
    return rows
