"""The billing run: a month's invoices reach the database, get their numbers and are frozen, all in one transaction.

Tasks copy the assembled rows into staging tables; nothing of that is visible as an invoice. Then one transaction
compares them with the control totals and with what is final already, and finalises.
"""

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import polars as pl
import psycopg

from telebill_assets.database.server import connect
from telebill_assets.errors import OperatorError
from telebill_assets.invoicing.assembly import LINE_COLUMNS, TAX_COLUMNS, Assembly

BILLING_LOCK = 7_102_021
TAKE_LOCK = "SELECT pg_advisory_xact_lock(%s)"
ROWS_AT_ONCE = 10_000
INVOICE_COLUMNS = (
    *("invoice_id", "billing_month", "account_id", "seller_id", "layout", "locale", "language", "currency"),
    *("call_detail", "invoice_date", "due_date", "service_from", "service_to", "seller", "customer"),
    *("net", "tax", "pass_through", "payable", "content_hash"),
)
TABLES = {"invoice": INVOICE_COLUMNS, "invoice_line": LINE_COLUMNS, "invoice_tax": TAX_COLUMNS}
"""Tables of final invoices and their columns; each has a staging table called staged_..."""


class FinalInvoiceError(OperatorError):
    """The month has final invoices that differ from the assembled ones; corrections need credit notes."""


class ControlTotalError(Exception):
    """The staged rows are not the assembled ones."""


@dataclass(frozen=True)
class Load:
    """Rows that one task staged, and the amount payable of its invoices."""

    load_id: str
    invoices: int
    lines: int
    taxes: int
    payable: Decimal


@contextmanager
def billing_lock(url: str) -> Iterator[None]:
    """Keep every billing run from finalising while the block runs; waits for one that does."""
    with connect(url) as connection:
        connection.execute(TAKE_LOCK, [BILLING_LOCK])
        yield


def stage(assembly: Assembly, url: str, run_id: str) -> Load:
    """Copy assembled rows into the staging tables, all or none; they are no invoices yet.

    A task may run twice: each attempt is a load of its own, and only the one whose Load is handed to `bill` counts.
    """
    load_id, frames = str(uuid.uuid4()), (assembly.invoices, assembly.lines, assembly.taxes)
    with connect(url) as connection:
        for (table, columns), frame in zip(TABLES.items(), frames, strict=True):
            rows = frame.select(*columns, run_id=pl.lit(run_id), load_id=pl.lit(load_id))
            _copy(connection, f"staged_{table}", rows)
    invoices, lines, taxes = (frame.height for frame in frames)
    return Load(load_id, invoices, lines, taxes, Decimal(assembly.invoices["payable"].sum()))


def _copy(connection: psycopg.Connection[tuple[object, ...]], table: str, rows: pl.DataFrame) -> None:
    command = f"COPY {table} ({', '.join(rows.columns)}) FROM STDIN (FORMAT csv)"
    with connection.cursor() as cursor, cursor.copy(command) as copy:
        for part in rows.iter_slices(ROWS_AT_ONCE):
            copy.write(part.write_csv(include_header=False))


def unstage(url: str, run_id: str) -> None:
    """Forget everything that a run has staged."""
    with connect(url) as connection:
        for table in TABLES:
            connection.execute(f"DELETE FROM staged_{table} WHERE run_id = %s", [run_id])  # noqa: S608


def bill(  # noqa: PLR0917
    loads: Sequence[Load],
    url: str,
    month: date,
    run_id: str,
    code_version: str,
    still_right: Callable[[], None] = lambda: None,
) -> int:
    """Number and freeze a month's staged invoices in one transaction; returns how many are new.

    `still_right` is called when no other run or approval can come between, and raises if the month changed meanwhile.
    Numbers are gapless per seller and month, in order of the accounts. The same month again changes nothing.

    Raises:
        FinalInvoiceError: a final invoice would change, or is no longer among the assembled ones.
        ControlTotalError: rows were lost or doubled on the way.
    """
    ids = [load.load_id for load in loads]
    with connect(url) as connection:
        connection.execute(TAKE_LOCK, [BILLING_LOCK])
        still_right()
        _compare_totals(connection, loads, ids)
        _compare_with_final(connection, ids, month)
        return _finalise(connection, ids, month, run_id, code_version)


def _compare_totals(
    connection: psycopg.Connection[tuple[object, ...]], loads: Sequence[Load], ids: Sequence[str]
) -> None:
    staged = connection.execute(
        "SELECT (SELECT count(*) FROM staged_invoice WHERE load_id = ANY(%(ids)s)), "
        "(SELECT count(*) FROM staged_invoice_line WHERE load_id = ANY(%(ids)s)), "
        "(SELECT count(*) FROM staged_invoice_tax WHERE load_id = ANY(%(ids)s)), "
        "(SELECT coalesce(sum(payable), 0) FROM staged_invoice WHERE load_id = ANY(%(ids)s))",
        {"ids": ids},
    ).fetchone()
    assembled = (
        sum(load.invoices for load in loads),
        sum(load.lines for load in loads),
        sum(load.taxes for load in loads),
        sum((load.payable for load in loads), start=Decimal(0)),
    )
    if staged != assembled:
        raise ControlTotalError(f"invoices, lines, taxes, payable: assembled {assembled}, staged {staged}")


def _compare_with_final(connection: psycopg.Connection[tuple[object, ...]], ids: Sequence[str], month: date) -> None:
    differing = connection.execute(
        """
        SELECT final.invoice_number FROM invoice AS final
        LEFT JOIN staged_invoice AS staged ON staged.load_id = ANY(%s) AND staged.invoice_id = final.invoice_id
        WHERE final.billing_month = %s AND final.status = 'final'
            AND final.content_hash IS DISTINCT FROM staged.content_hash
        ORDER BY final.invoice_number
        """,
        [ids, month],
    ).fetchall()
    if differing:
        shown = ", ".join(str(number) for (number,) in differing[:5])
        raise FinalInvoiceError(
            f"{len(differing)} final invoices of {month:%Y-%m} would change ({shown}...); "
            "final invoices are corrected by credit notes, never edited"
        )


def _finalise(
    connection: psycopg.Connection[tuple[object, ...]], ids: Sequence[str], month: date, run_id: str, code_version: str
) -> int:
    connection.execute("DELETE FROM invoice WHERE billing_month = %s AND status = 'draft'", [month])
    stamps = {"invoice": {"run_id": run_id, "code_version": code_version}}
    for table, names in TABLES.items():
        columns, stamped = ", ".join(names), stamps.get(table, {})
        connection.execute(
            f"INSERT INTO {table} ({', '.join([*names, *stamped])}) "  # noqa: S608
            f"SELECT {', '.join([columns, *['%s'] * len(stamped)])} FROM staged_{table} AS staged "
            "WHERE load_id = ANY(%s) AND NOT EXISTS ("
            "SELECT FROM invoice WHERE status = 'final' AND invoice_id = staged.invoice_id)",
            [*stamped.values(), ids],
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
