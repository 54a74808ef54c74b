"""The checks of rated_usage on a small month that is right, and on the same month broken in one place."""

from datetime import date, timedelta
from decimal import Decimal

import polars as pl
import pytest

from telebill_assets.audit.controls.thresholds import Thresholds
from telebill_assets.rating.month.charge_lines import charge_lines
from telebill_assets.rating.month.month import Month
from telebill_assets.stages.rated_usage.checks import (
    MEASURES,
    Counted,
    controls,
    days_agree,
    every_day_is_there,
    usage_balance,
)
from telebill_assets.tables.daily_aggregates import DailyAggregates
from telebill_assets.tables.ledger import Ledger
from telebill_assets.tables.reference.services import Services
from telebill_assets.tables.table import from_rows
from telebill_assets_tests.unit.rating.month.months import APRIL, april, calls, tariff

MONTH = Month(APRIL)
CALLS = [
    calls(1, 60, "0.0625"),
    calls(2, 600, "0.60") | {"account_id": "B", "service_id": "T"},
    calls(2, 90, "0.45", destination="uk"),
]
SERVICES = [
    {"account_id": account, "service_id": service, "valid_from": date(2020, 1, 1)}
    for account, service in (("A", "S"), ("A", "idle"), ("B", "T"), ("C", "idle"))
]
AGGREGATES, SERVICE_MAP = from_rows(CALLS, DailyAggregates), from_rows(SERVICES, Services)


def counted(aggregates: pl.DataFrame, lines: pl.DataFrame) -> Counted:
    """Counted account by account, and put together."""
    parts = [pl.col("account_id") == account for account in ("A", "B", "C")]
    return Counted.total(
        Counted.of(aggregates.filter(own), lines.filter(own), SERVICE_MAP.filter(own), MONTH) for own in parts
    )


LINES = charge_lines(AGGREGATES, tariff(), APRIL)
WHOLE = counted(AGGREGATES, LINES)
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


def verdicts(found: Counted, priced: pl.DataFrame = PRICED, **thresholds: Decimal) -> dict[str, bool]:
    results = [*controls(found, priced, Thresholds(**thresholds)), usage_balance(found)]
    return {result.name: result.passed for result in results}


def test_a_month_that_is_right_passes():
    assert verdicts(WHOLE) == dict.fromkeys(
        ("aggregates_unchanged", "accounts_balance", "unused_services", "usage_balance"), True
    )
    assert usage_balance(WHOLE).figure.split("; ") == [
        "records: priced 3 = usage lines 3",
        "billed_s: priced 750 = usage lines 750",
        "amount: priced 1.1125 = usage lines 1.1125",
    ]


def test_counts_of_groups_are_the_counts_of_all():
    whole = Counted.of(AGGREGATES, LINES, SERVICE_MAP, MONTH)
    assert WHOLE.calls.sort("period").equals(whole.calls.sort("period"))
    assert WHOLE.lines.equals(whole.lines.sort("currency", "outcome"))
    assert (WHOLE.accounts, WHOLE.services) == (whole.accounts, whole.services)


def test_lines_are_counted_for_the_ledger_by_kind():
    """Usage 0.06 + 0.60 + 0.45; the free minutes of the plan's own account cover 0.0625."""
    usage = WHOLE.lines.filter(pl.col("outcome") == "usage").row(0, named=True)
    assert (usage["records"], usage["calls"], usage["billed_s"], usage["amount"]) == (3, 3, 750, Decimal("1.1125"))
    assert WHOLE.net == {"USD": "0.45"}


def test_a_day_that_published_other_calls_is_noticed():
    priced = PRICED.with_columns(amount=pl.col("amount") + pl.lit(Decimal("0.0000000001")))
    found = controls(WHOLE, priced, Thresholds())[0]
    assert not found.passed
    assert found.samples[0] == "2020-04-01, USD: amount -0.0000000001"


def test_a_charge_on_the_line_of_another_account_is_noticed():
    to_b = pl.when(pl.col("line_id") == "A-usage-P-outbound-uk-interstate").then(pl.lit("B")).otherwise("account_id")
    swapped = counted(AGGREGATES, LINES.with_columns(account_id=to_b))
    assert {name for name, passed in verdicts(swapped).items() if not passed} == {"accounts_balance"}
    assert swapped.accounts.samples[0] == (
        "A, USD: records -1.0000000000, talk_s -90.0000000000, billed_s -90.0000000000, amount -0.4500000000"
    )


def test_a_usage_line_that_is_missing_is_noticed():
    broken = counted(AGGREGATES, LINES.filter(pl.col("line_id") != "A-usage-P-outbound-uk-interstate"))
    assert {name for name, passed in verdicts(broken).items() if not passed} == {"accounts_balance", "usage_balance"}


def test_services_without_calls_are_counted():
    found = controls(WHOLE, PRICED, Thresholds(unused_services_percent=Decimal(40)))[2]
    assert (found.passed, found.figure) == (False, "2 of 4 active services (50.00 %) have no call")
    assert found.samples == ["account A", "account C"]


def test_a_day_that_is_not_published_is_named():
    days = [APRIL + timedelta(days=n) for n in range(30)]
    assert every_day_is_there(days, days).passed
    found = every_day_is_there(days[1:], days)
    assert (found.passed, found.figure, found.samples) == (False, "29 of 30 days", ["2020-04-01"])


@pytest.mark.parametrize(("priced", "stale"), [(5, []), (4, ["2020-04-02"])])
def test_a_day_validated_again_after_it_was_priced_is_named(priced, stale):
    counts = {"raw_cdr": ("received", 5), "validated_usage": ("validated", 5), "daily_aggregates": ("priced", priced)}
    rows = [
        {"period": april(2), "path": "a.csv", "stage": stage, "outcome": outcome, "records": records, "talk_s": 60}
        for stage, (outcome, records) in counts.items()
    ]
    found = days_agree(from_rows(rows, Ledger).lazy(), [april(1), april(2)])
    assert (found.passed, found.samples) == (not stale, stale)
    assert found.figure == f"{len(stale)} of 2 days disagree"


def test_nobody_has_nothing_to_count():
    nothing = Counted.of(AGGREGATES.clear(), LINES.clear(), SERVICE_MAP.clear(), MONTH)
    assert usage_balance(nothing).passed
    assert nothing.calls.columns == ["period", "currency", *MEASURES]
