"""gl_accounts.csv: the general-ledger account of everything that is invoiced."""

import pandera.polars as pa
import polars as pl

from telebill_assets.tables.table import Table

POSTINGS = ("receivable", "charge", "tax")


class GlAccounts(Table):
    """Accounts of the journal. `*` stands for any value; the more precise row wins (docs/export.md)."""

    posting: pl.String = pa.Field(isin=POSTINGS, description="receivable, charge or tax")
    seller_id: pl.String = pa.Field(description="Seller, or *")
    line_kind: pl.String = pa.Field(description="Line kind of the charge, or *")
    product: pl.String = pa.Field(description="Product of the charge, or *")
    tax_type: pl.String = pa.Field(description="Type of the tax, or *")
    gl_account: pl.String = pa.Field(str_matches=r"^\S+$", description="Account in the general ledger")
    gl_name: pl.String = pa.Field(description="Name of the account")

    class Config:
        name = "gl_accounts"
        unique = ["posting", "seller_id", "line_kind", "product", "tax_type"]
