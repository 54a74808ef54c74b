"""Adjustments: what re-rating changes in a closed month becomes charge lines of an open one.

The closed month's tables stay as they were billed. What has been billed of its calls is its aggregates plus the signed
changes of every earlier re-rating, so a second one finds only what is still different.
"""

from collections.abc import Sequence
from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from telebill_assets.rating.charge_lines import as_rated_usage
from telebill_assets.spark.legacy import spark_schema
from telebill_assets.spark.legacy_calls import COMPARED as MEASURES
from telebill_assets.spark.legacy_calls import changed, compare
from telebill_assets.tables.adjustment_lines import AdjustmentLines
from telebill_assets.tables.daily_aggregates import DailyAggregates
from telebill_assets.tables.rated_usage import RatedUsage

SUMMED = {**MEASURES, "units": "long"}
"""Measures of daily_aggregates; all its other columns are keys."""
LINE_TEXTS = ("product", "description", "article_nr", "destination", "jurisdiction", "direction")


def with_changes(aggregates: DataFrame, changes: DataFrame) -> DataFrame:
    """Aggregates after signed changes, as rows of daily_aggregates; what the changes took back is gone."""
    columns = spark_schema(DailyAggregates)
    keys = [name for name in columns.names if name not in SUMMED]
    summed = (
        aggregates.select(*columns.names)
        .unionByName(changes.select(*columns.names))
        .groupBy(*keys)
        .agg(*[F.sum(name).alias(name) for name in SUMMED])
    )
    left = summed.where(" OR ".join(f"{name} != 0" for name in SUMMED))
    return left.select(*[F.col(field.name).cast(field.dataType).alias(field.name) for field in columns])


def changes(before: DataFrame, after: DataFrame) -> DataFrame:
    """Signed changes that make aggregates `after` out of aggregates `before`: keys of daily_aggregates, measures."""
    columns = spark_schema(DailyAggregates)
    keys = [name for name in columns.names if name not in SUMMED]
    compared = changed(compare(before, after, keys, SUMMED), SUMMED)
    return compared.select(
        *keys,
        *[
            (F.col(f"{name}_after") - F.col(f"{name}_before")).cast(columns[name].dataType).alias(name)
            for name in SUMMED
        ],
    )


def line_corrections(before: DataFrame, after: DataFrame) -> DataFrame:
    """Charge lines of one month whose exact amount differs, line by line.

    Args:
        before: rows of rated_usage made from the aggregates before.
        after: rows of rated_usage made from the aggregates after, by the same tariff; what does not depend on
            calls is the same on both sides and falls out.

    Returns:
        account_id, currency, corrected_line, corrected_kind, the line's texts, exact_before, exact_after,
        exact_amount (the difference), service_from and service_to of the calls.
    """
    texts = (*LINE_TEXTS, "service_from", "service_to")
    sides = [
        frame.select(
            *("account_id", "currency", F.col("line_id").alias("corrected_line")),
            F.col("line_kind").alias("corrected_kind"),
            F.lit(rank).alias("rank"),
            F.struct(F.lit(rank).alias("rank"), *texts).alias("text"),
            *[
                (F.col("exact_amount") if rank == side else F.lit(0).cast("decimal(18,10)")).alias(name)
                for side, name in ((0, "exact_before"), (1, "exact_after"))
            ],
        )
        for rank, frame in ((0, before), (1, after))
    ]
    summed = (
        sides[0]
        .unionByName(sides[1])
        .groupBy("account_id", "currency", "corrected_line", "corrected_kind")
        .agg(
            F.max_by("text", "rank").alias("text"),
            F.sum("exact_before").alias("exact_before"),
            F.sum("exact_after").alias("exact_after"),
        )
        .where("exact_before != exact_after")
    )
    return summed.select(
        *("account_id", "currency", "corrected_line", "corrected_kind"),
        *[F.col(f"text.{name}").alias(name) for name in texts],
        *("exact_before", "exact_after", (F.col("exact_after") - F.col("exact_before")).alias("exact_amount")),
    )


def as_adjustment_lines(corrections: DataFrame, billing_month: date, proposal: str, closed_month: date) -> DataFrame:
    """Rows of adjustment_lines, to be billed with `billing_month`."""
    known = {
        "billing_month": F.lit(billing_month),
        "proposal": F.lit(proposal),
        "closed_month": F.lit(closed_month),
    }
    return corrections.select(
        *[
            known.get(field.name, F.col(field.name)).cast(field.dataType).alias(field.name)
            for field in spark_schema(AdjustmentLines).fields
        ]
    )


def adjustment_charges(lines: DataFrame, reasons: Sequence[tuple[str, str]], month: date) -> DataFrame:
    """Rows of rated_usage for the adjustments that a month bills.

    Args:
        lines: adjustment_lines of the billing month.
        reasons: proposal and reason of each re-rating, as approved.
        month: first day of the billing month.

    Returns:
        One line per corrected line: the corrected month, what it was for, and why. It has the corrected line's
        product, so it is taxed as that was; amount is the exact difference rounded half-up once.
    """
    approved = lines.sparkSession.createDataFrame(list(reasons), "proposal string, reason string")
    explained = lines.join(F.broadcast(approved), "proposal")
    closed = F.date_format("closed_month", "yyyy-MM")
    known = {
        "line_id": F.concat_ws("-", "account_id", F.lit("adjustment"), closed, "proposal", "corrected_line"),
        "line_kind": F.lit("adjustment"),
        "description": F.concat(
            F.lit("Adjustment "), closed, F.lit(": "), "description", F.lit(" ("), "reason", F.lit(")")
        ),
        "quantity": F.lit(1),
        "unit": F.lit("pcs"),
    }
    lines_of_month = explained.select(
        *[
            known.get(name, F.col(name) if name in explained.columns else F.lit(None)).alias(name)
            for name in spark_schema(RatedUsage).names
        ]
    )
    return as_rated_usage(lines_of_month, month)
