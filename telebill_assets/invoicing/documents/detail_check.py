"""Whether the calls that an invoice itemises are those that its usage lines charge."""

from decimal import Decimal

import polars as pl

from telebill_assets.invoicing.model import Invoice

CHARGE_COLUMNS = ("line_id", "amount", "exact_amount")
"""Columns of the month's usage lines in rated_usage that the comparison needs."""
COMPARED, DIFFERING = "compared", "differing"
HALF_A_CENT = Decimal("0.005")
"""What rounding moves the amount of a line by at most; every invoice is in a currency of two decimals."""


def detail_difference(invoice: Invoice, calls: pl.DataFrame, charge_lines: pl.DataFrame) -> str | None:
    """What differs between an invoice's calls and its usage lines; None if they agree.

    Calls and billed seconds must be equal. Charges must equal the exact amounts of the charge lines, to the tenth
    decimal, as long as rated_usage still has every line with the amount that was invoiced. If a line was rated again
    since, only the rounded amounts are left, and each may be half a cent away from its calls: 24 calls of 0.0125 are
    0.3000 and agree with a line of 0.30 exactly; without its charge line anything from 0.295 to 0.305 would.

    Args:
        invoice: a final invoice with call detail.
        calls: billed_s and charge of its calls.
        charge_lines: CHARGE_COLUMNS of usage lines, of this account at least.
    """
    lines = [line for line in invoice.lines if line.line_kind == "usage"]
    exact = {line_id: (amount, sum_of) for line_id, amount, sum_of in charge_lines.select(CHARGE_COLUMNS).iter_rows()}
    known = all(exact.get(line.line_id, (None,))[0] == line.amount for line in lines)
    amounts = [exact[line.line_id][1] if known else line.amount for line in lines]
    most = Decimal(0) if known else HALF_A_CENT * len(lines)
    pairs = {
        "calls": (Decimal(calls.height), Decimal(sum(line.calls or 0 for line in lines)), Decimal(0)),
        "billed seconds": (
            Decimal(calls["billed_s"].sum()),
            Decimal(sum(line.billed_s or 0 for line in lines)),
            Decimal(0),
        ),
        "charge": (Decimal(calls["charge"].sum()), sum(amounts, Decimal(0)), most),
    }
    wrong = [
        f"{name} {of_calls.normalize():,f} printed, {of_lines.normalize():,f} invoiced"
        for name, (of_calls, of_lines, allowed) in pairs.items()
        if abs(of_calls - of_lines) > allowed
    ]
    return "; ".join(wrong) or None
