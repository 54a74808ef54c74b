"""From an invoice line back to its charge line, aggregates and calls, with sums that foot to the line."""

from decimal import Decimal
from typing import Any

import pyarrow.dataset as ds
from pyspark.sql import DataFrame, Row, SparkSession
from pyspark.sql import functions as F

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
from telebill_assets.spark.legacy_calls import price_calls
from telebill_assets.tables.adjustment_lines import AdjustmentLines
from telebill_assets.tables.daily_aggregates import DailyAggregates
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
    passed = [line.amount for line in invoice.lines if line.line_kind == "pass_through"]
    net = [line.amount for line in invoice.lines if line.line_kind != "pass_through"]
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


def trace_line(spark: SparkSession, lake: Lake, url: str, number: str, line_number: int, *, limit: int) -> LineTrace:
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
    aggregates = calls = None
    correction = _correction(lake, invoice, line)
    if correction:
        difference = correction["exact_after"] - correction["exact_before"]
        feet.append(
            Foot(measure="exact_amount", line=charge["exact_amount"], of="after less before", summed=difference)
        )
    elif charge["destination"] is not None:
        aggregates = _of_line(
            lake.read(spark, DailyAggregates, landing_day=days_of_month(invoice.billing_month)), charge
        )
        calls = _priced(spark, lake, invoice, charge)
        if line.line_kind == "usage":
            feet += _feet(charge, aggregates, "the aggregates")
            feet += _feet(charge, calls.withColumn("calls", F.lit(1)), "the calls")
    listed = _listed(calls, limit) if calls is not None else []
    return LineTrace(
        **_head(invoice),
        invoice_line=_shown(line),
        charge_line={name: charge[name] for name in SHOWN_OF_CHARGE},
        correction=correction,
        taxes=_taxes(lake, invoice, line),
        aggregates=_rows(aggregates, limit, "landing_day", "call_date", "service_id", "rate_id"),
        calls=[_call(row) for row in listed],
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
    rated = lake.dataset(RatedUsage, billing_month=invoice.billing_month)
    found = rated.to_table(filter=ds.field("line_id") == line.line_id).to_pylist()
    if not found:
        month = f"{invoice.billing_month:%Y-%m}"
        raise UnknownError(f"rated_usage of {month} has no charge line {line.line_id}; was the month rated again?")
    return dict(found[0])


def _correction(lake: Lake, invoice: Invoice, line: InvoiceLine) -> dict[str, Any] | None:
    """The row of adjustment_lines behind an adjustment. Its calls are those of the corrected line."""
    corrections = lake.dataset(AdjustmentLines, billing_month=invoice.billing_month)
    for row in corrections.to_table(filter=ds.field("account_id") == invoice.account_id).to_pylist():
        if line.line_id == adjustment_line_id(row):
            return {name: row[name] for name in SHOWN_OF_CORRECTION}
    return None


def adjustment_line_id(row: dict[str, Any]) -> str:
    """Id of the charge line that bills a row of adjustment_lines."""
    parts = (row["account_id"], "adjustment", f"{row['closed_month']:%Y-%m}", row["proposal"], row["corrected_line"])
    return "-".join(parts)


def _taxes(lake: Lake, invoice: Invoice, line: InvoiceLine) -> list[dict[str, Any]]:
    taxes = lake.dataset(TaxLines, billing_month=invoice.billing_month)
    found = taxes.to_table(filter=ds.field("line_id") == line.line_id).to_pylist()
    return [{name: row[name] for name in SHOWN_OF_TAX} for row in sorted(found, key=lambda row: int(row["tax_seq"]))]


def _priced(spark: SparkSession, lake: Lake, invoice: Invoice, charge: dict[str, Any]) -> DataFrame:
    calls = lake.read(spark, ValidatedUsage, landing_day=days_of_month(invoice.billing_month))
    of_account = calls.where(F.col("account_id") == invoice.account_id)
    return _of_line(price_calls(of_account, lake_tariff(lake)).where("unpriced IS NULL"), charge)


def _of_line(rows: DataFrame, charge: dict[str, Any]) -> DataFrame:
    """The calls of a line; a credit may be for calls of several usage types."""
    for name in PER_LINE:
        if charge[name] is not None:
            rows = rows.where(F.col(name) == charge[name])
    return rows


def _feet(charge: dict[str, Any], rows: DataFrame, of: str) -> list[Foot]:
    sums = rows.agg(*(F.coalesce(F.sum(name), F.lit(0)).alias(name) for name in MEASURES)).first()
    wanted = {"calls": "calls", "talk_s": "talk_s", "billed_s": "billed_s", "charge": "exact_amount"}
    return [
        Foot(measure=wanted[name], line=Decimal(charge[wanted[name]]), of=of, summed=Decimal(sums[name]))
        for name in MEASURES
        if sums
    ]


def _rows(rows: DataFrame | None, limit: int, *order: str) -> list[dict[str, Any]]:
    if rows is None:
        return []
    return [row.asDict() for row in rows.select(*SHOWN_OF_AGGREGATE).orderBy(*order).limit(limit).collect()]


def _listed(calls: DataFrame, limit: int) -> list[Row]:
    """The first calls; the stamp as text, because Spark hands stamps out in the machine's own zone."""
    utc = F.date_format("start_at", "yyyy-MM-dd'T'HH:mm:ss'Z'")
    return calls.orderBy("start_at", "record_key").limit(limit).withColumn("start_at", utc).collect()


def _call(row: Row) -> TracedCall:
    values = row.asDict()
    numbers = {name: mask(values[name]) if values[name] else None for name in ("caller", "callee")}
    return TracedCall(**{name: values[name] for name in TracedCall.model_fields} | numbers)
