"""accounts.csv: the customers."""

import pandera.polars as pa
import polars as pl

from telebill_assets.tables.table import Table


class Accounts(Table):
    """Billed customers: address, locale, time zone, currency and tax status."""

    account_id: pl.String = pa.Field(str_matches="^[A-Z0-9-]{1,20}$", description="Account number")
    seller_id: pl.String = pa.Field(description="Legal entity that invoices the account")
    name: pl.String = pa.Field(description="Name on the invoice")
    attention: pl.String = pa.Field(nullable=True, description="Second address line or salutation")
    street: pl.String = pa.Field(description="Street and number")
    city: pl.String = pa.Field(description="Town")
    state: pl.String = pa.Field(
        nullable=True, str_matches="^[A-Z]{2,3}$", description="State or province, two letters; US and CA"
    )
    postal_code: pl.String = pa.Field(description="Postal code")
    country: pl.String = pa.Field(str_matches="^[A-Z]{2}$", description="ISO country; place of taxation")
    locale: pl.String = pa.Field(str_matches="^[a-z]{2}_[A-Z]{2}$", description="Locale of numbers and dates")
    language: pl.String = pa.Field(isin=("en", "de"), description="Language of the invoice's words")
    time_zone: pl.String = pa.Field(description="IANA zone that rules bands and call dates")
    currency: pl.String = pa.Field(str_matches="^[A-Z]{3}$", description="ISO 4217 code, two decimals")
    sales_type: pl.String = pa.Field(isin=("R", "B", "I", "L"), description="SureTax SalesTypeCode")
    exemptions: pl.String = pa.Field(
        str_matches="^[0-9]{2}( [0-9]{2})*$", description="SureTax exemption codes; 00 exempts nothing"
    )
    vat_id: pl.String = pa.Field(nullable=True, description="VAT id of the customer")
    call_detail: pl.String = pa.Field(isin=("none", "masked", "full"), description="Call detail on the invoice")

    class Config:
        name = "accounts"
        unique = ["account_id"]
