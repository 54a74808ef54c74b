"""The checks of invoices: before anything is numbered, and again when the database has it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl

from telebill_assets.audit.balance import Totals, balance
from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.controls.agreement import TAXED, TAXES, agreed
from telebill_assets.audit.controls.billing_run import (
    COMPLETE,
    FROZEN,
    LEDGER_TOTALS,
    Fingerprint,
    bill_run_complete,
    gl_totals,
    invoices_frozen,
)
from telebill_assets.audit.ledger import count
from telebill_assets.audit.tally import together
from telebill_assets.compute import adjustments
from telebill_assets.compute.context import JobContext
from telebill_assets.compute.days import days_of_month
from telebill_assets.compute.month_before import units_carried
from telebill_assets.invoicing.control_totals import final_fingerprint, final_totals
from telebill_assets.invoicing.footing import footing_check
from telebill_assets.tables.ledger import Ledger

if TYPE_CHECKING:
    from telebill_assets.stages.invoices.job import Assembled

GATES = {
    "charges_current": "The charge lines hold the calls, adjustments, kept units and taxes as they are published now",
    "invoices_foot": "On every invoice the lines, taxes and pass-through items add up to the amount payable",
    "charges_invoiced": "Every charge line is on exactly one invoice or held with a reason, to the cent",
    "every_account_invoiced": "Every account with charges has exactly one invoice or a stated reason for none",
}
CONTROLS = (TAXED, TAXES, COMPLETE, FROZEN, LEDGER_TOTALS)
LINE, COUNTED = ("line_id", "account_id", "currency"), ("lines", "amount")
TAXED_LINE, TAX = ("line_id", "account_id"), ("tax_amount",)


def charges_current(context: JobContext, rated: pl.LazyFrame, taxed: pl.LazyFrame) -> CheckResult:
    """What was published after the month was rated, or rated after it was taxed, does not agree."""
    lake, month = context.lake, context.partition
    priced = count(lake.scan(Ledger, period=days_of_month(month), stage="daily_aggregates")).of("priced")
    usage = count(lake.scan(Ledger, period=month, stage="rated_usage")).of("usage")
    calls = {name: priced[name] for name in ("talk_s", "billed_s", "amount")}
    verdicts = [
        balance("calls", "", ("priced", calls), {"usage lines": usage}),
        adjustments.balanced(context, month, rated.filter(pl.col("line_kind") == "adjustment")),
        units_carried(context, month),
        balance("taxes", "", ("charge lines", _lines_and_amount(rated)), {"taxed": _lines_and_amount(taxed)}),
    ]
    failed = [verdict for verdict in verdicts if not verdict.passed]
    cure = ["run rated_usage and taxed_charges of the month again"] if failed else []
    return CheckResult(
        name="charges_current",
        description=GATES["charges_current"],
        passed=not failed,
        figure="; ".join([*(verdict.figure for verdict in failed or verdicts), *cure]),
        failures={verdict.name: 1 for verdict in failed},
    )


def before_billing(parts: Sequence["Assembled"]) -> list[CheckResult]:
    """Judge the published lines and taxes, and the assembled invoices."""
    lines, accounts = _sum(part.lines for part in parts), _sum(part.accounts for part in parts)
    return [
        footing_check(together(part.not_footing for part in parts)),
        _balance("charges_invoiced", "charge lines", lines),
        _balance("every_account_invoiced", "with charges", accounts),
        agreed(TAXED, together(part.taxed_apart for part in parts), LINE, COUNTED),
        agreed(TAXES, together(part.taxes_apart for part in parts), TAXED_LINE, TAX),
        bill_run_complete(together(part.states for part in parts)),
    ]


def after_billing(url: str, month: date, assembled: Fingerprint, to_post: Mapping[str, Decimal]) -> list[CheckResult]:
    """Compare the final invoices in the database, and the journal they make, with the assembled ones.

    Args:
        url: DSN of the billing database.
        month: first day of the billing month.
        assembled: of all assembled invoices.
        to_post: amounts of their lines and taxes by what they are posted as.
    """
    return [
        invoices_frozen(assembled, Fingerprint(*final_fingerprint(url, month))),
        gl_totals(final_totals(url, month), to_post),
    ]


def figures(ledger: pl.DataFrame) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """Invoices, and the amount payable by currency: what the job report shows."""
    payable = ledger.filter(pl.col("outcome") == "payable").select("currency", "amount").sort("currency")
    amounts = {currency: f"{amount:.2f}" for currency, amount in payable.iter_rows()}
    return {"invoices": str(count(ledger).of("invoice")["records"])}, {"payable": amounts}


def _balance(name: str, whole: str, totals: dict[str, Totals]) -> CheckResult:
    parts = {part: amounts for part, amounts in totals.items() if part != whole}
    return balance(name, GATES[name], (whole, totals[whole]), parts)


def _sum(counted: Iterable[dict[str, Totals]]) -> dict[str, Totals]:
    """The totals of all parts of the month, by name and measure."""
    summed: dict[str, dict[str, int | Decimal]] = {}
    for part in counted:
        for name, totals in part.items():
            whole = summed.setdefault(name, {})
            for measure, amount in totals.items():
                whole[measure] = whole.get(measure, 0) + amount
    return dict(summed)


def _lines_and_amount(charges: pl.LazyFrame) -> Totals:
    return charges.select(lines=pl.len(), amount=pl.col("amount").sum()).collect().row(0, named=True)
