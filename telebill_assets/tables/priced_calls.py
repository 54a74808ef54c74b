"""priced_calls: the calls that invoices itemise, each as it was priced when it was billed."""

import pandera.polars as pa
import polars as pl

from telebill_assets.tables.currency import CURRENCY
from telebill_assets.tables.table import Table, row_check
from telebill_assets.tables.types import Exact, LocalTime
from telebill_assets.tables.validated_usage import DIRECTIONS, JURISDICTIONS


class PricedCalls(Table):
    """Calls with their price, of accounts whose invoices itemise calls; what daily_aggregates sums, call by call.

    Only calls of accounts whose `call_detail` is not `none` are here, because nobody prints the others: in the demo
    these are about two calls of three. A file and a line are in the table once, as in validated_usage; nobody asks
    again, since that would read every call once more.
    """

    landing_day: pl.Date = pa.Field(description="Date of the landing folder")
    path: pl.String = pa.Field(description="Path of the file below the landing zone")
    line: pl.Int64 = pa.Field(gt=0, description="Line number in the file")
    account_id: pl.String = pa.Field(description="Billed account")
    service_id: pl.String = pa.Field(description="Billed service of the account")
    call_date: pl.Date = pa.Field(description="Date of the start in the account's time zone")
    local_start: LocalTime = pa.Field(description="Start in the account's time zone, as printed")
    direction: pl.String = pa.Field(isin=DIRECTIONS, description="outbound or inbound")
    caller: pl.String = pa.Field(nullable=True, description="Calling number, E.164; null if withheld")
    callee: pl.String = pa.Field(description="Called number, E.164")
    destination: pl.String = pa.Field(description="Destination of the longest matching prefix")
    destination_name: pl.String = pa.Field(description="Name of the destination, as printed")
    jurisdiction: pl.String = pa.Field(isin=JURISDICTIONS, description="From both numbers")
    band: pl.String = pa.Field(description="Rate band that held at the start of the call")
    rate_id: pl.String = pa.Field(description="Rate of the first second; a + after it: other rates or bounds too")
    talk_s: pl.Int64 = pa.Field(ge=0, description="Talk seconds before increments")
    billed_s: pl.Int64 = pa.Field(ge=0, description="Billed seconds after increments, of every participant")
    charge: Exact = pa.Field(ge=0, description="Charge of the call, rounded by the plan if its point is call")
    currency: pl.String = pa.Field(**CURRENCY, description="ISO 4217 code of the plan")

    dated_by_local_start = row_check(
        "dated_by_local_start",
        pl.col("call_date") == pl.col("local_start").dt.date(),
        "the call's date is that of its local start",
    )

    class Config:
        name = "priced_calls"
        metadata = {"partition_by": ["landing_day"]}
