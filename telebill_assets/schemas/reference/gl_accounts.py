"""gl_accounts.csv: the general-ledger account of everything that is invoiced."""

import pandera.pyspark as pa
import pyspark.sql.types as T

from telebill_assets.schemas.table import Table

POSTINGS = ("receivable", "charge", "tax")


class GlAccounts(Table):
    """Accounts of the journal. `*` stands for any value; the more precise row wins (docs/export.md)."""

    posting: T.StringType = pa.Field(isin=POSTINGS, description="receivable, charge or tax")
    seller_id: T.StringType = pa.Field(description="Seller, or *")
    line_kind: T.StringType = pa.Field(description="Line kind of the charge, or *")
    product: T.StringType = pa.Field(description="Product of the charge, or *")
    tax_type: T.StringType = pa.Field(description="Type of the tax, or *")
    gl_account: T.StringType = pa.Field(str_matches=r"^\S+$", description="Account in the general ledger")
    gl_name: T.StringType = pa.Field(description="Name of the account")

    class Config:
        name = "gl_accounts"
        unique = ["posting", "seller_id", "line_kind", "product", "tax_type"]
