"""Final invoices of a month as Spark frames: every task reads its share from the database."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import cast

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.pandas.types import to_arrow_schema
from pyspark.sql.types import StructType

from telebill_assets.database.server import connect

FETCHED_AT_ONCE = 10_000
OF_MONTH = (
    "invoice.billing_month = %(month)s AND invoice.status = 'final' "
    "AND mod(hashtext(invoice.invoice_id)::bigint + 2147483648, %(shares)s) = %(share)s"
)


@dataclass(frozen=True)
class _Query:
    columns: str
    """Names and Spark types; each is a column of the tables in `source`."""
    source: str

    @property
    def schema(self) -> StructType:
        return cast("StructType", StructType.fromDDL(self.columns))

    @property
    def sql(self) -> str:
        return f"SELECT {', '.join(self.schema.names)} FROM {self.source} WHERE {OF_MONTH}"  # noqa: S608


INVOICES = _Query(
    "invoice_id string, account_id string, currency string, net decimal(18,2), tax decimal(18,2), "
    "pass_through decimal(18,2), payable decimal(18,2)",
    "invoice",
)
LINES = _Query(
    "invoice_id string, account_id string, currency string, line_id string, line_kind string, product string, "
    "calls bigint, talk_s bigint, billed_s bigint, amount decimal(18,2)",
    "invoice JOIN invoice_line USING (invoice_id)",
)
TAXES = _Query(
    "invoice_id string, account_id string, currency string, level string, tax_type string, description string, "
    "authority string, region string, rate decimal(18,8), fee_rate decimal(18,8), amount decimal(18,2)",
    "invoice JOIN invoice_tax USING (invoice_id)",
)


@dataclass(frozen=True)
class FinalInvoices:
    """Heads, lines and taxes of a month's final invoices, with account and currency on every row."""

    invoices: DataFrame
    lines: DataFrame
    taxes: DataFrame


def final_invoices(spark: SparkSession, url: str, month: date) -> FinalInvoices:
    """The month's final invoices as they are frozen. Credit notes and drafts are not among them."""
    return FinalInvoices(*(_frame(spark, url, month, query) for query in (INVOICES, LINES, TAXES)))


def _frame(spark: SparkSession, url: str, month: date, query: _Query) -> DataFrame:
    shares = spark.sparkContext.defaultParallelism
    tasks = spark.range(0, shares, 1, shares)
    return tasks.mapInArrow(_reading(url, month, shares, query.sql, to_arrow_schema(query.schema)), query.schema)


def _reading(
    url: str, month: date, shares: int, sql: str, schema: pa.Schema
) -> Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    def run(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for share in (number for batch in batches for number in batch.column(0).to_pylist()):
            with connect(url) as connection, connection.cursor(name="share") as cursor:
                cursor.execute(sql, {"month": month, "shares": shares, "share": share})
                while rows := cursor.fetchmany(FETCHED_AT_ONCE):
                    columns = zip(*rows, strict=True)
                    arrays = [pa.array(values, field.type) for values, field in zip(columns, schema, strict=True)]
                    yield pa.RecordBatch.from_arrays(arrays, schema=schema)

    return run
