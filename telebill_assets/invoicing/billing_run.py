"""The billing run: a month's invoices reach the database, get their numbers and are frozen, all in one transaction.

Spark tasks copy the assembled rows into a staging table; nothing of that is visible as an invoice. Then one
transaction compares them with the control totals and with what is final already, and finalises.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal

import psycopg
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from telebill_assets.database.server import connect
from telebill_assets.errors import OperatorError
from telebill_assets.invoicing.assembly import Assembly

BILLING_LOCK = 7_102_021
TAKE_LOCK = "SELECT pg_advisory_xact_lock(%s)"
COPY_STAGED = "COPY staged_invoice (run_id, part, content) FROM STDIN"
COPIED = pa.schema([("rows", pa.int64())])
INVOICE_COLUMNS = (
    "invoice_id, billing_month, account_id, seller_id, layout, locale, language, currency, call_detail, invoice_date, "
    "due_date, service_from, service_to, seller, customer, net, tax, pass_through, payable, content_hash"
)
LINE_COLUMNS = (
    "invoice_id, number, line_id, line_kind, product, description, article_nr, destination, jurisdiction, calls, "
    "talk_s, billed_s, quantity, unit, unit_price, amount, service_from, service_to"
)
TAX_COLUMNS = "invoice_id, number, level, tax_type, description, authority, region, rate, fee_rate, base, amount"


class FinalInvoiceError(OperatorError):
    """The month has final invoices that differ from the assembled ones; corrections need credit notes."""


class ControlTotalError(Exception):
    """The staged rows are not the assembled ones."""


@contextmanager
def billing_lock(url: str) -> Iterator[None]:
    """Keep every billing run from finalising while the block runs; waits for one that does."""
    with connect(url) as connection:
        connection.execute(TAKE_LOCK, [BILLING_LOCK])
        yield


def bill(  # noqa: PLR0917
    assembly: Assembly,
    url: str,
    month: date,
    run_id: str,
    code_version: str,
    still_right: Callable[[], None] = lambda: None,
) -> int:
    """Number and freeze a month's invoices; returns how many are new.

    `still_right` is called when no other run or approval can come between, and raises if the month changed meanwhile.
    Numbers are gapless per seller and month, in order of the accounts. The same month again changes nothing.

    Raises:
        FinalInvoiceError: a final invoice would change, or is no longer among the assembled ones.
        ControlTotalError: rows were lost or doubled on the way.
    """
    parts = {"invoice": assembly.invoices, "line": assembly.lines, "tax": assembly.taxes}
    try:
        for part, frame in parts.items():
            _stage(frame, part, url, run_id)
        payable = assembly.invoices.agg(F.coalesce(F.sum("payable"), F.lit(0)).alias("sum")).first()
        rows = {part: frame.count() for part, frame in parts.items()}
        with connect(url) as connection:
            connection.execute(TAKE_LOCK, [BILLING_LOCK])
            still_right()
            _compare_totals(connection, run_id, rows, payable["sum"] if payable else Decimal(0))
            _compare_with_final(connection, run_id, month)
            return _finalise(connection, run_id, month, code_version)
    finally:
        with connect(url) as connection:
            connection.execute("DELETE FROM staged_invoice WHERE run_id = %s", [run_id])


def _stage(frame: DataFrame, part: str, url: str, run_id: str) -> None:
    rows = frame.select(F.lit(run_id).alias("run_id"), F.lit(part).alias("part"), F.to_json(F.struct("*")).alias("row"))
    rows.mapInArrow(_copying(url), "rows long").agg(F.sum("rows")).collect()


def _copying(url: str) -> Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    def run(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        count = 0
        with connect(url) as connection, connection.cursor() as cursor, cursor.copy(COPY_STAGED) as copy:
            for batch in batches:
                for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                    copy.write_row(row)
                count += batch.num_rows
        yield pa.RecordBatch.from_arrays([pa.array([count], pa.int64())], schema=COPIED)

    return run


def _compare_totals(
    connection: psycopg.Connection[tuple[object, ...]], run_id: str, rows: dict[str, int], payable: Decimal
) -> None:
    counted = connection.execute(
        "SELECT part, count(*) FROM staged_invoice WHERE run_id = %s GROUP BY part", [run_id]
    ).fetchall()
    staged = {str(part): count for part, count in counted}
    found = connection.execute(
        "SELECT coalesce(sum((content->>'payable')::numeric), 0) FROM staged_invoice "
        "WHERE run_id = %s AND part = 'invoice'",
        [run_id],
    ).fetchone()
    expected = {part: count for part, count in rows.items() if count}
    if staged != expected or not found or found[0] != payable:
        raise ControlTotalError(f"assembled {expected} payable {payable}, staged {staged} payable {found and found[0]}")


def _compare_with_final(connection: psycopg.Connection[tuple[object, ...]], run_id: str, month: date) -> None:
    differing = connection.execute(
        """
        SELECT final.invoice_number FROM invoice AS final
        LEFT JOIN staged_invoice AS staged
            ON staged.run_id = %s AND staged.part = 'invoice' AND staged.content->>'invoice_id' = final.invoice_id
        WHERE final.billing_month = %s AND final.status = 'final'
            AND final.content_hash IS DISTINCT FROM staged.content->>'content_hash'
        ORDER BY final.invoice_number
        """,
        [run_id, month],
    ).fetchall()
    if differing:
        shown = ", ".join(str(number) for (number,) in differing[:5])
        raise FinalInvoiceError(
            f"{len(differing)} final invoices of {month:%Y-%m} would change ({shown}...); "
            "final invoices are corrected by credit notes, never edited"
        )


def _finalise(connection: psycopg.Connection[tuple[object, ...]], run_id: str, month: date, code_version: str) -> int:
    connection.execute("DELETE FROM invoice WHERE billing_month = %s AND status = 'draft'", [month])
    fresh = """
        SELECT content FROM staged_invoice AS staged WHERE run_id = %s AND part = %s AND NOT EXISTS (
            SELECT FROM invoice WHERE status = 'final' AND invoice_id = staged.content->>'invoice_id')
    """
    connection.execute(
        f"INSERT INTO invoice ({INVOICE_COLUMNS}, run_id, code_version) "  # noqa: S608
        f"SELECT {_typed(INVOICE_COLUMNS)}, %s, %s FROM ({fresh}) AS new, "
        "jsonb_populate_record(NULL::invoice, content || jsonb_build_object("
        "'seller', (content->>'seller')::jsonb, 'customer', (content->>'customer')::jsonb)) AS typed",
        [run_id, code_version, run_id, "invoice"],
    )
    for table, part, columns in (("invoice_line", "line", LINE_COLUMNS), ("invoice_tax", "tax", TAX_COLUMNS)):
        connection.execute(
            f"INSERT INTO {table} ({columns}) SELECT {_typed(columns)} FROM ({fresh}) AS new, "  # noqa: S608
            f"jsonb_populate_record(NULL::{table}, content) AS typed",
            [run_id, part],
        )
    return _number(connection, month)


def _number(connection: psycopg.Connection[tuple[object, ...]], month: date) -> int:
    """Give the drafts their numbers and freeze them; the counters are locked until the transaction ends."""
    connection.execute(
        "INSERT INTO invoice_counter SELECT DISTINCT seller_id, billing_month, 0 FROM invoice "
        "WHERE billing_month = %s ON CONFLICT DO NOTHING",
        [month],
    )
    connection.execute("SELECT FROM invoice_counter WHERE billing_month = %s FOR UPDATE", [month])
    numbered = connection.execute(
        """
        WITH numbered AS (
            SELECT invoice_id, seller_id, last_number + row_number() OVER (
                PARTITION BY seller_id ORDER BY account_id) AS number
            FROM invoice JOIN invoice_counter USING (seller_id, billing_month)
            WHERE billing_month = %(month)s AND status = 'draft'
        ), finalised AS (
            UPDATE invoice SET status = 'final', finalised_at = now(), invoice_number =
                invoice.seller_id || to_char(billing_month, '-YYYY-MM-') || lpad(number::text, 6, '0')
            FROM numbered WHERE invoice.invoice_id = numbered.invoice_id
        ), counted AS (
            UPDATE invoice_counter AS counter SET last_number = highest.number
            FROM (SELECT seller_id, max(number) AS number FROM numbered GROUP BY seller_id) AS highest
            WHERE counter.seller_id = highest.seller_id AND counter.billing_month = %(month)s
        )
        SELECT count(*) FROM numbered
        """,
        {"month": month},
    ).fetchone()
    return int(str(numbered[0])) if numbered else 0


def _typed(columns: str) -> str:
    return ", ".join(f"typed.{name.strip()}" for name in columns.split(","))
