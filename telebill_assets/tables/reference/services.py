"""services.csv: the service map."""

import pandera.polars as pa
import polars as pl

from telebill_assets.tables.reference.validity import validity_check
from telebill_assets.tables.table import Table


class Services(Table):
    """Which service of which account a record's service key means, and from when to when."""

    source: pl.String = pa.Field(description="CDR source the key belongs to; * for any")
    service_key: pl.String = pa.Field(description="Key in the records: account code, trunk, device or number")
    account_id: pl.String = pa.Field(description="Account that is billed")
    service_id: pl.String = pa.Field(description="Service shown on the invoice")
    valid_from: pl.Date = pa.Field(description="First call date")
    valid_to: pl.Date = pa.Field(nullable=True, description="Last call date; empty: open")

    dates_in_order = validity_check()

    class Config:
        name = "services"
        unique = ["source", "service_key", "valid_from"]
