"""The ledger: how many records, seconds and how much money went which way at every stage."""

import pandera.polars as pa
import polars as pl

from telebill_assets.tables.table import Table
from telebill_assets.tables.types import Total


class Ledger(Table):
    """One row per file x stage x outcome (daily stages) or per stage x outcome (monthly stages)."""

    period: pl.Date = pa.Field(description="Landing day, or first day of the billing month")
    stage: pl.String = pa.Field(str_length={"min_value": 1}, description="Asset that wrote the row")
    path: pl.String = pa.Field(nullable=True, description="File, for stages that know it")
    source: pl.String = pa.Field(nullable=True, description="CDR source, for stages that know it")
    currency: pl.String = pa.Field(
        nullable=True, str_matches="^[A-Z]{3}$", description="ISO 4217 code, where there is an amount"
    )
    outcome: pl.String = pa.Field(
        str_length={"min_value": 1}, description="received, validated, suspended, duplicate, non_billable, priced ..."
    )
    reason: pl.String = pa.Field(
        nullable=True, description="Reason code, tax level or line kind, if the outcome has one"
    )
    records: pl.Int64 = pa.Field(ge=0, description="Records or lines")
    talk_s: pl.Int64 = pa.Field(nullable=True, description="Talk seconds as read")
    billed_s: pl.Int64 = pa.Field(nullable=True, description="Billed seconds")
    amount: Total = pa.Field(nullable=True, description="Sum of amounts, exact")

    class Config:
        name = "ledger"
        metadata = {"partition_by": ["period", "stage"]}
