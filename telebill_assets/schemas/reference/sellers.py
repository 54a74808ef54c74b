"""sellers.csv: the legal entities that issue invoices."""

import pandera.pyspark as pa
import pyspark.sql.types as T

from telebill_assets.schemas.table import Table

INVOICE_LAYOUTS = ("telecom", "sample")
INVOICE_DATES = ("month_end", "last_charge")


class Sellers(Table):
    """Legal entities that issue invoices, with what an invoice must say about them."""

    seller_id: T.StringType = pa.Field(str_matches="^[A-Z0-9]{2,8}$", description="Prefix of its invoice numbers")
    name: T.StringType = pa.Field(description="Registered name")
    street: T.StringType = pa.Field(description="Street and number")
    city: T.StringType = pa.Field(description="Town")
    state: T.StringType = pa.Field(
        nullable=True, str_matches="^[A-Z]{2,3}$", description="State, two letters, where the country has them"
    )
    postal_code: T.StringType = pa.Field(description="Postal code")
    country: T.StringType = pa.Field(str_matches="^[A-Z]{2}$", description="ISO country")
    phone: T.StringType = pa.Field(description="Number for inquiries (47 CFR 64.2401 (d): toll-free in the US)")
    email: T.StringType = pa.Field(str_matches="^[^@ ]+@[^@ ]+$", description="E-mail address for inquiries")
    tax_number: T.StringType = pa.Field(nullable=True, description="VAT id or tax number printed on invoices")
    iban: T.StringType = pa.Field(nullable=True, description="Bank account printed on invoices")
    clerk: T.StringType = pa.Field(nullable=True, description="Clerk named on invoices")
    invoice_layout: T.StringType = pa.Field(isin=INVOICE_LAYOUTS, description="telecom or sample")
    invoice_date: T.StringType = pa.Field(
        isin=INVOICE_DATES, description="month_end: first day after the month; last_charge: latest day of supply"
    )
    payment_days: T.IntegerType = pa.Field(ge=0, le=120, description="Days from invoice date to due date")

    class Config:
        name = "sellers"
        unique = ["seller_id"]
