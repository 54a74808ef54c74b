"""The controls of invoices: before anything is numbered, and again when the database has it."""

from decimal import Decimal

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.controls.agreement import TAXED, TAXES, agreement
from telebill_assets.audit.controls.billing_run import (
    COMPLETE,
    FROZEN,
    LEDGER_TOTALS,
    Fingerprint,
    bill_run_complete,
    fingerprint,
    gl_totals,
    invoices_frozen,
)
from telebill_assets.compute.context import JobContext
from telebill_assets.invoicing.assembly import Assembly
from telebill_assets.invoicing.control_totals import final_fingerprint, final_totals
from telebill_assets.tables.reference.accounts import Accounts

CONTROLS = (TAXED, TAXES, COMPLETE, FROZEN, LEDGER_TOTALS)


def before_billing(
    context: JobContext, rated: DataFrame, taxed: DataFrame, taxes: DataFrame, assembly: Assembly
) -> list[CheckResult]:
    """Judge the published lines and taxes, and the assembled invoices."""
    line = ("line_id", "account_id", "currency")
    counted = ("lines", "amount")
    charged, answered = (frame.select(*line, F.lit(1).alias("lines"), "amount") for frame in (rated, taxed))
    return [
        agreement(TAXED, charged, answered, line, counted),
        agreement(TAXES, taxed, taxes, ("line_id", "account_id"), ("tax_amount",)),
        bill_run_complete(context.reference(Accounts), rated, assembly.invoices, assembly.holds),
    ]


def after_billing(context: JobContext, url: str, assembly: Assembly) -> list[CheckResult]:
    """Compare the final invoices in the database, and the journal they make, with the assembled ones."""
    month = context.partition
    return [
        invoices_frozen(fingerprint(assembly.invoices), Fingerprint(*final_fingerprint(url, month))),
        gl_totals(final_totals(url, month), _to_post(assembly)),
    ]


def _to_post(assembly: Assembly) -> dict[str, Decimal]:
    """What lines and taxes add up to, by currency and what it is, in the words of `final_totals`."""
    currencies = assembly.invoices.select("invoice_id", "currency")
    lines = assembly.lines.join(currencies, "invoice_id").groupBy("currency", "line_kind", "product")
    taxes = assembly.taxes.join(currencies, "invoice_id").groupBy("currency", "level", "tax_type")
    totals: dict[str, Decimal] = {}

    def add(currency: str, names: tuple[str, ...], amount: Decimal) -> None:
        for name in names:
            totals[f"{currency} {name}"] = totals.get(f"{currency} {name}", Decimal(0)) + amount

    for row in lines.agg(F.sum("amount").alias("amount")).collect():
        part = "pass-through" if row["line_kind"] == "pass_through" else "net"
        add(row["currency"], (f"product {row['product']}", part, "payable", "journal"), row["amount"])
    for row in taxes.agg(F.sum("amount").alias("amount")).collect():
        add(row["currency"], (f"tax {row['level']} {row['tax_type']}", "tax", "payable", "journal"), row["amount"])
    return totals
