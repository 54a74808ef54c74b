"""A month of a large operator: reference tables of its accounts, and the aggregates of every day, made with numpy.

Accounts have one of two plans, five services, and calls of five kinds in two bands: at most 50 aggregate rows a day
each. Their lines are five of usage, a monthly fee, and for two of three accounts a one-off charge.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np
import polars as pl

from telebill_assets.audit.ledger import ledger_rows
from telebill_assets.compute.days import days_of_month
from telebill_assets.lake.data_files import write_file
from telebill_assets.lake.lake import Lake
from telebill_assets.rating.account_groups import AccountGroup, groups_for, split
from telebill_assets.rating.call.exact import decimal_series
from telebill_assets.tables.daily_aggregates import DailyAggregates
from telebill_assets.tables.ledger import Ledger
from telebill_assets.tables.reference.accounts import Accounts
from telebill_assets.tables.reference.charges import Charges
from telebill_assets.tables.reference.month_rules import (
    PlanAllowances,
    PlanDiscounts,
    PlanFees,
    PlanMaximums,
    PlanMinimums,
    PlanTiers,
)
from telebill_assets.tables.reference.plans import PlanBands, PlanDecks, Plans
from telebill_assets.tables.reference.rates import Rates
from telebill_assets.tables.reference.services import Services
from telebill_assets.tables.reference.subscriptions import Subscriptions
from telebill_assets.tables.table import TableModel, conform, from_rows

RUN = "benchmark"
SINCE = date(2019, 1, 1)
BANDS = ("day", "night")
SERVICES = 5
PLANS = {"us-large": "USD", "de-large": "EUR"}
STATES = (("TX", "Austin", "78701"), ("NY", "New York", "10001"), ("IL", "Chicago", "60601"), ("FL", "Miami", "33101"))
CALLS = {
    "us-large": (
        ("us", "us-canada", "intrastate"),
        ("us", "us-canada", "interstate"),
        ("germany", "europe", "international"),
        ("uk", "europe", "international"),
        ("france", "europe", "international"),
    ),
    "de-large": (
        ("germany", "europe", "national"),
        ("germany-mobile", "DE", "national"),
        ("us", "us-canada", "international"),
        ("uk", "europe", "international"),
        ("france", "europe", "international"),
    ),
}
"""Destination, its group, and jurisdiction of a plan's calls."""
MOST_ROWS = SERVICES * len(BANDS) * 5
"""Rows of an account and day."""


@dataclass(frozen=True)
class Size:
    """How large the month is."""

    month: date
    accounts: int
    rows: int
    """Aggregate rows of the whole month; what is made is within a thousandth of it."""


