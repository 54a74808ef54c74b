"""The checks of rated_usage on a small month that is right, and on the same month broken in one place."""

from datetime import date
from decimal import Decimal

import polars as pl

from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.controls.agreement import ACCOUNTS, AGGREGATES, agreed, agreement
from telebill_assets.audit.controls.services import services_used, unused_services
from telebill_assets.audit.controls.thresholds import Thresholds
from telebill_assets.audit.ledger import ledger_rows
from telebill_assets.audit.tally import together
from telebill_assets.rating.month.charge_lines import charge_lines
from telebill_assets.stages.rated_usage.checks import MEASURES, OF_ACCOUNT, OF_DAY, Compared, compare, usage_balance
from telebill_assets.stages.rated_usage.job import counted
from telebill_assets.tables.daily_aggregates import DailyAggregates
from telebill_assets.tables.ledger import Ledger
from telebill_assets.tables.reference.services import Services
from telebill_assets.tables.table import from_rows
from telebill_assets_tests.unit.rating.month.months import APRIL, april, calls, tariff

CALLS = [
    calls(1, 60, "0.0625"),
    calls(2, 600, "0.60") | {"account_id": "B", "service_id": "T"},
    calls(2, 90, "0.45", destination="uk"),
]
SERVICES = [
    {"account_id": account, "service_id": service, "valid_from": date(2020, 1, 1)}
    for account, service in (("A", "S"), ("A", "idle"), ("B", "T"), ("C", "idle"))
]
CALLED, SERVICE_MAP = from_rows(CALLS, DailyAggregates), from_rows(SERVICES, Services)
LINES = charge_lines(CALLED, tariff(), APRIL)
UK_LINE = "A-usage-P-outbound-uk-interstate"
PRICED = from_rows(
    [
        {
            "period": april(1),
            "currency": "USD",
            "records": 1,
            "talk_s": 60,
            "billed_s": 60,
            "amount": Decimal("0.0625"),
        },
        {
            "period": april(2),
            "currency": "USD",
            "records": 2,
            "talk_s": 690,
            "billed_s": 690,
            "amount": Decimal("1.05"),
        },
    ],
    Ledger,
)


def by_account(lines: pl.DataFrame) -> list[Compared]:
    """Compared account by account."""
    found = []
    for account in ("A", "B", "C"):
        own = pl.col("account_id") == account
        used = services_used(SERVICE_MAP.filter(own), CALLED.filter(own), APRIL, april(30))
        found.append(compare(CALLED.filter(own), lines.filter(own), used))
    return found


def verdicts(lines: pl.DataFrame, priced: pl.DataFrame = PRICED, **thresholds: Decimal) -> dict[str, CheckResult]:
    parts = by_account(lines)
    of_days = pl.concat(part.of_days for part in parts)
    ledger = ledger_rows(counted(lines), "rated_usage", APRIL)
    results = [
        agreement(AGGREGATES, of_days, priced, OF_DAY, MEASURES),
        agreed(ACCOUNTS, together(part.differing_accounts for part in parts), OF_ACCOUNT, MEASURES),
        unused_services(together(part.unused for part in parts), Thresholds(**thresholds)),
        usage_balance(of_days, pl.concat(part.charged for part in parts), ledger),
    ]
    return {result.name: result for result in results}


def failed(found: dict[str, CheckResult]) -> set[str]:
    return {name for name, result in found.items() if not result.passed}


def test_a_month_that_is_right_passes():
    found = verdicts(LINES)
    assert failed(found) == set()
    assert found["usage_balance"].figure.split("; ") == [
        "records: priced 3 = usage lines 3",
        "billed_s: priced 750 = usage lines 750",
        "amount: priced 1.1125 = usage lines 1.1125",
    ]


def test_accounts_compared_one_by_one_are_what_all_of_them_are_together():
    whole = compare(CALLED, LINES, services_used(SERVICE_MAP, CALLED, APRIL, april(30)))
    parts = by_account(LINES)
    assert together(part.unused for part in parts) == whole.unused
    assert together(part.differing_accounts for part in parts) == whole.differing_accounts
    summed = pl.concat(part.of_days for part in parts).group_by(OF_DAY).agg(pl.col(MEASURES).sum())
    assert summed.sort("period").equals(whole.of_days.sort("period"))


def test_a_day_that_published_other_calls_is_noticed():
    priced = PRICED.with_columns(amount=pl.col("amount") + pl.lit(Decimal("0.0000000001")))
    found = verdicts(LINES, priced)
    assert failed(found) == {"aggregates_unchanged"}
    assert found["aggregates_unchanged"].samples[0] == "2020-04-01, USD: amount -0.0000000001"


def test_a_charge_on_the_line_of_another_account_is_noticed():
    to_b = pl.when(pl.col("line_id") == UK_LINE).then(pl.lit("B")).otherwise("account_id")
    found = verdicts(LINES.with_columns(account_id=to_b))
    assert failed(found) == {"accounts_balance"}
    assert found["accounts_balance"].samples[0] == ("A, USD: records -1, talk_s -90, billed_s -90, amount -0.45")


def test_a_usage_line_that_is_missing_is_noticed():
    assert failed(verdicts(LINES.filter(pl.col("line_id") != UK_LINE))) == {"accounts_balance", "usage_balance"}


def test_services_without_calls_are_counted():
    found = verdicts(LINES, unused_services_percent=Decimal(40))["unused_services"]
    assert (found.passed, found.figure) == (False, "2 of 4 active services (50.00 %) have no call")
    assert found.samples == ["account A", "account C"]


def test_nobody_has_nothing_to_compare():
    nothing = compare(CALLED.clear(), LINES.clear(), services_used(SERVICE_MAP.clear(), CALLED.clear(), APRIL, APRIL))
    ledger = ledger_rows(counted(LINES.clear()), "rated_usage", APRIL)
    assert usage_balance(nothing.of_days, nothing.charged, ledger).passed
