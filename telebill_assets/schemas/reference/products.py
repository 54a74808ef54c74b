"""products.csv: what is sold, and the tax code of each."""

import pandera.pyspark as pa
import pyspark.sql.types as T

from telebill_assets.schemas.table import Table

PRODUCT_CATEGORIES = ("usage", "recurring", "one_off", "pass_through")


class Products(Table):
    """Products and their SureTax codes. Usage products are named usage_<jurisdiction>."""

    product: T.StringType = pa.Field(str_matches="^[a-z0-9_]+$", description="Product")
    name: T.StringType = pa.Field(description="Name of the product")
    category: T.StringType = pa.Field(isin=PRODUCT_CATEGORIES, description="Section of the invoice")
    trans_type: T.StringType = pa.Field(str_matches="^[0-9]{6}$", description="SureTax TransTypeCode")
    regulatory: T.StringType = pa.Field(
        isin=("00", "01", "02", "03", "04", "05", "99", "70"), description="SureTax RegulatoryCode"
    )
    line_fees: T.BooleanType = pa.Field(description="Whether units bear per-line fees such as 911")

    class Config:
        name = "products"
        unique = ["product"]