def publish_month(lake: Lake, size: Size, seed: int) -> int:
    """Replace the accounts and plans of a lake that has the demo's reference tables, and publish every day's rows.

    Returns:
        The number of aggregate rows.
    """
    accounts = _accounts(size)
    for model, frame in _reference(accounts, size.month).items():
        lake.publish(lake.stage_frame(conform(frame, model), model, RUN), RUN)
    random = np.random.default_rng(seed)
    days = days_of_month(size.month)
    share = size.rows / (len(days) * size.accounts * MOST_ROWS)
    groups = groups_for(size.rows // len(days))
    keys = {group: _keys(part) for group, part in split(accounts, groups).items()}
    return sum(_publish_day(lake, day, keys, share, random) for day in days)


def _publish_day(
    lake: Lake, day: date, keys: dict[AccountGroup, pl.DataFrame], share: float, random: np.random.Generator
) -> int:
    folder = lake.staging_folder(DailyAggregates, RUN, landing_day=day)
    files, counted = [], []
    for group, every in keys.items():
        rows = _measured(every.filter(pl.Series(random.random(every.height) < share)), day, random)
        files.append(write_file(conform(rows, DailyAggregates), DailyAggregates, folder, group.file_prefix))
        sums = {"records": "calls", "talk_s": "talk_s", "billed_s": "billed_s", "amount": "charge"}
        counted.append(rows.group_by("currency").agg(pl.col(name).sum().alias(to) for to, name in sums.items()))
    staged = lake.staged(DailyAggregates, files, RUN, landing_day=day)
    lake.publish(staged, RUN)
    for stage, ledger in _ledgers(pl.concat(counted), day):
        lake.publish(lake.stage_frame(ledger, Ledger, RUN, period=day, stage=stage), RUN)
    return staged.rows


def _measured(rows: pl.DataFrame, day: date, random: np.random.Generator) -> pl.DataFrame:
    """Calls, seconds and charges: 1 to 9 calls of 20 to 300 seconds, at 0.0010 to 0.0500 a second."""
    count = rows.height
    calls = random.integers(1, 10, count)
    talk = calls * random.integers(20, 301, count)
    billed = talk + random.integers(0, 60, count)
    charge = billed * random.integers(10, 501, count) * 10**6  # in units of ten decimals
    return rows.with_columns(
        landing_day=pl.lit(day),
        call_date=pl.lit(day),
        calls=pl.Series(calls),
        units=pl.Series(calls),
        talk_s=pl.Series(talk),
        billed_s=pl.Series(billed),
        charge=decimal_series("charge", charge, np.ones(count, bool), 10),
    )


def _ledgers(counted: pl.DataFrame, day: date) -> Iterator[tuple[str, pl.DataFrame]]:
    """What the ledgers of the day's stages say: all that was received was validated and priced."""
    priced = counted.group_by("currency").agg(pl.exclude("currency").sum())
    records = priced.select(pl.col("records", "talk_s").sum())
    for stage, outcome in (("raw_cdr", "received"), ("validated_usage", "validated")):
        yield stage, ledger_rows(records.with_columns(outcome=pl.lit(outcome), path=pl.lit("one")), stage, day)
    whole = priced.with_columns(outcome=pl.lit("priced"), path=pl.lit("one"))
    yield "daily_aggregates", ledger_rows(whole, "daily_aggregates", day)


def _accounts(size: Size) -> pl.DataFrame:
    """Two of three accounts in four states of the US, the others in Germany."""
    number = pl.int_range(size.accounts, eager=True).alias("number")
    american = pl.col("number") % 3 != 0
    states = pl.DataFrame(STATES, ("state", "city", "postal_code"), orient="row").with_row_index("place")
    of_country = {"country": ("US", "DE"), "seller_id": ("NLT", "NLD"), "locale": ("en_US", "de_DE")}
    of_country |= {"language": ("en", "de"), "time_zone": ("America/Chicago", "Europe/Berlin")}
    of_country |= {"currency": ("USD", "EUR"), "plan_id": ("us-large", "de-large")}
    place = pl.when(american).then(pl.col("number") // 3 % len(STATES)).cast(pl.UInt32)
    return (
        pl.DataFrame(number)
        .with_columns(
            account_id=pl.lit("M-") + pl.col("number").cast(pl.String).str.zfill(6),
            name=pl.format("Company {} Inc.", "number"),
            street=pl.format("{} Example Street", pl.col("number") % 400 + 1),
            sales_type=pl.lit("B"),
            exemptions=pl.lit("00"),
            call_detail=pl.lit("none"),
            place=place,
            **{name: pl.when(american).then(pl.lit(us)).otherwise(pl.lit(de)) for name, (us, de) in of_country.items()},
        )
        .join(states, on="place", how="left")
        .with_columns(pl.col("city").fill_null("Berlin"), pl.col("postal_code").fill_null("10115"))
    )


def _reference(accounts: pl.DataFrame, month: date) -> dict[TableModel, pl.DataFrame]:
    since, count = pl.lit(SINCE), pl.col("number") % 20 + 1
    charged = accounts.filter(pl.col("number") % 3 != 2)
    return {
        Accounts: accounts,
        Services: _services(accounts).with_columns(
            source=pl.lit("*"), service_key=pl.format("{}/{}", "account_id", "service_id"), valid_from=since
        ),
        Subscriptions: accounts.select("account_id", "plan_id", quantity=count, valid_from=since),
        Charges: charged.select(
            "account_id",
            charge_id=pl.format("C-{}", "number"),
            kind=pl.lit("one_off"),
            product=pl.lit("activation"),
            description=pl.lit("Activation"),
            quantity=count,
            unit=pl.lit("pcs"),
            unit_price=pl.lit(Decimal("4.90")),
            valid_from=pl.lit(month),
        ),
        **_plans(),
    }


def _plans() -> dict[TableModel, pl.DataFrame]:
    rounding = {"rounding_method": "half_up", "rounding_decimals": 4, "rounding_point": "call"}
    plans = [
        {"plan_id": plan, "name": plan, "currency": currency, "rate_deck": plan, **rounding}
        for plan, currency in PLANS.items()
    ]
    band = {"days": "1234567", "weight": 0}
    day, night = {"start_s": 28_800, "end_s": 72_000}, {"start_s": 72_000, "end_s": 28_800}
    bands = [
        {"plan_id": plan, "band": name, **band, **hours}
        for plan in PLANS
        for name, hours in zip(BANDS, (day, night), strict=True)
    ]
    fee = {"product": "voip_line", "description": "Voice line", "unit": "line", "unit_price": Decimal("18.50")}
    fees = [{"plan_id": plan, "billed": "arrears", **fee} for plan in PLANS]
    price = {"valid_from": SINCE, "from_s": 0, "connect_fee": 0, "rate": Decimal("0.6"), "unit_s": 60, "increment_s": 1}
    rates = [
        {"rate_deck": plan, "destination": destination, "jurisdiction": jurisdiction, "direction": "*", "band": name}
        | price
        for plan, calls in CALLS.items()
        for destination, _, jurisdiction in calls
        for name in BANDS
    ]
    empty = (PlanDecks, PlanAllowances, PlanTiers, PlanDiscounts, PlanMaximums, PlanMinimums)
    filled = {Plans: plans, PlanBands: bands, PlanFees: fees, Rates: rates}
    return {model: from_rows(rows, model) for model, rows in [*filled.items(), *((model, []) for model in empty)]}


def _services(accounts: pl.DataFrame) -> pl.DataFrame:
    numbers = pl.DataFrame({"service_id": [f"S-{number}" for number in range(SERVICES)]})
    return accounts.select("account_id", "plan_id", "currency").join(numbers, how="cross")


def _keys(accounts: pl.DataFrame) -> pl.DataFrame:
    """All keys that the accounts can have on a day."""
    kinds = pl.DataFrame(
        [
            (plan, *call, band, f"{plan}/{call[0]}/{call[2]}/*/{band}/{SINCE}")
            for plan, calls in CALLS.items()
            for call in calls
            for band in BANDS
        ],
        ("plan_id", "destination", "destination_group", "jurisdiction", "band", "rate_id"),
        orient="row",
    )
    usual = {"direction": pl.lit("outbound"), "usage_type": pl.lit("voice")}
    return _services(accounts).join(kinds, on="plan_id").with_columns(**usual)
