"""sellers.csv: the legal entities that issue invoices."""

import pandera.polars as pa
import polars as pl

from telebill_assets.tables.table import Table

INVOICE_LAYOUTS = ("telecom", "sample")
INVOICE_DATES = ("month_end", "last_charge")


class Sellers(Table):
    """Legal entities that issue invoices, with what an invoice must say about them."""

    seller_id: pl.String = pa.Field(str_matches="^[A-Z0-9]{2,8}$", description="Prefix of its invoice numbers")
    name: pl.String = pa.Field(description="Registered name")
    street: pl.String = pa.Field(description="Street and number")
    city: pl.String = pa.Field(description="Town")
    state: pl.String = pa.Field(
        nullable=True, str_matches="^[A-Z]{2,3}$", description="State, two letters, where the country has them"
    )
    postal_code: pl.String = pa.Field(description="Postal code")
    country: pl.String = pa.Field(str_matches="^[A-Z]{2}$", description="ISO country")
    phone: pl.String = pa.Field(description="Number for inquiries (47 CFR 64.2401 (d): toll-free in the US)")
    email: pl.String = pa.Field(str_matches="^[^@ ]+@[^@ ]+$", description="E-mail address for inquiries")
    tax_number: pl.String = pa.Field(nullable=True, description="VAT id or tax number printed on invoices")
    iban: pl.String = pa.Field(nullable=True, description="Bank account printed on invoices")
    clerk: pl.String = pa.Field(nullable=True, description="Clerk named on invoices")
    invoice_layout: pl.String = pa.Field(isin=INVOICE_LAYOUTS, description="telecom or sample")
    invoice_date: pl.String = pa.Field(
        isin=INVOICE_DATES, description="month_end: first day after the month; last_charge: latest day of supply"
    )
    payment_days: pl.Int32 = pa.Field(ge=0, le=120, description="Days from invoice date to due date")

    class Config:
        name = "sellers"
        unique = ["seller_id"]
