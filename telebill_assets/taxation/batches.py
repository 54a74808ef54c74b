"""Batches: whole invoices travel together, so that an invoice is never half taxed."""

import polars as pl

from telebill_assets.tables.line_kinds import bears_tax


def sent(lines: pl.LazyFrame, accounts: pl.DataFrame, products: pl.DataFrame) -> pl.LazyFrame:
    """The charge lines that SureTax is asked about: all but pass-through items, if it is known who buys what."""
    return (
        lines.filter(bears_tax(pl.col("line_kind")))
        .join(products.lazy(), on="product", how="semi")
        .join(accounts.lazy(), on="account_id", how="semi")
    )


def batches(lines: pl.LazyFrame, batch_lines: int, lines_before: int = 0) -> pl.DataFrame:
    """Put accounts into batches: in order, a new batch after every `batch_lines` lines; an account is never split.

    With batches of 4 lines, accounts of 3 lines each begin at lines 0, 3 and 6: the first two share batch 0.

    Args:
        lines: the lines that are sent, of whole accounts.
        batch_lines: about how many lines travel at once.
        lines_before: lines of all accounts before these, if these are only a part of the month.

    Returns:
        account_id, lines, batch; in order of the accounts.
    """
    per_account = lines.group_by("account_id").agg(lines=pl.len().cast(pl.Int64)).sort("account_id")
    before = pl.col("lines").cum_sum() - pl.col("lines") + lines_before
    return per_account.with_columns(batch=before // batch_lines).collect()
