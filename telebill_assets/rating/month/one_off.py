"""One-off charges and pass-through items, billed in the month of their day of supply."""

import polars as pl

from telebill_assets.rating.month.charge_kind import ChargeKind
from telebill_assets.rating.month.exact import amount_of
from telebill_assets.rating.month.month import Month
from telebill_assets.rating.month.recurring import account_currencies
from telebill_assets.rating.tariff import Tariff

KINDS = ("one_off", "pass_through")


def one_off_lines(tariff: Tariff, month: Month) -> pl.DataFrame:
    """One line per one-off or pass-through charge: quantity x unit price."""
    supplied = pl.col("valid_from").is_between(month.first, month.last)
    due = tariff.frame("charges").filter(pl.col("kind").is_in(KINDS) & supplied)
    return due.join(account_currencies(tariff), on="account_id").select(
        "account_id",
        "currency",
        pl.concat_str("account_id", "kind", "charge_id", separator="-").alias("line_id"),
        pl.col("kind").alias("line_kind"),
        *("product", "article_nr", "description", "quantity", "unit", "unit_price"),
        amount_of(pl.col("quantity"), pl.col("unit_price")).alias("exact_amount"),
        pl.col("valid_from").alias("service_from"),
        pl.col("valid_from").alias("service_to"),
    )


ONE_OFF = ChargeKind(
    line_kinds=KINDS,
    lines=lambda given: one_off_lines(given.tariff, given.month),
    product="the one that the charge names",
    reads=("charges", "accounts"),
    declared_in="charges",
)
