"""A month's charge lines, against amounts worked out by hand, and the conservation of every call's charge."""

from collections import Counter
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telebill_assets_tests.unit.rating.month.months import ALLOWANCE_S, FEE, amounts, april, calls, lines


def test_calls_of_the_same_kind_are_one_line_with_their_unit_price():
    found = lines(
        [calls(1, 90, "0.09"), calls(2, 30, "0.03"), calls(2, 60, "0.30", destination="uk")], plan_allowances=[]
    )
    uk, us = found
    assert (us["calls"], us["quantity"], us["unit_price"]) == (2, Decimal("2.000000"), Decimal("0.06000000"))
    assert (us["exact_amount"], us["amount"]) == (Decimal("0.12"), Decimal("0.12"))
    assert (us["service_from"], us["service_to"]) == (april(1), april(2))
    assert us["description"] == "Calls to United States, interstate"
    assert (uk["amount"], uk["product"]) == (Decimal("0.30"), "usage_interstate")


def test_amounts_are_summed_exactly_and_rounded_once():
    """Five calls of 0.001 are 0.01 (half up from 0.005); rounding each of them would have made 0.00."""
    found = lines([calls(day, 1, "0.001") for day in range(1, 6)], plan_allowances=[])
    assert [(line["exact_amount"], line["amount"]) for line in found] == [(Decimal("0.005"), Decimal("0.01"))]


def test_the_allowance_is_used_in_call_date_order_and_the_last_call_in_part():
    """400 s + 400 s of 600 s: all of the first 0.40, and 200/400 of the second 0.60."""
    found = lines([calls(2, 400, "0.60"), calls(1, 400, "0.40", landed=5)])
    (credit,) = [line for line in found if line["line_kind"] == "allowance"]
    assert (credit["quantity"], credit["exact_amount"]) == (Decimal("10.000000"), Decimal("-0.70"))
    assert (credit["service_from"], credit["service_to"]) == (april(1), april(2))


def test_within_a_day_the_dearest_calls_use_the_allowance_first():
    cheap, dear = calls(1, 600, "0.10"), calls(1, 600, "0.50") | {"rate_id": "other"}
    found = lines([cheap, dear])
    assert amounts(found, "allowance") == [("Included: 10 minutes, United States, interstate", Decimal("-0.50"))]


def test_calls_of_other_destination_groups_do_not_use_the_allowance():
    assert amounts(lines([calls(1, 60, "0.30", destination="uk")]), "allowance") == []


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "expected"),
    [
        (date(2020, 1, 1), None, "90.00"),  # 3 seats
        (april(16), None, "45.00"),  # 15 of 30 days
        (date(2020, 1, 1), april(1), "3.00"),  # 1 of 30 days
        (april(30), date(2020, 5, 30), "3.00"),
        (date(2020, 5, 1), None, None),
        (date(2020, 1, 1), date(2020, 3, 31), None),
    ],
)
def test_fees_are_prorated_by_the_day(valid_from, valid_to, expected):
    subscription = {"account_id": "A", "plan_id": "P", "quantity": Decimal(3)}
    subscription |= {"valid_from": valid_from, "valid_to": valid_to}
    found = amounts(lines([], plan_fees=[FEE], subscriptions=[subscription]), "recurring")
    assert found == ([("Seat", Decimal(expected))] if expected else [])


def test_one_off_charges_are_billed_in_the_month_of_supply():
    charge = {
        "account_id": "A",
        "kind": "one_off",
        "product": "work",
        "description": "Work",
        "quantity": Decimal("1.5"),
        "unit": "h",
        "unit_price": Decimal("79.99"),
    }
    charges = [
        {**charge, "charge_id": str(day), "valid_from": day} for day in (date(2020, 3, 31), april(30), date(2020, 5, 1))
    ]
    charges.append({**charge, "charge_id": "fee", "kind": "pass_through", "valid_from": april(1)})
    found = lines([], charges=charges)
    assert amounts(found, "one_off") == [("Work", Decimal("119.99"))]  # 119.985
    assert amounts(found, "pass_through") == [("Work", Decimal("119.99"))]


AGGREGATE = st.builds(
    lambda day, seconds, price, destination: (day, seconds, price, destination),
    st.integers(1, 30),
    st.integers(1, 500),
    st.integers(0, 20_000),
    st.sampled_from(["us", "uk"]),
)


@settings(deadline=None, derandomize=True)
@given(st.lists(AGGREGATE, min_size=1, max_size=8, unique_by=lambda row: (row[0], row[3])))
def test_every_charge_is_on_a_line_and_credits_are_what_the_allowance_covers(rows):
    """The second method walks over the calls one after the other with fractions."""
    aggregates = [
        calls(day, seconds, str(Decimal(price).scaleb(-4)), destination=destination)
        for day, seconds, price, destination in rows
    ]
    found = lines(aggregates)
    charged = Counter()
    for line in found:
        charged[line["line_kind"], line["destination"]] += line["exact_amount"]
        assert line["amount"] == line["exact_amount"].quantize(Decimal("0.01"), ROUND_HALF_UP)
    for destination in ("us", "uk"):
        expected = sum((row["charge"] for row in aggregates if row["destination"] == destination), Decimal(0))
        assert charged["usage", destination] == expected
    left, credit = ALLOWANCE_S, Fraction(0)
    for row in sorted(aggregates, key=lambda row: row["call_date"]):
        if row["destination"] == "us" and row["charge"]:  # calls that cost nothing use nothing
            used = min(left, row["billed_s"])
            credit += Fraction(row["charge"]) * used / row["billed_s"]
            left -= used
    assert abs(Fraction(charged["allowance", "us"]) + credit) <= Fraction(1, 10**10)
