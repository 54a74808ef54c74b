"""services.csv: the service map."""

import pandera.pyspark as pa
import pyspark.sql.types as T

from telebill_assets.schemas.table import Table, row_rule


class Services(Table):
    """Which service of which account a record's service key means, and from when to when."""

    source: T.StringType = pa.Field(description="CDR source the key belongs to; * for any")
    service_key: T.StringType = pa.Field(description="Key in the records: account code, trunk, device or number")
    account_id: T.StringType = pa.Field(description="Account that is billed")
    service_id: T.StringType = pa.Field(description="Service shown on the invoice")
    valid_from: T.DateType = pa.Field(description="First call date")
    valid_to: T.DateType = pa.Field(nullable=True, description="Last call date; empty: open")

    dates_in_order = row_rule("dates_in_order", "valid_from <= valid_to", "valid_to is not before valid_from")

    class Config:
        name = "services"
        unique = ["source", "service_key", "valid_from"]
