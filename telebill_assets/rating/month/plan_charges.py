"""What a plan has charged so far in a month, as discounts look at it."""

import polars as pl

from telebill_assets.rating.month.exact import AMOUNT
from telebill_assets.rating.month.month_usage import ANY, group_names
from telebill_assets.rating.tariff import Tariff

KEYS = ("account_id", "plan_id", "currency", "product", "category", "destination_group")
GROUPS = pl.Schema({"plan_id": pl.String, "destination": pl.String, "destination_group": pl.String})


def plan_charges(lines: pl.DataFrame, tariff: Tariff) -> pl.DataFrame:
    """Rounded amounts of a plan's lines, summed by product and by destination group.

    Args:
        lines: charge lines with their rounded amount; lines without plan_id are charges of the account and left out.
        tariff: the published tariff.

    Returns:
        KEYS, product_name, left (the sum), service_from, service_to. category: usage or recurring.
        destination_group: only groups that a discount of the plan names; * for all other lines.
    """
    groups = pl.DataFrame(_named_groups(tariff), schema=GROUPS, orient="row")
    products = tariff.frame("products").select("product", "category", product_name="name")
    return (
        lines.filter(pl.col("plan_id").is_not_null())
        .join(products, on="product")
        .join(groups, on=["plan_id", "destination"], how="left")
        .with_columns(pl.col("destination_group").fill_null(ANY))
        .group_by(*KEYS, "product_name")
        .agg(
            pl.col("amount").sum().cast(AMOUNT).alias("left"),
            pl.col("service_from").min(),
            pl.col("service_to").max(),
        )
    )


def counts(scope: pl.Expr, category: pl.Expr) -> pl.Expr:
    """Whether a charge of a category is in the scope of a rule."""
    return (scope == "all") | (scope == category)


def _named_groups(tariff: Tariff) -> list[tuple[str, str, str]]:
    """Plan, destination and group of the destination groups that discounts name, as rows of GROUPS."""
    named = {
        (row["plan_id"], group)
        for row in tariff.tables["plan_discounts"].to_pylist()
        for group in group_names(row["destination_groups"]) or ()
    }
    return [
        (plan, destination["destination"], group)
        for plan, group in sorted(named)
        for destination in tariff.destinations
        if destination["destination_group"] == group
    ]
