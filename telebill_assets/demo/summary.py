"""The demo's figures: from the ledger, the job reports and the billing database; as a table and as JSON."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
from pydantic import BaseModel, Field

from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.identities import IDENTITIES, identity_balance
from telebill_assets.audit.ledger import Counts, count
from telebill_assets.compute.days import days_of_month
from telebill_assets.compute.reports import month_reports
from telebill_assets.lake.lake import Lake
from telebill_assets.settings import Settings
from telebill_assets.tables.file_register import FileRegister
from telebill_assets.tables.ledger import Ledger

AMOUNTS = ("net", "pass_through", "payable")


class Gate(BaseModel):
    """One audit gate over the whole month."""

    name: str
    passed: bool
    figure: str


class CurrencyTotals(BaseModel):
    """What was invoiced in one currency."""

    invoices: int = 0
    net: str = "0.00"
    tax: dict[str, str] = Field(default_factory=dict)
    pass_through: str = "0.00"  # noqa: S105
    payable: str = "0.00"


class Summary(BaseModel):
    """Figures of a month. `net`, `tax`, `pass_through` and `payable` add all currencies, as control totals do."""

    month: date
    files: int
    records: int
    duplicates: int
    validated: int
    suspended: dict[str, int]
    files_suspended: dict[str, int]
    non_billable: int
    priced_calls: int
    billed_seconds: int
    charge_lines: int
    net: str
    tax: dict[str, str]
    pass_through: str
    invoices: int
    payable: str
    by_currency: dict[str, CurrencyTotals]
    gates: list[Gate]
    documents: list[str]


def summarise(lake: Lake, settings: Settings, month: date) -> Summary:
    """Collect a month's figures."""
    days = days_of_month(month)
    ledger = count(lake.scan(Ledger, period=days))
    files = lake.scan(FileRegister, landing_day=days).select(pl.len()).collect().item()
    money = _by_currency(ledger)
    return Summary(
        month=month,
        files=files,
        records=int(ledger.of("received")["records"]),
        duplicates=int(ledger.of("duplicate")["records"]),
        validated=int(ledger.of("validated")["records"]),
        suspended=_by_reason(ledger, "suspended"),
        files_suspended=_by_reason(ledger, "file_suspended", counted="rows"),
        non_billable=int(ledger.of("non_billable")["records"]),
        priced_calls=int(ledger.of("priced")["records"]),
        billed_seconds=int(ledger.of("priced")["billed_s"]),
        charge_lines=sum(total.records for total in ledger.where(stage="rated_usage")),
        net=_total(totals.net for totals in money.values()),
        tax=_sum_by_level(totals.tax for totals in money.values()),
        pass_through=_total(totals.pass_through for totals in money.values()),
        invoices=sum(totals.invoices for totals in money.values()),
        payable=_total(totals.payable for totals in money.values()),
        by_currency=money,
        gates=[*_gates(settings, month), *_ledger_balances(ledger)],
        documents=_documents(settings.documents_dir, month),
    )


def _by_reason(ledger: Counts, outcome: str, counted: str = "records") -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for total in ledger.where(outcome):
        found[str(total.reason)] += getattr(total, counted)
    return dict(sorted(found.items()))


def _by_currency(ledger: Counts) -> dict[str, CurrencyTotals]:
    money: dict[str, CurrencyTotals] = {}
    for invoices in ledger.where("invoice", "invoices"):
        of = {name: f"{ledger.of(name, 'invoices', invoices.currency)['amount']:.2f}" for name in AMOUNTS}
        taxes = sorted(ledger.where("tax", "invoices", invoices.currency), key=lambda total: str(total.reason))
        money[str(invoices.currency)] = CurrencyTotals(
            invoices=invoices.records, tax={str(tax.reason): f"{tax.amount:.2f}" for tax in taxes}, **of
        )
    return dict(sorted(money.items()))


def _total(amounts: Iterable[str]) -> str:
    return f"{sum((Decimal(amount) for amount in amounts), start=Decimal('0.00')):.2f}"


def _sum_by_level(taxes: Iterable[Mapping[str, str]]) -> dict[str, str]:
    levels: dict[str, Decimal] = defaultdict(Decimal)
    for tax in taxes:
        for level, amount in tax.items():
            levels[level] += Decimal(amount)
    return {level: f"{amount:.2f}" for level, amount in sorted(levels.items())}


def _gates(settings: Settings, month: date) -> list[Gate]:
    """Every blocking check of every job, over all its partitions."""
    found: dict[str, list[CheckResult | None]] = defaultdict(list)
    for job, _, report in month_reports(settings.reports_dir, month):
        if report is None:
            found[f"{job}.report"].append(None)
            continue
        for check in report.checks:
            if check.blocking:
                found[f"{job}.{check.name}"].append(check)
    return [_gate(name, checks) for name, checks in found.items()]


def _gate(name: str, checks: list[CheckResult | None]) -> Gate:
    passed = [check for check in checks if check is not None and check.passed]
    only = checks[0] if len(checks) == 1 else None
    figure = only.figure if only else f"passed in {len(passed)} of {len(checks)} partitions"
    return Gate(name=name, passed=len(passed) == len(checks), figure=figure)


def _ledger_balances(ledger: Counts) -> list[Gate]:
    """The identities of the ledger, over the whole month."""
    balances = [identity_balance(ledger, identity) for identity in IDENTITIES]
    return [Gate(name=f"ledger.{result.name}", passed=result.passed, figure=result.figure) for result in balances]


def _documents(folder: Path, month: date) -> list[str]:
    return sorted(str(path) for path in (folder / f"{month:%Y-%m}").glob("*.pdf"))
