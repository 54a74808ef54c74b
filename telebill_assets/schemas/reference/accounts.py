"""accounts.csv: the customers."""

import pandera.pyspark as pa
import pyspark.sql.types as T

from telebill_assets.schemas.table import Table


class Accounts(Table):
    """Billed customers: address, locale, time zone, currency and tax status."""

    account_id: T.StringType = pa.Field(str_matches="^[A-Z0-9-]{1,20}$", description="Account number")
    seller_id: T.StringType = pa.Field(description="Legal entity that invoices the account")
    name: T.StringType = pa.Field(description="Name on the invoice")
    attention: T.StringType = pa.Field(nullable=True, description="Second address line or salutation")
    street: T.StringType = pa.Field(description="Street and number")
    city: T.StringType = pa.Field(description="Town")
    state: T.StringType = pa.Field(
        nullable=True, str_matches="^[A-Z]{2,3}$", description="State or province, two letters; US and CA"
    )
    postal_code: T.StringType = pa.Field(description="Postal code")
    country: T.StringType = pa.Field(str_matches="^[A-Z]{2}$", description="ISO country; place of taxation")
    locale: T.StringType = pa.Field(str_matches="^[a-z]{2}_[A-Z]{2}$", description="Locale of numbers and dates")
    language: T.StringType = pa.Field(isin=("en", "de"), description="Language of the invoice's words")
    time_zone: T.StringType = pa.Field(description="IANA zone that rules bands and call dates")
    currency: T.StringType = pa.Field(str_matches="^[A-Z]{3}$", description="ISO 4217 code, two decimals")
    sales_type: T.StringType = pa.Field(isin=("R", "B", "I", "L"), description="SureTax SalesTypeCode")
    exemptions: T.StringType = pa.Field(
        str_matches="^[0-9]{2}( [0-9]{2})*$", description="SureTax exemption codes; 00 exempts nothing"
    )
    vat_id: T.StringType = pa.Field(nullable=True, description="VAT id of the customer")
    call_detail: T.StringType = pa.Field(isin=("none", "masked", "full"), description="Call detail on the invoice")

    class Config:
        name = "accounts"
        unique = ["account_id"]
