"""What changed aggregates do to a month: its charge lines, and the differences by account and destination."""

from dataclasses import dataclass
from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from telebill_assets.rating.adjustments import changes, line_corrections
from telebill_assets.rating.charge_lines import MonthBefore, charge_lines
from telebill_assets.rating.compare import changed, compare
from telebill_assets.rating.tariff import Tariff
from telebill_assets.spark.legacy import spark_schema
from telebill_assets.tables.rerate_differences import RerateDifferences

SHOWN = ("calls", "billed_s", "charge", "lines")


@dataclass(frozen=True)
class MonthChange:
    """The aggregates of all days of a month, before and after; and what the month before it has left."""

    month: date
    before: DataFrame
    after: DataFrame
    left: MonthBefore | None

    def corrections(self, tariff: Tariff) -> DataFrame:
        """Charge lines that differ, of accounts whose aggregates differ; both sides by the same tariff."""
        affected = F.broadcast(changes(self.before, self.after).select("account_id").distinct().persist())
        before, after = (
            charge_lines(side.join(affected, "account_id", "left_semi"), tariff, self.month, self.left).join(
                affected, "account_id", "left_semi"
            )
            for side in (self.before, self.after)
        )
        return line_corrections(before, after)

    def differences(self, corrections: DataFrame, proposal: str) -> DataFrame:
        """Rows of rerate_differences."""
        keys = ("account_id", "destination", "currency")
        calls = changed(compare(self.before, self.after, keys))
        lines = corrections.select(
            *keys, F.col("exact_before").alias("lines_before"), F.col("exact_after").alias("lines_after")
        )
        columns = [f"{name}_{side}" for name in SHOWN for side in ("before", "after")]
        summed = (
            calls.unionByName(lines, allowMissingColumns=True)
            .groupBy(*keys)
            .agg(*[F.coalesce(F.sum(name), F.lit(0)).alias(name) for name in columns])
            .withColumns({"proposal": F.lit(proposal), "month": F.lit(self.month)})
        )
        return summed.select(
            *[F.col(field.name).cast(field.dataType).alias(field.name) for field in spark_schema(RerateDifferences)]
        )
