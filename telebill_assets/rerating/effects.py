"""What changed aggregates do to a month: its charge lines, and the differences by account and destination."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from telebill_assets.rating.adjustments import changes, line_corrections
from telebill_assets.rating.compare import changed, compare
from telebill_assets.rating.month.charge_lines import MonthBefore, charge_lines
from telebill_assets.rating.tariff import Tariff
from telebill_assets.tables.rerate_differences import RerateDifferences
from telebill_assets.tables.table import conform

SHOWN = ("calls", "billed_s", "charge", "lines")


@dataclass(frozen=True)
class MonthChange:
    """The aggregates of all days of a month, before and after; and what the month before it has left."""

    month: date
    before: pl.DataFrame
    after: pl.DataFrame
    left: MonthBefore | None

    def corrections(self, tariff: Tariff) -> pl.DataFrame:
        """Charge lines that differ, of accounts whose aggregates differ; both sides by the same tariff."""
        affected = pl.col("account_id").is_in(changes(self.before, self.after)["account_id"].unique().to_list())
        left = self.left and MonthBefore.kept(self.left.lines.lazy(), self.left.balances.lazy(), affected)
        before, after = (
            charge_lines(side.filter(affected), tariff.of_accounts(affected), self.month, left)
            for side in (self.before, self.after)
        )
        return line_corrections(before, after)

    def differences(self, corrections: pl.DataFrame, proposal: str) -> pl.DataFrame:
        """Rows of rerate_differences."""
        keys = ("account_id", "destination", "currency")
        calls = changed(compare(self.before, self.after, keys))
        lines = corrections.select(*keys, lines_before="exact_before", lines_after="exact_after")
        columns = [f"{name}_{side}" for name in SHOWN for side in ("before", "after")]
        summed = pl.concat([calls, lines], how="diagonal_relaxed").group_by(keys).agg(pl.col(columns).sum())
        found: pl.DataFrame = conform(
            summed.with_columns(proposal=pl.lit(proposal), month=pl.lit(self.month)), RerateDifferences
        )
        return found
