"""products.csv: what is sold, and the tax code of each."""

import pandera.polars as pa
import polars as pl

from telebill_assets.tables.table import Table

PRODUCT_CATEGORIES = ("usage", "recurring", "one_off", "pass_through")


class Products(Table):
    """Products and their SureTax codes. Usage products are named usage_<jurisdiction>."""

    product: pl.String = pa.Field(str_matches="^[a-z0-9_]+$", description="Product")
    name: pl.String = pa.Field(description="Name of the product")
    category: pl.String = pa.Field(isin=PRODUCT_CATEGORIES, description="Section of the invoice")
    trans_type: pl.String = pa.Field(str_matches="^[0-9]{6}$", description="SureTax TransTypeCode")
    regulatory: pl.String = pa.Field(
        isin=("00", "01", "02", "03", "04", "05", "99", "70"), description="SureTax RegulatoryCode"
    )
    line_fees: pl.Boolean = pa.Field(description="Whether units bear per-line fees such as 911")

    class Config:
        name = "products"
        unique = ["product"]
