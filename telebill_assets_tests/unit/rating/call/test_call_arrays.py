"""Calls as numbers: contracts by date, keys of telephone numbers, exact decimals."""

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from telebill_assets.rating.call.contracts import Contract, Subscriptions
from telebill_assets.rating.call.destinations import number_key, number_keys
from telebill_assets.rating.call.exact import decimal_series

FIRST = date(1970, 1, 1)
ACCOUNTS = ("a", "b", "c")
PERIODS = st.tuples(st.sampled_from(ACCOUNTS), st.integers(0, 3), st.none() | st.integers(0, 3), st.integers(0, 2))


def subscriptions_of(drawn):
    """Rows of subscriptions that follow each other in each account: gap before, days (None: open end), plan."""
    begins = dict.fromkeys(ACCOUNTS, 0)
    rows = []
    for account, gap, days, plan in drawn:
        begin = begins[account]
        if begin is None:
            continue
        since = FIRST + timedelta(days=begin + gap)
        until = None if days is None else since + timedelta(days=days)
        rows.append({"account_id": account, "plan": plan, "time_zone": "UTC", "valid_from": since, "valid_to": until})
        begins[account] = None if days is None else begin + gap + days + 1
    return rows


@settings(deadline=None)
@given(st.lists(PERIODS, max_size=8).map(subscriptions_of), st.randoms())
def test_an_account_has_the_contract_whose_period_holds_the_day(rows, random):
    contracts = {Contract(plan, "UTC"): plan for plan in range(3)}
    shuffled = random.sample(rows, len(rows))
    asked = [(account, day) for account in (*ACCOUNTS, "nobody") for day in range(15)]
    found = Subscriptions.build(shuffled, contracts).contracts_of(
        pl.Series([account for account, _ in asked]), np.array([day for _, day in asked])
    )
    for (account, day), contract in zip(asked, found.tolist(), strict=True):
        on = FIRST + timedelta(days=day)
        held = [
            row["plan"]
            for row in rows
            if row["account_id"] == account and row["valid_from"] <= on <= (row["valid_to"] or date.max)
        ]
        assert contract == (held[0] if held else len(contracts))


@settings(deadline=None)
@given(st.lists(st.text("0123456789", min_size=1, max_size=20), max_size=20))
def test_keys_of_numbers_are_those_of_their_first_fifteen_digits(numbers):
    keys = number_keys(pl.Series([f"+{digits}" for digits in numbers], dtype=pl.String))
    assert keys.tolist() == [number_key(digits[:15]) for digits in numbers]


def test_what_is_no_number_has_the_key_that_no_prefix_starts():
    assert number_keys(pl.Series(["+1512", None, "+", "", "+12x"])).tolist() == [number_key("1512"), 0, 0, 0, 0]


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(-(10**18) + 1, 10**18 - 1), st.booleans()), max_size=20), st.integers(0, 10))
def test_units_become_decimals_exactly(drawn, scale):
    units, known = (np.array([row[i] for row in drawn], kind) for i, kind in enumerate((np.int64, np.bool_)))
    found = decimal_series("charge", units, known, scale)
    assert found.dtype == pl.Decimal(18, scale)
    assert found.to_list() == [Decimal(n).scaleb(-scale) if there else None for n, there in drawn]
