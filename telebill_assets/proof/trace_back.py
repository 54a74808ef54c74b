"""From an invoice line back to its charge line, aggregates and calls, with sums that foot to the line."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import polars as pl

from telebill_assets.audit.masking import mask
from telebill_assets.compute.days import days_of_month
from telebill_assets.compute.tariff import lake_tariff
from telebill_assets.database.server import connect
from telebill_assets.invoicing.model import Invoice, InvoiceLine
from telebill_assets.invoicing.read import read_invoices
from telebill_assets.lake.lake import Lake
from telebill_assets.proof.comparisons import PER_LINE
from telebill_assets.proof.trace_models import (
    Foot,
    InvoiceLineShown,
    InvoiceTrace,
    LineTrace,
    TracedCall,
    UnknownError,
)
from telebill_assets.rating.call.price_calls import price_calls
from telebill_assets.tables.adjustment_lines import AdjustmentLines
from telebill_assets.tables.daily_aggregates import DailyAggregates
from telebill_assets.tables.line_kinds import UNTAXED
from telebill_assets.tables.rated_usage import RatedUsage
from telebill_assets.tables.taxed_charges import TaxLines
from telebill_assets.tables.validated_usage import ValidatedUsage

MEASURES = ("calls", "talk_s", "billed_s", "charge")
SHOWN_OF_AGGREGATE = ("landing_day", "call_date", "service_id", "plan_id", "rate_id", "band", *MEASURES)
SHOWN_OF_TAX = ("tax_level", "tax_type", "description", "authority", "tax_rate", "fee_rate", "tax_amount")
SHOWN_OF_CORRECTION = ("proposal", "closed_month", "corrected_line", "exact_before", "exact_after")
SHOWN_OF_CHARGE = ("line_id", "line_kind", "product", "quantity", "unit", "unit_price", "exact_amount", "amount")


def trace_invoice(url: str, number: str) -> InvoiceTrace:
    """An invoice's lines, and whether they add up.

    Raises:
        UnknownError: there is no such final invoice.
    """
    invoice = _invoice(url, number)
    passed = [line.amount for line in invoice.lines if line.line_kind in UNTAXED]
    net = [line.amount for line in invoice.lines if line.line_kind not in UNTAXED]
    taxes = [tax.amount for tax in invoice.taxes]
    sums = {"net": net, "pass_through": passed, "tax": taxes, "payable": [*net, *passed, *taxes]}
    return InvoiceTrace(
        **_head(invoice),
        lines=[_shown(line) for line in invoice.lines],
        feet=[
            Foot(measure=name, line=getattr(invoice, name), of="its lines and taxes", summed=sum(amounts, Decimal(0)))
            for name, amounts in sums.items()
        ],
    )


def trace_line(lake: Lake, url: str, number: str, line_number: int, *, limit: int) -> LineTrace:
    """A line back to its calls; at most `limit` aggregates and calls are listed, all of them are summed.

    Calls are priced anew, by the tariff that is published now. A line without calls has none.

    Raises:
        UnknownError: there is no such final invoice or line, or its charge line is gone.
    """
    invoice = _invoice(url, number)
    line = next((each for each in invoice.lines if each.number == line_number), None)
    if line is None:
        raise UnknownError(f"{number} has lines 1 to {len(invoice.lines)}, there is no line {line_number}")
    charge = _charge_line(lake, invoice, line)
    feet = [
        Foot(measure="amount", line=line.amount, of="the charge line", summed=charge["amount"]),
    ]
    aggregates, calls = pl.DataFrame(), pl.DataFrame()
    correction = _correction(lake, invoice, line)
    if correction:
        difference = correction["exact_after"] - correction["exact_before"]
        feet.append(
            Foot(measure="exact_amount", line=charge["exact_amount"], of="after less before", summed=difference)
        )
    elif charge["destination"] is not None:
        days = days_of_month(invoice.billing_month)
        aggregates = _of_line(lake.scan(DailyAggregates, landing_day=days), charge).collect()
        calls, summed = _priced(lake, invoice, charge, limit)
        if line.line_kind == "usage":
            feet += _feet(charge, aggregates.select(pl.col(MEASURES).sum()).row(0, named=True), "the aggregates")
            feet += _feet(charge, summed, "the calls")
    return LineTrace(
        **_head(invoice),
        invoice_line=_shown(line),
        charge_line={name: charge[name] for name in SHOWN_OF_CHARGE},
        correction=correction,
        taxes=_taxes(lake, invoice, line),
        aggregates=_listed(aggregates, limit),
        calls=[_call(row) for row in calls.iter_rows(named=True)],
        feet=feet,
    )


def _invoice(url: str, number: str) -> Invoice:
    with connect(url) as connection:
        found = connection.execute(
            "SELECT invoice_id FROM invoice WHERE invoice_number = %s AND status = 'final'", [number]
        ).fetchone()
    if found is None:
        raise UnknownError(f"There is no final invoice {number}, expected a number such as NLT-2020-04-000001")
    return read_invoices(url, [str(found[0])])[0]


def _head(invoice: Invoice) -> dict[str, Any]:
    return {name: getattr(invoice, name) for name in ("invoice_number", "billing_month", "account_id", "currency")}


def _shown(line: InvoiceLine) -> InvoiceLineShown:
    return InvoiceLineShown(**{name: getattr(line, name) for name in InvoiceLineShown.model_fields})


def _charge_line(lake: Lake, invoice: Invoice, line: InvoiceLine) -> dict[str, Any]:
    rated = lake.scan(RatedUsage, billing_month=invoice.billing_month)
    found = rated.filter(pl.col("line_id") == line.line_id).collect().to_dicts()
    if not found:
        month = f"{invoice.billing_month:%Y-%m}"
        raise UnknownError(f"rated_usage of {month} has no charge line {line.line_id}; was the month rated again?")
    return found[0]


def _correction(lake: Lake, invoice: Invoice, line: InvoiceLine) -> dict[str, Any] | None:
    """The row of adjustment_lines behind an adjustment. Its calls are those of the corrected line."""
    corrections = lake.scan(AdjustmentLines, billing_month=invoice.billing_month)
    for row in corrections.filter(pl.col("account_id") == invoice.account_id).collect().iter_rows(named=True):
        if line.line_id == adjustment_line_id(row):
            return {name: row[name] for name in SHOWN_OF_CORRECTION}
    return None


def adjustment_line_id(row: dict[str, Any]) -> str:
    """Id of the charge line that bills a row of adjustment_lines."""
    parts = (row["account_id"], "adjustment", f"{row['closed_month']:%Y-%m}", row["proposal"], row["corrected_line"])
    return "-".join(parts)


def _taxes(lake: Lake, invoice: Invoice, line: InvoiceLine) -> list[dict[str, Any]]:
    taxes = lake.scan(TaxLines, billing_month=invoice.billing_month).filter(pl.col("line_id") == line.line_id)
    return taxes.sort("tax_seq").select(SHOWN_OF_TAX).collect().to_dicts()


def _priced(
    lake: Lake, invoice: Invoice, charge: dict[str, Any], limit: int
) -> tuple[pl.DataFrame, Mapping[str, Decimal]]:
    """The first calls of a line, and what all of them add up to; priced day by day, so few are held at once."""
    tariff, columns = lake_tariff(lake), [*TracedCall.model_fields]
    first, summed = pl.DataFrame(), dict.fromkeys(MEASURES, Decimal(0))
    for day in days_of_month(invoice.billing_month):
        landed = lake.scan(ValidatedUsage, landing_day=day).filter(pl.col("account_id") == invoice.account_id)
        priced = price_calls(landed.collect(), tariff).filter(pl.col("unpriced").is_null())
        calls = _of_line(priced.lazy(), charge).with_columns(calls=1).collect()
        day_sums = calls.select(pl.col(MEASURES).sum()).row(0, named=True)
        summed = {name: summed[name] + day_sums[name] for name in MEASURES}
        first = pl.concat([first, calls.select(columns)], how="diagonal").sort("start_at", "record_key").head(limit)
    return first, summed


def _of_line(rows: pl.LazyFrame, charge: dict[str, Any]) -> pl.LazyFrame:
    """The calls of a line; a credit may be for calls of several usage types."""
    return rows.filter([pl.col(name) == charge[name] for name in PER_LINE if charge[name] is not None])


def _feet(charge: dict[str, Any], sums: Mapping[str, Any], of: str) -> list[Foot]:
    wanted = {"calls": "calls", "talk_s": "talk_s", "billed_s": "billed_s", "charge": "exact_amount"}
    return [
        Foot(measure=wanted[name], line=Decimal(charge[wanted[name]]), of=of, summed=Decimal(sums[name]))
        for name in MEASURES
    ]


def _listed(aggregates: pl.DataFrame, limit: int) -> list[dict[str, Any]]:
    if aggregates.is_empty():
        return []
    ordered = aggregates.sort("landing_day", "call_date", "service_id", "rate_id")
    return ordered.select(SHOWN_OF_AGGREGATE).head(limit).to_dicts()


def _call(row: dict[str, Any]) -> TracedCall:
    """A call as it is shown: its second, and its numbers masked."""
    numbers = {name: mask(row[name]) if row[name] else None for name in ("caller", "callee")}
    return TracedCall(**row | numbers | {"start_at": row["start_at"].replace(microsecond=0)})
