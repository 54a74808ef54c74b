"""A month small enough to be reconciled by hand; then one thing at a time is broken, and each is named."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from telebill_assets.compute.days import days_of_month
from telebill_assets.lake.lake import Lake
from telebill_assets.proof.reconcile import reconcile
from telebill_assets.settings import Settings
from telebill_assets.tables.daily_aggregates import DailyAggregates
from telebill_assets.tables.excluded_usage import ExcludedUsage
from telebill_assets.tables.file_register import FileRegister
from telebill_assets.tables.ledger import Ledger
from telebill_assets.tables.rated_usage import RatedUsage
from telebill_assets.tables.raw_cdr import RawCdr
from telebill_assets.tables.suspended_usage import SuspendedUsage
from telebill_assets.tables.taxed_charges import TaxedCharges, TaxLines
from telebill_assets.tables.validated_usage import ValidatedUsage
from telebill_assets_tests.support.final_invoices import add_invoice
from telebill_assets_tests.support.published import publish

pytestmark = pytest.mark.slow

MONTH, DAY = date(2032, 6, 1), date(2032, 6, 2)
FILE, TWIN = "sw/2032-06-02/a.csv", "sw/2032-06-02/b.csv"
NOON = datetime(2032, 6, 2, 12, tzinfo=UTC)
KEYS = {"direction": "outbound", "destination": "us", "jurisdiction": "local"}
AT = {"landing_day": DAY, "source": "sw", "file_id": "f"}


def ledger(period, stage, outcome, records, **more):
    return {"period": period, "stage": stage, "outcome": outcome, "records": records} | more


def call(line, account_id, talk_s):
    stamps = dict.fromkeys(("start_at", "answer_at", "end_at"), NOON)
    return (
        AT
        | stamps
        | {
            "path": FILE,
            "line": line,
            "record_key": f"sw:{line}",
            "account_id": account_id,
            "talk_s": talk_s,
            "callee": "+15125550100",
            "jurisdiction": "local",
        }
    )


def aggregate(account_id, talk_s, charge):
    return (
        AT
        | KEYS
        | {
            "account_id": account_id,
            "calls": 1,
            "talk_s": talk_s,
            "billed_s": 60,
            "charge": Decimal(charge),
            "currency": "USD",
        }
    )


def line(account_id, kind, exact, amount, **more):
    return {
        "billing_month": MONTH,
        "line_id": f"{account_id}-{kind}",
        "account_id": account_id,
        "line_kind": kind,
        "product": kind,
        "exact_amount": Decimal(exact),
        "amount": Decimal(amount),
        "currency": "USD",
    } | more


USAGE = KEYS | {"calls": 1, "billed_s": 60}
RAW = [AT | {"path": FILE, "line": n, "talk_s": talk_s} for n, talk_s in ((1, 50), (2, 40), (3, 30), (4, 0))]
TABLES = {
    FileRegister: [
        {"landing_day": DAY, "path": FILE, "status": "landed", "records": 4},
        {"landing_day": DAY, "path": TWIN, "status": "suspended", "reason": "truncated_file", "records": 0},
    ],
    RawCdr: RAW,
    ValidatedUsage: [call(1, "A", 50), call(2, "B", 40), call(3, "B", 30)],
    ExcludedUsage: [AT | {"path": FILE, "line": 4, "outcome": "non_billable", "reason": "unanswered", "talk_s": 0}],
    DailyAggregates: [aggregate("A", 50, "0.0125"), aggregate("B", 40, "0.0250")],
    RatedUsage: [
        line("A", "usage", "0.0125", "0.01", talk_s=50, **USAGE),
        line("B", "usage", "0.0250", "0.03", talk_s=40, **USAGE),
        line("A", "recurring", "10", "10.00"),
        line("B", "allowance", "-0.0250", "-0.03"),
    ],
    TaxedCharges: [
        {
            "billing_month": MONTH,
            "line_id": f"{account_id}-{kind}",
            "account_id": account_id,
            "amount": Decimal(amount),
            "currency": "USD",
            "status": "taxed",
            "tax_amount": Decimal(tax),
        }
        for account_id, kind, amount, tax in (
            ("A", "usage", "0.01", "0"),
            ("B", "usage", "0.03", "0"),
            ("A", "recurring", "10.00", "0.825"),
            ("B", "allowance", "-0.03", "0"),
        )
    ],
    TaxLines: [
        {
            "billing_month": MONTH,
            "line_id": "A-recurring",
            "account_id": "A",
            "tax_type": "101",
            "tax_level": "state",
            "description": "TAX",
            "tax_rate": Decimal(0),
            "fee_rate": Decimal(0),
            "tax_amount": Decimal("0.825"),
        }
    ],
}
DAILY_LEDGER = {
    "raw_cdr": [
        ledger(DAY, "raw_cdr", "received", 4, path=FILE, talk_s=120),
        ledger(DAY, "raw_cdr", "file_suspended", 0, path=TWIN, reason="truncated_file"),
    ],
    "validated_usage": [
        ledger(DAY, "validated_usage", "validated", 3, path=FILE, talk_s=120),
        ledger(DAY, "validated_usage", "non_billable", 1, path=FILE, talk_s=0, reason="unanswered"),
    ],
    "daily_aggregates": [
        ledger(
            *(DAY, "daily_aggregates", "priced", 2),
            path=FILE,
            currency="USD",
            talk_s=90,
            billed_s=120,
            amount=Decimal("0.0375"),
        ),
        ledger(DAY, "daily_aggregates", "suspended", 1, path=FILE, reason="no_rate", currency="USD", talk_s=30),
    ],
}


def usd(stage, outcome, records, amount, **more):
    return ledger(MONTH, stage, outcome, records, currency="USD", amount=Decimal(amount), **more)


MONTHLY_LEDGER = {
    "rated_usage": [
        usd("rated_usage", "usage", 2, "0.0375", talk_s=90, billed_s=120),
        usd("rated_usage", "recurring", 1, "10"),
        usd("rated_usage", "allowance", 1, "-0.0250"),
    ],
    "taxed_charges": [
        usd("taxed_charges", "taxed", 4, "10.01"),
        usd("taxed_charges", "tax", 1, "0.825", reason="state"),
    ],
    "invoices": [
        usd("invoices", "invoice", 2, "10.84"),
        usd("invoices", "payable", 2, "10.84"),
        usd("invoices", "net", 2, "10.01"),
        usd("invoices", "pass_through", 2, "0"),
        usd("invoices", "tax", 1, "0.83", reason="state"),
        usd("invoices", "line", 2, "0.04", reason="usage", talk_s=90, billed_s=120),
        usd("invoices", "line", 1, "10.00", reason="recurring"),
        usd("invoices", "line", 1, "-0.03", reason="allowance"),
    ],
}


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    lake = Lake.open(Settings(home=tmp_path_factory.mktemp("month")))
    for model, rows in TABLES.items():
        monthly = model in {RatedUsage, TaxedCharges, TaxLines}
        publish(lake, model, *rows, **({"billing_month": MONTH} if monthly else {"landing_day": DAY}))
    unpriced = {key: value for key, value in call(3, "B", 30).items() if key in AT or key in {"path", "line"}}
    suspended = unpriced | {"stage": "daily_aggregates", "reason": "no_rate", "account_id": "B", "talk_s": 30}
    publish(lake, SuspendedUsage, suspended, landing_day=DAY, stage="daily_aggregates")
    for stage, rows in DAILY_LEDGER.items():
        publish(lake, Ledger, *rows, period=DAY, stage=stage)
    for stage, rows in MONTHLY_LEDGER.items():
        publish(lake, Ledger, *rows, period=MONTH, stage=stage)
    for day in days_of_month(MONTH):
        if day != DAY:
            publish(lake, DailyAggregates, landing_day=day)
    return lake


@pytest.fixture(scope="module")
def billed(url):
    def on_invoice(row):
        names = ("line_id", "line_kind", "product", "amount", "calls", "talk_s", "billed_s")
        return {name: row[name] for name in names if name in row}

    tax = {"tax_type": "101", "level": "state", "amount": Decimal("0.83")}
    for account_id, taxes in (("A", [tax]), ("B", [])):
        lines = [on_invoice(row) for row in TABLES[RatedUsage] if row["account_id"] == account_id]
        add_invoice(url, MONTH, account_id, lines, taxes)
    return url


def test_the_month_balances_and_the_waterfall_is_worked_out_by_hand(lake, billed):
    found = reconcile(lake, billed, MONTH)
    assert found.failures == []
    assert found.balanced
    records = [(step.name, step.records, step.talk_s) for step in found.waterfall.records]
    assert records == [
        ("received", 4, 120),
        ("non-billable: unanswered", -1, 0),
        ("validated", 3, 120),
        ("suspended: no_rate", -1, -30),
        ("priced", 2, 90),
    ]
    assert [(step.name, step.amount) for step in found.waterfall.money["USD"]] == [
        ("call charges", Decimal("0.0375")),
        ("allowance", Decimal("-0.0250")),
        ("recurring", Decimal(10)),
        ("rounding to the minor unit", Decimal("-0.0025")),
        ("charge lines", Decimal("10.01")),
        ("tax: state", Decimal("0.83")),
        ("payable", Decimal("10.84")),
    ]


def swapped_aggregates():
    first, second = TABLES[DailyAggregates]
    return [first | {"account_id": "B"}, second | {"account_id": "A"}]


def dearer_line():
    first, *others = TABLES[RatedUsage]
    return [first | {"amount": Decimal("0.02")}, *others]


FAULTS = {
    "a record lost between file and table": (
        RawCdr,
        RAW[:-1],
        {"landing_day": DAY},
        {"files", "tables"},
        f"raw_cdr: files: 2032-06-02, {FILE}: records: read from the file 4, rows of raw_cdr 3",
    ),
    "two accounts swapped": (
        DailyAggregates,
        swapped_aggregates(),
        {"landing_day": DAY},
        {"calls_of_accounts", "usage_of_accounts"},
        "daily_aggregates: calls_of_accounts: 2032-06-02, A: talk_s: validated 50, aggregated + suspended 40",
    ),
    "a charge line changed after it was invoiced": (
        RatedUsage,
        dearer_line(),
        {"billing_month": MONTH},
        {"lines_taxed", "lines_invoiced"},
        "invoices: lines_invoiced: A-usage, A, USD, usage, usage: amount: charge lines 0.02, invoice lines 0.01",
    ),
    "a tax line lost": (
        TaxLines,
        [],
        {"billing_month": MONTH},
        {"tables", "taxes_of_lines", "taxes_invoiced"},
        "taxed_charges: taxes_of_lines: A-recurring, A: tax: on the charge 0.825, tax lines 0.00",
    ),
    "a ledger that says more than there is": (
        Ledger,
        [MONTHLY_LEDGER["invoices"][0], *(row | {"records": 9} for row in MONTHLY_LEDGER["invoices"][1:])],
        {"period": MONTH, "stage": "invoices"},
        {"tables", "invoiced"},
        "ledger: tables: invoices, 2032-06-01, USD, tax, state: records: ledger 9, recounted 1",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_named_with_its_place_and_both_figures(lake, billed, fault):
    model, rows, partition, controls, line = FAULTS[fault]
    before = lake.snapshots(model)[-1].id
    publish(lake, model, *rows, **partition)
    try:
        found = reconcile(lake, billed, MONTH)
    finally:
        lake.rollback(model, before, "undo", "test", **partition)
    assert {proof.name for proof in found.proofs if not proof.holds} == controls
    assert line in found.failures
