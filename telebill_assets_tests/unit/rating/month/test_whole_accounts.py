"""A month made account group by account group has the same lines and balances as one made at once."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from telebill_assets.rating.month.charge_lines import rate_month
from telebill_assets.rating.month.month_before import MonthBefore
from telebill_assets_tests.unit.rating.month.months import (
    APRIL,
    FEE,
    Scenario,
    aggregates_of,
    allowance,
    calls,
    discount,
    march,
    tariff_for,
    tiers,
)

CALLS = st.lists(
    st.builds(
        lambda day, seconds, price, destination: calls(day, seconds, f"{price / 1000:.3f}", destination=destination),
        st.integers(1, 30),
        st.integers(1, 500),
        st.integers(0, 5_000),
        st.sampled_from(["us", "uk"]),
    ),
    max_size=4,
    unique_by=lambda row: (row["call_date"], row["destination"]),
)
ONE_OFF = {
    "charge_id": "C",
    "account_id": "A",
    "kind": "one_off",
    "product": "work",
    "description": "Work",
    "quantity": Decimal("1.5"),
    "unit": "h",
    "unit_price": Decimal("79.99"),
    "valid_from": APRIL,
}
RULES = st.fixed_dictionaries(
    {},
    optional={
        "plan_allowances": st.just([allowance("free", 600, rollover_months=1)]),
        "plan_tiers": st.just(tiers("T", "graduated", {"up_to": "5", "unit_price": "0.10"}, {"unit_price": "0.05"})),
        "plan_fees": st.sampled_from([[FEE], [FEE | {"billed": "advance"}]]),
        "plan_discounts": st.just([discount("Ten", percent=Decimal(10))]),
        "charges": st.just([ONE_OFF]),
        "subscriptions": st.just([]),
    },
)
MONTHS = st.lists(
    st.tuples(st.builds(Scenario, called=CALLS, rules=RULES), st.booleans()),
    min_size=1,
    max_size=4,
)
ALL_RULES = {
    "plan_allowances": [allowance("free", 600, rollover_months=1)],
    "plan_fees": [FEE | {"billed": "advance"}],
}


@pytest.fixture(scope="module")
def before() -> MonthBefore:
    """The four accounts' March: 500 of 600 s are left of it, and seats are billed for April."""
    accounts = {f"N{nr}": Scenario(before=[march(calls(1, 100, "1.00"))], rules=ALL_RULES) for nr in range(4)}
    rules = tariff_for(accounts, with_later=False)
    return MonthBefore(*rate_month(aggregates_of(accounts, "before"), rules, date(2020, 3, 1)))


def left_by(before: MonthBefore, accounts: list[str]) -> MonthBefore:
    return MonthBefore.kept(before.lines.lazy(), before.balances.lazy(), pl.col("account_id").is_in(accounts))


def figures(found: pl.DataFrame) -> list[tuple]:
    return sorted(found.rows(), key=str)


@settings(deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(MONTHS)
def test_any_groups_of_accounts_have_the_same_lines_and_balances(before, drawn):
    """Accounts without calls have their fees and charges in their own group and in no other."""
    scenarios = {f"N{nr}": scenario for nr, (scenario, _) in enumerate(drawn)}
    rules = tariff_for(scenarios, with_later=False)
    called = aggregates_of(scenarios, "called")
    whole = rate_month(called, rules, APRIL, left_by(before, [*scenarios]))
    parts = []
    for group in (False, True):
        own = [name for name, (_, drawn_group) in zip(scenarios, drawn, strict=True) if drawn_group == group]
        mine = pl.col("account_id").is_in(own)
        parts.append(rate_month(called.filter(mine), rules.of_accounts(mine), APRIL, left_by(before, own)))
    assert figures(pl.concat([part.lines for part in parts])) == figures(whole.lines)
    assert figures(pl.concat([part.balances for part in parts])) == figures(whole.balances)


def test_no_account_at_all_has_no_lines():
    nobody = tariff_for({"N": Scenario()}, with_later=False).of_accounts(pl.lit(value=False))
    lines, balances = rate_month(aggregates_of({}, "called"), nobody, APRIL)
    assert (len(lines), len(balances)) == (0, 0)
