"""Adjustments: what re-rating changes in a closed month becomes charge lines of an open one.

The closed month's tables stay as they were billed. What has been billed of its calls is its aggregates plus the signed
changes of every earlier re-rating, so a second one finds only what is still different. All of it holds for any set of
whole accounts.
"""

from collections.abc import Mapping
from datetime import date

import polars as pl

from telebill_assets.rating.compare import MEASURES, changed, compare
from telebill_assets.rating.month.charge_lines import as_rated_usage
from telebill_assets.rating.month.exact import CHARGE
from telebill_assets.tables.adjustment_lines import AdjustmentLines
from telebill_assets.tables.daily_aggregates import DailyAggregates
from telebill_assets.tables.table import conform, polars_schema

SUMMED = {**MEASURES, "units": pl.Int64()}
"""Measures of daily_aggregates; all its other columns are keys."""
KEYS = tuple(name for name in polars_schema(DailyAggregates) if name not in SUMMED)
LINE_KEYS = ("account_id", "currency", "corrected_line", "corrected_kind")
LINE_TEXTS = ("product", "description", "article_nr", "destination", "jurisdiction", "direction")


def with_changes(aggregates: pl.DataFrame, changes: pl.DataFrame) -> pl.DataFrame:
    """Aggregates after signed changes, as rows of daily_aggregates; what the changes took back is gone."""
    both = pl.concat([frame.select(*KEYS, *SUMMED) for frame in (aggregates, changes)])
    summed = both.group_by(KEYS).agg(pl.col(name).sum() for name in SUMMED)
    left = summed.filter(pl.any_horizontal([pl.col(name) != 0 for name in SUMMED]))
    return conform(left, DailyAggregates)


def changes(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """Signed changes that make aggregates `after` out of aggregates `before`: keys of daily_aggregates, measures."""
    compared = changed(compare(before, after, KEYS, SUMMED), SUMMED)
    signed = {name: pl.col(f"{name}_after") - pl.col(f"{name}_before") for name in SUMMED}
    return conform(compared.with_columns(**signed), DailyAggregates)


def line_corrections(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """Charge lines of one month whose exact amount differs, line by line.

    Args:
        before: rows of rated_usage made from the aggregates before.
        after: rows of rated_usage made from the aggregates after, by the same tariff; what does not depend on
            calls is the same on both sides and falls out.

    Returns:
        LINE_KEYS, the line's texts, exact_before, exact_after, exact_amount (the difference), service_from and
        service_to of the calls. What both sides have is said as it is after.
    """
    texts = (*LINE_TEXTS, "service_from", "service_to")
    sides = [
        frame.select(
            *("account_id", "currency", pl.col("line_id").alias("corrected_line")),
            pl.col("line_kind").alias("corrected_kind"),
            *texts,
            pl.col("exact_amount").alias(name),
        )
        for name, frame in (("exact_before", before), ("exact_after", after))
    ]
    summed = (
        pl.concat(sides, how="diagonal")
        .group_by(LINE_KEYS, maintain_order=True)
        .agg(pl.col(texts).last(), pl.col("exact_before", "exact_after").sum().cast(CHARGE))
    )
    return summed.filter(pl.col("exact_before") != pl.col("exact_after")).with_columns(
        exact_amount=(pl.col("exact_after") - pl.col("exact_before")).cast(CHARGE)
    )


def as_adjustment_lines(
    corrections: pl.DataFrame, billing_month: date, proposal: str, closed_month: date
) -> pl.DataFrame:
    """Rows of adjustment_lines, to be billed with `billing_month`."""
    return conform(
        corrections.with_columns(
            billing_month=pl.lit(billing_month), proposal=pl.lit(proposal), closed_month=pl.lit(closed_month)
        ),
        AdjustmentLines,
    )


def adjustment_charges(lines: pl.DataFrame, reasons: Mapping[str, str], month: date) -> pl.DataFrame:
    """Rows of rated_usage for the adjustments that a month bills.

    Args:
        lines: adjustment_lines of the billing month.
        reasons: the reason of each re-rating, as approved, by proposal.
        month: first day of the billing month.

    Returns:
        One line per corrected line: the corrected month, what it was for, and why. It has the corrected line's
        product, so it is taxed as that was; amount is the exact difference rounded half-up once.
    """
    approved = pl.DataFrame(list(reasons.items()), {"proposal": pl.String, "reason": pl.String}, orient="row")
    closed = pl.col("closed_month").dt.strftime("%Y-%m")
    names = ["account_id", pl.lit("adjustment"), closed, "proposal", "corrected_line"]
    explained = lines.join(approved, on="proposal").with_columns(
        line_id=pl.concat_str(names, separator="-"),
        line_kind=pl.lit("adjustment"),
        description=pl.format("Adjustment {}: {} ({})", closed, "description", "reason"),
        quantity=pl.lit(1),
        unit=pl.lit("pcs"),
    )
    return as_rated_usage(explained, month)
