"""Final invoices of a month as frames, copied from the database in bulk."""

from dataclasses import dataclass
from datetime import date
from io import BytesIO

import polars as pl

from telebill_assets.database.server import connect

NULL = r"\N"
OF_MONTH = "invoice.billing_month = %(month)s AND invoice.status = 'final'"
AMOUNT = pl.Decimal(18, 2)
HEAD = {"invoice_id": pl.String(), "account_id": pl.String(), "currency": pl.String()}


@dataclass(frozen=True)
class _Query:
    columns: pl.Schema
    """Names and types; each is a column of the tables in `source`."""
    source: str

    @property
    def sql(self) -> str:
        selected = f"SELECT {', '.join(self.columns)} FROM {self.source} WHERE {OF_MONTH}"  # noqa: S608
        return f"COPY ({selected}) TO STDOUT (FORMAT csv, NULL '{NULL}')"


INVOICES = _Query(pl.Schema(HEAD | dict.fromkeys(("net", "tax", "pass_through", "payable"), AMOUNT)), "invoice")
LINES = _Query(
    pl.Schema(
        HEAD
        | dict.fromkeys(("line_id", "line_kind", "product"), pl.String())
        | dict.fromkeys(("calls", "talk_s", "billed_s"), pl.Int64())
        | {"amount": AMOUNT}
    ),
    "invoice JOIN invoice_line USING (invoice_id)",
)
TAXES = _Query(
    pl.Schema(
        HEAD
        | dict.fromkeys(("level", "tax_type", "description", "authority", "region"), pl.String())
        | dict.fromkeys(("rate", "fee_rate"), pl.Decimal(18, 8))
        | {"amount": AMOUNT}
    ),
    "invoice JOIN invoice_tax USING (invoice_id)",
)


@dataclass(frozen=True)
class FinalInvoices:
    """Heads, lines and taxes of a month's final invoices, with account and currency on every row."""

    invoices: pl.DataFrame
    lines: pl.DataFrame
    taxes: pl.DataFrame


def final_invoices(url: str, month: date) -> FinalInvoices:
    """The month's final invoices as they are frozen. Credit notes and drafts are not among them."""
    return FinalInvoices(*(_frame(url, month, query) for query in (INVOICES, LINES, TAXES)))


def _frame(url: str, month: date, query: _Query) -> pl.DataFrame:
    with connect(url) as connection, connection.cursor().copy(query.sql, {"month": month}) as rows:
        content = BytesIO(b"".join(rows))
    texts = dict.fromkeys(query.columns, pl.String())
    if not content.getbuffer().nbytes:
        return pl.DataFrame(schema=query.columns)
    found = pl.read_csv(content, has_header=False, schema=texts, null_values=NULL, empty_string_is_null=False)
    return found.cast(query.columns)
