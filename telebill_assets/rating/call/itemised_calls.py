"""Itemised calls: rows of priced_calls, kept for the accounts whose invoices list every call."""

import polars as pl

from telebill_assets.tables.priced_calls import PricedCalls
from telebill_assets.tables.table import conform


def itemising_accounts(accounts: pl.DataFrame) -> pl.Series:
    """Ids of the accounts whose call_detail is not `none`: those that want call detail, masked or in full."""
    return accounts.filter(pl.col("call_detail") != "none")["account_id"]


def itemised_calls(priced: pl.DataFrame, accounts: pl.Series) -> pl.DataFrame:
    """Rows of priced_calls: of priced calls those of some accounts, less those that no rate was found for.

    Args:
        priced: validated_usage with the columns of price_calls.
        accounts: ids of the accounts whose invoices itemise calls.
    """
    wanted = pl.col("unpriced").is_null() & pl.col("account_id").is_in(accounts.implode())
    columns = [name for name in PricedCalls.to_schema().columns if name in priced.columns]
    return conform(priced.lazy().filter(wanted).select(columns).collect(), PricedCalls)
