"""Assembly: charge lines and taxes become one invoice per account, as frames of invoices, lines and taxes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import polars as pl
import polars_hash as plh

from telebill_assets.invoicing.json_text import json_object
from telebill_assets.tables.line_kinds import bears_tax, in_invoice_order

MONEY = pl.Decimal(18, 2)
SELLER = ("name", "street", "city", "state", "postal_code", "country", "phone", "email", "tax_number", "iban", "clerk")
CUSTOMER = ("name", "attention", "street", "city", "state", "postal_code", "country", "tax_number")
LINE_COLUMNS = (
    *("invoice_id", "number", "line_id", "line_kind", "product", "description", "article_nr", "destination"),
    *("jurisdiction", "calls", "talk_s", "billed_s", "quantity", "unit", "unit_price", "amount"),
    *("service_from", "service_to"),
)
TAX_KEYS = ("level", "tax_type", "description", "authority", "region", "rate", "fee_rate")
TAX_COLUMNS = ("invoice_id", "number", *TAX_KEYS, "base", "amount")


@dataclass(frozen=True)
class Assembly:
    """Invoices of whole accounts, without numbers; `holds` are the accounts that get none, with the reason."""

    invoices: pl.DataFrame
    lines: pl.DataFrame
    taxes: pl.DataFrame
    holds: pl.DataFrame


def assemble(
    rated: pl.DataFrame,
    taxed: pl.DataFrame,
    tax_lines: pl.DataFrame,
    accounts: pl.DataFrame,
    sellers: pl.DataFrame,
    *,
    month: date,
) -> Assembly:
    """One invoice per account that has charge lines and none of them held.

    Args:
        rated: rated_usage of the month, of whole accounts.
        taxed: taxed_charges of the month, of the same accounts.
        tax_lines: tax_lines of the month, of the same accounts.
        accounts: the accounts, for the customer block and locale.
        sellers: the sellers, for the seller block and dates.
        month: first day of the billing month.

    Returns:
        Frames of the database's columns. Each tax of an invoice is the sum of its tax lines, rounded half-up once;
        the amount payable is the sum of rounded parts.
    """
    refused = taxed.filter(pl.col("status") == "held")
    held = refused.group_by("account_id").agg(pl.col("hold_reason").min().alias("reason"))
    billed = rated.join(held, on="account_id", how="anti").with_columns(invoice_id=_invoice_id(month))
    lines = _lines(billed)
    taxes = _taxes(tax_lines.join(held, on="account_id", how="anti"), month)
    invoices = _with_parties(_totals(billed, taxes, month), accounts, sellers, month)
    return Assembly(_with_content_hash(invoices, lines, taxes), lines, taxes, held)


def _invoice_id(month: date) -> pl.Expr:
    return pl.format(f"{month:%Y-%m}-{{}}", "account_id")


def _lines(billed: pl.DataFrame) -> pl.DataFrame:
    """Lines in the order of the invoice: by kind, then by what they charge for."""
    kind = in_invoice_order(pl.col("line_kind"))
    return _numbered(billed.sort("invoice_id", kind, "product", "line_id")).select(LINE_COLUMNS)


def _numbered(in_order: pl.DataFrame) -> pl.DataFrame:
    """Rows of each invoice numbered from 1."""
    return in_order.with_columns(number=pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over("invoice_id"))


def _taxes(tax_lines: pl.DataFrame, month: date) -> pl.DataFrame:
    named = tax_lines.rename({"tax_level": "level", "tax_rate": "rate"}).with_columns(invoice_id=_invoice_id(month))
    summed = named.group_by("invoice_id", *TAX_KEYS).agg(
        base=_rounded(pl.col("revenue_base").sum()), amount=_rounded(pl.col("tax_amount").sum())
    )
    in_order = summed.sort("invoice_id", "tax_type", "description", "region", "rate", "fee_rate", "authority")
    return _numbered(in_order).select(TAX_COLUMNS)


def _rounded(amount: pl.Expr) -> pl.Expr:
    return amount.round(2, mode="half_away_from_zero").cast(MONEY)


def _totals(billed: pl.DataFrame, taxes: pl.DataFrame, month: date) -> pl.DataFrame:
    """Sums per invoice. Its period is that of its own charges; adjustments are of months billed before."""
    own = pl.col("line_kind") != "adjustment"
    passed_through = ~bears_tax(pl.col("line_kind"))
    first = pl.lit(month)
    charged = billed.group_by("invoice_id", "account_id", "currency").agg(
        net=pl.col("amount").filter(~passed_through).sum().cast(MONEY),
        pass_through=pl.col("amount").filter(passed_through).sum().cast(MONEY),
        service_from=pl.col("service_from").filter(own).min().fill_null(first),
        service_to=pl.col("service_to").filter(own).max().fill_null(first.dt.month_end()),
    )
    tax = taxes.group_by("invoice_id").agg(tax=pl.col("amount").sum().cast(MONEY))
    payable = (pl.col("net") + pl.col("tax") + pl.col("pass_through")).cast(MONEY)
    return (
        charged.join(tax, on="invoice_id", how="left")
        .with_columns(pl.col("tax").fill_null(Decimal(0)).cast(MONEY))
        .with_columns(payable=payable)
    )


def _with_parties(totals: pl.DataFrame, accounts: pl.DataFrame, sellers: pl.DataFrame, month: date) -> pl.DataFrame:
    buyers = accounts.rename({"vat_id": "tax_number"}).select(
        *("account_id", "seller_id", "locale", "language", "call_detail"), customer=_party(CUSTOMER)
    )
    issuers = sellers.select(
        *("seller_id", "payment_days"), date_rule="invoice_date", layout="invoice_layout", seller=_party(SELLER)
    )
    month_end = pl.lit(month).dt.offset_by("1mo")
    issued = pl.when(pl.col("date_rule") == "last_charge").then("service_to").otherwise(month_end)
    return (
        totals.join(buyers, on="account_id")
        .join(issuers, on="seller_id")
        .with_columns(billing_month=pl.lit(month), invoice_date=issued)
        .with_columns(due_date=pl.col("invoice_date") + pl.duration(days="payment_days"))
        .drop("date_rule", "payment_days")
    )


def _party(columns: Sequence[str]) -> pl.Expr:
    return json_object(dict.fromkeys(columns, pl.String()))


def _with_content_hash(invoices: pl.DataFrame, lines: pl.DataFrame, taxes: pl.DataFrame) -> pl.DataFrame:
    """SHA-256 of everything the invoice says, so that the same month run again is recognised."""
    whole = invoices.join(_content(lines, "lines"), on="invoice_id", how="left").join(
        _content(taxes, "taxes"), on="invoice_id", how="left"
    )
    columns = {name: invoices.schema[name] for name in sorted(invoices.columns)}
    said = whole.select(said=json_object(columns, {"lines": "lines", "taxes": "taxes"}))
    return invoices.with_columns(said.select(content_hash=plh.col("said").chash.sha2_256()).to_series())


def _content(rows: pl.DataFrame, name: str) -> pl.DataFrame:
    """A JSON array of the rows of each invoice, in order of their numbers."""
    columns = {"number": rows.schema["number"]} | {
        column: kind for column, kind in rows.schema.items() if column not in {"invoice_id", "number"}
    }
    texts = rows.sort("invoice_id", "number").select("invoice_id", json_object(columns).alias(name))
    return texts.group_by("invoice_id").agg(pl.format("[{}]", pl.col(name).str.join(",")))
