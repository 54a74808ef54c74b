"""The demo's figures: from the ledger, the job reports and the billing database; as a table and as JSON."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

from pydantic import BaseModel, Field
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from telebill_assets.audit.balance import balance
from telebill_assets.audit.check import CheckResult
from telebill_assets.compute.days import days_of_month
from telebill_assets.compute.reports import latest_report
from telebill_assets.lake.lake import Lake
from telebill_assets.schemas.file_register import FileRegister
from telebill_assets.schemas.ledger import Ledger
from telebill_assets.settings import Settings

DAILY_JOBS = ("raw_cdr", "validated_usage", "daily_aggregates")
MONTHLY_JOBS = ("rated_usage", "taxed_charges", "invoices", "invoice_documents")


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


def summarise(spark: SparkSession, lake: Lake, settings: Settings, month: date) -> Summary:
    """Collect a month's figures."""
    days = days_of_month(month)
    ledger = _ledger(spark, lake, [*days, month])
    register = lake.read(spark, FileRegister, landing_day=days)
    money = _by_currency(ledger)
    return Summary(
        month=month,
        files=register.count(),
        records=_records(ledger, "raw_cdr", "received"),
        duplicates=_records(ledger, "validated_usage", "duplicate"),
        validated=_records(ledger, "validated_usage", "validated"),
        suspended=_by_reason(ledger, "suspended"),
        files_suspended=_by_reason(ledger, "file_suspended", counted="rows"),
        non_billable=_records(ledger, "validated_usage", "non_billable"),
        priced_calls=_records(ledger, "daily_aggregates", "priced"),
        billed_seconds=sum(
            row.billed_s for row in ledger if (row.stage, row.outcome) == ("daily_aggregates", "priced")
        ),
        charge_lines=sum(row.records for row in ledger if row.stage == "rated_usage"),
        net=_total(totals.net for totals in money.values()),
        tax=_sum_by_level(totals.tax for totals in money.values()),
        pass_through=_total(totals.pass_through for totals in money.values()),
        invoices=sum(totals.invoices for totals in money.values()),
        payable=_total(totals.payable for totals in money.values()),
        by_currency=money,
        gates=[*_gates(settings, days, month), *_ledger_balances(ledger)],
        documents=_documents(settings.documents_dir, month),
    )


class LedgerTotal(BaseModel):
    """The ledger summed over files and days."""

    stage: str
    outcome: str
    reason: str | None
    currency: str | None
    rows: int
    records: int
    talk_s: int
    billed_s: int
    amount: Decimal


def _ledger(spark: SparkSession, lake: Lake, periods: list[date]) -> list[LedgerTotal]:
    measures = [F.coalesce(F.sum(name), F.lit(0)).alias(name) for name in ("records", "talk_s", "billed_s", "amount")]
    frame: DataFrame = lake.read(spark, Ledger, period=periods)
    rows = frame.groupBy("stage", "outcome", "reason", "currency").agg(F.count("*").alias("rows"), *measures).collect()
    return [LedgerTotal.model_validate(row.asDict()) for row in rows]


def _records(ledger: Iterable[LedgerTotal], stage: str, outcome: str) -> int:
    return sum(row.records for row in ledger if (row.stage, row.outcome) == (stage, outcome))


def _by_reason(ledger: Iterable[LedgerTotal], outcome: str, counted: str = "records") -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for row in ledger:
        if row.outcome == outcome:
            found[str(row.reason)] += getattr(row, counted)
    return dict(sorted(found.items()))


def _by_currency(ledger: Iterable[LedgerTotal]) -> dict[str, CurrencyTotals]:
    money: dict[str, CurrencyTotals] = defaultdict(CurrencyTotals)
    for row in ledger:
        if row.stage != "invoices" or row.currency is None:
            continue
        totals, amount = money[row.currency], f"{row.amount:.2f}"
        if row.outcome == "tax":
            totals.tax[str(row.reason)] = amount
        elif row.outcome == "invoice":
            totals.invoices = row.records
        else:
            setattr(totals, row.outcome, amount)
    return dict(sorted(money.items()))


def _total(amounts: Iterable[str]) -> str:
    return f"{sum((Decimal(amount) for amount in amounts), start=Decimal('0.00')):.2f}"


def _sum_by_level(taxes: Iterable[Mapping[str, str]]) -> dict[str, str]:
    levels: dict[str, Decimal] = defaultdict(Decimal)
    for tax in taxes:
        for level, amount in tax.items():
            levels[level] += Decimal(amount)
    return {level: f"{amount:.2f}" for level, amount in sorted(levels.items())}


def _gates(settings: Settings, days: list[date], month: date) -> list[Gate]:
    """Every blocking check of every job, over all its partitions."""
    runs = [(job, day) for job in DAILY_JOBS for day in days] + [(job, month) for job in MONTHLY_JOBS]
    found: dict[str, list[CheckResult | None]] = defaultdict(list)
    for job, partition in runs:
        report = latest_report(settings.reports_dir, job, partition)
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


def _ledger_balances(ledger: list[LedgerTotal]) -> list[Gate]:
    """The identities of the ledger, over the whole month."""

    def totals(stage: str, outcome: str) -> dict[str, int | Decimal]:
        rows = [row for row in ledger if (row.stage, row.outcome) == (stage, outcome)]
        return {"records": sum(row.records for row in rows), "talk_s": sum(row.talk_s for row in rows)}

    def amount(stage: str, *outcomes: str) -> dict[str, int | Decimal]:
        rows = [row.amount for row in ledger if row.stage == stage and row.outcome in outcomes]
        return {"amount": sum(rows, start=Decimal(0))}

    settled = ("validated", "suspended", "duplicate", "non_billable")
    balances = [
        balance(
            "records",
            "records received = validated + suspended + duplicate + non-billable",
            ("received", totals("raw_cdr", "received")),
            {outcome: totals("validated_usage", outcome) for outcome in settled},
        ),
        balance(
            "calls",
            "validated = priced + suspended for want of a plan or rate",
            ("validated", totals("validated_usage", "validated")),
            {outcome: totals("daily_aggregates", outcome) for outcome in ("priced", "suspended")},
        ),
        balance(
            "charges",
            "sum of call charges = sum of usage lines",
            ("priced", amount("daily_aggregates", "priced")),
            {"usage lines": amount("rated_usage", "usage")},
        ),
        balance(
            "payable",
            "net + tax + pass-through = payable",
            ("payable", amount("invoices", "payable")),
            {outcome: amount("invoices", outcome) for outcome in ("net", "tax", "pass_through")},
        ),
    ]
    return [Gate(name=f"ledger.{result.name}", passed=result.passed, figure=result.figure) for result in balances]


def _documents(folder: Path, month: date) -> list[str]:
    return sorted(str(path) for path in (folder / f"{month:%Y-%m}").glob("*.pdf"))
