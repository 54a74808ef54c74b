"""The charge lines of a month: every effect is a line of its own, so the lines explain the total."""

from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from telebill_assets.rating.allowances import allowance_lines
from telebill_assets.rating.month import Month
from telebill_assets.rating.one_off import one_off_lines
from telebill_assets.rating.recurring import recurring_charge_lines, recurring_fee_lines
from telebill_assets.rating.tariff import Tariff
from telebill_assets.rating.usage_lines import usage_lines
from telebill_assets.schemas.rated_usage import RatedUsage
from telebill_assets.schemas.table import spark_schema


def charge_lines(aggregates: DataFrame, tariff: Tariff, month: date) -> DataFrame:
    """Rows of rated_usage of a billing month.

    Args:
        aggregates: daily_aggregates of all landing days of the month.
        tariff: the published tariff, with fees and charges.
        month: first day of the billing month.

    Returns:
        Usage lines, negative allowance lines, recurring lines prorated by the day, one-off and pass-through lines.
        exact_amount is kept to ten decimals; amount is rounded half-up to the minor unit once.
    """
    period = Month(month)
    parts = [
        usage_lines(aggregates, tariff),
        allowance_lines(aggregates, tariff),
        recurring_fee_lines(aggregates.sparkSession, tariff, period),
        recurring_charge_lines(aggregates.sparkSession, tariff, period),
        one_off_lines(aggregates.sparkSession, tariff, period),
    ]
    lines = parts[0]
    for part in parts[1:]:
        lines = lines.unionByName(part, allowMissingColumns=True)
    return as_rated_usage(lines, month)


def as_rated_usage(lines: DataFrame, month: date) -> DataFrame:
    """Lines in the columns of rated_usage, each amount rounded half-up to the minor unit once."""
    derived = {"billing_month": F.lit(month), "amount": F.round("exact_amount", 2)}
    return lines.select(
        *[
            derived.get(field.name, F.col(field.name)).cast(field.dataType).alias(field.name)
            for field in spark_schema(RatedUsage).fields
        ]
    )
