"""What waits in suspense, by age, at the day's average charge of a second."""

from datetime import date
from decimal import Decimal

import polars as pl

from telebill_assets.audit.controls.suspense import Waiting, waiting
from telebill_assets.tables.daily_aggregates import DailyAggregates
from telebill_assets.tables.suspended_usage import SuspendedUsage
from telebill_assets.tables.table import from_rows

TODAY, BEFORE = date(2020, 4, 3), date(2020, 4, 1)
LONGEST = 3_600


def suspended(*records: tuple[date, str | None, int | None]) -> pl.DataFrame:
    names = ("landing_day", "account_id", "talk_s")
    return from_rows([dict(zip(names, record, strict=True)) for record in records], SuspendedUsage)


def aggregates(*sums: tuple[str, int, str]) -> pl.DataFrame:
    rows = [{"account_id": account, "talk_s": talk_s, "charge": Decimal(charge)} for account, talk_s, charge in sums]
    return from_rows(rows, DailyAggregates)


def test_seconds_are_worth_what_their_account_pays_and_else_what_all_pay():
    """A pays 3.00 for 600 s, B 1.00 for 400 s, all 4.00 for 1,000 s: 90 s are worth 0.45, 0.225 and 0.36."""
    charged = aggregates(("A", 300, "1.00"), ("A", 300, "2.00"), ("B", 400, "1.00"))
    records = suspended((TODAY, "A", 90), (BEFORE, "B", 90), (BEFORE, "Z", 90), (BEFORE, None, 90))
    found = sorted(waiting(records, charged, TODAY, LONGEST), key=lambda each: each.age_days)
    assert found == [Waiting(0, 1, 90, Decimal("0.45")), Waiting(2, 3, 270, Decimal("0.945"))]


def test_absurd_seconds_count_for_the_longest_call_or_for_nothing():
    charged = aggregates(("A", 3_600, "1.00"))
    records = suspended((TODAY, "A", 10**12), (TODAY, "A", -60), (TODAY, "A", None))
    assert waiting(records, charged, TODAY, LONGEST) == [Waiting(0, 3, LONGEST, Decimal(1))]


def test_without_a_priced_call_nothing_has_a_value():
    assert waiting(suspended((TODAY, "A", 60)), aggregates(), TODAY, LONGEST) == [Waiting(0, 1, 60, Decimal(0))]


def test_a_value_is_exact_to_ten_decimals():
    """1 s at 1.00 for 3 s is a third: 0.3333333333; 2 s are two thirds, rounded half-up."""
    charged = aggregates(("A", 3, "1.00"))
    (one,) = waiting(suspended((TODAY, "A", 1)), charged, TODAY, LONGEST)
    (two,) = waiting(suspended((TODAY, "A", 2)), charged, TODAY, LONGEST)
    assert (one.value, two.value) == (Decimal("0.3333333333"), Decimal("0.6666666667"))
