"""Footing: the totals of an invoice are the sums of its lines and taxes, to the cent.

An invoice with lines of 273.11 and 2.52, a tax of 52.37 and a pass-through item of 16.80 has a net of 275.63 and is
payable with 344.80; any other total does not foot.
"""

import polars as pl

from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.tally import Tally, first
from telebill_assets.invoicing.assembly import Assembly
from telebill_assets.tables.line_kinds import bears_tax


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
