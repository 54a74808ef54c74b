"""The charge lines of a month: every effect is a line of its own, so the lines explain the total."""

from dataclasses import dataclass
from datetime import date
from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from telebill_assets.rating.allowance_lines import allowance_balances, allowance_lines
from telebill_assets.rating.discounts import discount_lines
from telebill_assets.rating.minimums import minimum_lines
from telebill_assets.rating.month import Month
from telebill_assets.rating.month_usage import grants, month_usage
from telebill_assets.rating.one_off import one_off_lines
from telebill_assets.rating.recurring import recurring_lines
from telebill_assets.rating.tariff import Tariff
from telebill_assets.rating.tier_lines import tier_lines
from telebill_assets.rating.usage_lines import usage_lines
from telebill_assets.spark.legacy import spark_schema
from telebill_assets.tables.rated_usage import RatedUsage


@dataclass(frozen=True)
class MonthBefore:
    """What the month before has left for this one: its rated_usage and its allowance_balances."""

    lines: DataFrame
    balances: DataFrame


def charge_lines(aggregates: DataFrame, tariff: Tariff, month: date, before: MonthBefore | None = None) -> DataFrame:
    """Rows of rated_usage of a billing month.

    Args:
        aggregates: daily_aggregates of all landing days of the month.
        tariff: the published tariff, with all rules of its plans.
        month: first day of the billing month.
        before: the month before, for units that roll over and fees billed in advance; null if it was not billed.

    Returns:
        Usage lines; negative allowance lines; tier lines; recurring, one-off and pass-through lines; discounts on the
        plan's lines so far; and last what is missing to the plan's minimums. exact_amount is kept to ten
        decimals; amount is rounded half-up to the minor unit once.
    """
    spark, period = aggregates.sparkSession, Month(month)
    usage = _usage(aggregates, tariff, period, before)[1]
    parts = [
        usage_lines(aggregates, tariff),
        allowance_lines(usage, tariff, period),
        tier_lines(usage, tariff, period),
        recurring_lines(spark, tariff, period, before.lines if before else None),
        one_off_lines(spark, tariff, period),
    ]
    lines = reduce(_together, (as_rated_usage(part, month) for part in parts))
    if tariff.tables["plan_discounts"].num_rows:
        lines = _together(lines, as_rated_usage(discount_lines(lines, tariff, period), month))
    if tariff.tables["plan_minimums"].num_rows:
        lines = _together(lines, as_rated_usage(minimum_lines(lines, tariff, period), month))
    return lines


def balances(aggregates: DataFrame, tariff: Tariff, month: date, before: MonthBefore | None = None) -> DataFrame:
    """Rows of allowance_balances of a billing month; the arguments are those of `charge_lines`."""
    period = Month(month)
    granted, usage = _usage(aggregates, tariff, period, before)
    return allowance_balances(granted, usage, tariff, period)


def _usage(
    aggregates: DataFrame, tariff: Tariff, month: Month, before: MonthBefore | None
) -> tuple[DataFrame, DataFrame]:
    granted = grants(aggregates.sparkSession, aggregates, tariff, month, before.balances if before else None)
    return granted, month_usage(aggregates, granted, tariff)


def _together(lines: DataFrame, more: DataFrame) -> DataFrame:
    return lines.unionByName(more)


def as_rated_usage(lines: DataFrame, month: date) -> DataFrame:
    """Lines in the columns of rated_usage, each amount rounded half-up to the minor unit once."""
    derived = {"billing_month": F.lit(month), "amount": F.round("exact_amount", 2)}
    missing = {name: F.lit(None) for name in spark_schema(RatedUsage).names if name not in lines.columns}
    return lines.select(
        *[
            (missing | derived).get(field.name, F.col(field.name)).cast(field.dataType).alias(field.name)
            for field in spark_schema(RatedUsage).fields
        ]
    )
