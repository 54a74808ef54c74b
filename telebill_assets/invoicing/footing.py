"""Footing: an invoice's figures must add up, to the cent, and every wrong figure is named."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from telebill_assets.audit.check import CheckResult
from telebill_assets.invoicing.assembly import Assembly

CENT = Decimal("0.01")
SAMPLES = 5


def footing_errors(
    lines: Sequence[Decimal],
    vat_rate: Decimal,
    pass_through: Sequence[Decimal],
    *,
    total: Decimal,
    vat: Decimal,
    payable: Decimal,
) -> list[str]:
    """Every printed figure that does not follow from the lines, with what it should be.

    Args:
        lines: net amounts of the taxable lines.
        vat_rate: the one rate of the invoice, as a fraction.
        pass_through: amounts that bear no tax.
        total: printed net total.
        vat: printed VAT, rounded half-up once per rate.
        payable: printed amount payable.
    """
    net = sum(lines, start=Decimal(0))
    tax = (net * vat_rate).quantize(CENT, rounding=ROUND_HALF_UP)
    due = net + tax + sum(pass_through, start=Decimal(0))
    figures = {"total": (total, net), "VAT": (vat, tax), "amount payable": (payable, due)}
    return [f"{name} is {found}, expected {right}" for name, (found, right) in figures.items() if found != right]


def footing_check(assembly: Assembly) -> CheckResult:
    """Prove for every invoice that its totals are the sums of its lines and taxes."""
    wrong = _not_footing(assembly).persist()
    try:
        count = wrong.count()
        samples = [row["account_id"] for row in wrong.limit(SAMPLES).collect()]
    finally:
        wrong.unpersist()
    invoices = assembly.invoices.count()
    return CheckResult(
        name="invoices_foot",
        description="On every invoice the lines, taxes and pass-through items add up to the amount payable",
        passed=count == 0,
        figure=f"{count:,} of {invoices:,} invoices do not foot",
        failures={"footing": count} if count else {},
        samples=samples,
    )


def _not_footing(assembly: Assembly) -> DataFrame:
    passed_through = F.col("line_kind") == "pass_through"
    sums = assembly.lines.groupBy("invoice_id").agg(
        F.sum(F.when(~passed_through, F.col("amount"))).alias("line_net"),
        F.sum(F.when(passed_through, F.col("amount"))).alias("line_pass"),
    )
    taxes = assembly.taxes.groupBy("invoice_id").agg(F.sum("amount").alias("line_tax"))
    compared = assembly.invoices.join(sums, "invoice_id", "left").join(taxes, "invoice_id", "left")
    zero = F.lit(0)
    foots = (
        (F.col("net") == F.coalesce("line_net", zero))
        & (F.col("pass_through") == F.coalesce("line_pass", zero))
        & (F.col("tax") == F.coalesce("line_tax", zero))
        & (F.col("payable") == F.col("net") + F.col("tax") + F.col("pass_through"))
    )
    return compared.where(~foots)
