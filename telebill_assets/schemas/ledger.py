"""The ledger: how many records, seconds and how much money went which way at every stage."""

import pandera.pyspark as pa
import pyspark.sql.types as T

from telebill_assets.schemas.table import Table
from telebill_assets.schemas.types import Total


class Ledger(Table):
    """One row per file x stage x outcome (daily stages) or per stage x outcome (monthly stages)."""

    period: T.DateType = pa.Field(description="Landing day, or first day of the billing month")
    stage: T.StringType = pa.Field(str_length={"min_value": 1}, description="Asset that wrote the row")
    path: T.StringType = pa.Field(nullable=True, description="File, for stages that know it")
    source: T.StringType = pa.Field(nullable=True, description="CDR source, for stages that know it")
    currency: T.StringType = pa.Field(
        nullable=True, str_matches="^[A-Z]{3}$", description="ISO 4217 code, where there is an amount"
    )
    outcome: T.StringType = pa.Field(
        str_length={"min_value": 1}, description="received, validated, suspended, duplicate, non_billable, priced ..."
    )
    reason: T.StringType = pa.Field(
        nullable=True, description="Reason code, tax level or line kind, if the outcome has one"
    )
    records: T.LongType = pa.Field(ge=0, description="Records or lines")
    talk_s: T.LongType = pa.Field(nullable=True, description="Talk seconds as read")
    billed_s: T.LongType = pa.Field(nullable=True, description="Billed seconds")
    amount: Total = pa.Field(nullable=True, description="Sum of amounts, exact")

    class Config:
        name = "ledger"
        metadata = {"partition_by": ["period", "stage"]}
