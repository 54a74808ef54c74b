"""Footing: an invoice's figures must add up, to the cent, and every wrong figure is named."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

import polars as pl

from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.tally import Tally, first
from telebill_assets.invoicing.assembly import Assembly
from telebill_assets.tables.line_kinds import bears_tax

CENT = Decimal("0.01")


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


def not_footing(assembly: Assembly) -> Tally:
    """Count invoices, and those whose totals are not the sums of their lines and taxes."""
    passed_through, amount = ~bears_tax(pl.col("line_kind")), pl.col("amount")
    sums = assembly.lines.group_by("invoice_id").agg(
        line_net=amount.filter(~passed_through).sum(), line_pass=amount.filter(passed_through).sum()
    )
    taxes = assembly.taxes.group_by("invoice_id").agg(line_tax=amount.sum())
    compared = assembly.invoices.join(sums, on="invoice_id", how="left").join(taxes, on="invoice_id", how="left")
    foots = (
        (pl.col("net") == pl.col("line_net").fill_null(0))
        & (pl.col("pass_through") == pl.col("line_pass").fill_null(0))
        & (pl.col("tax") == pl.col("line_tax").fill_null(0))
        & (pl.col("payable") == pl.col("net") + pl.col("tax") + pl.col("pass_through"))
    )
    wrong = compared.filter(~foots)["account_id"]
    return Tally({"invoices": compared.height, "footing": wrong.len()}, first(wrong))


def footing_check(found: Tally) -> CheckResult:
    """The verdict on all invoices of the month."""
    wrong = found.of("footing")
    return CheckResult(
        name="invoices_foot",
        description="On every invoice the lines, taxes and pass-through items add up to the amount payable",
        passed=wrong == 0,
        figure=f"{wrong:,} of {found.of('invoices'):,} invoices do not foot",
        failures={"footing": wrong} if wrong else {},
        samples=list(found.samples),
    )
