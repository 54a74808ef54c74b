"""Every month rule against amounts worked out by hand. Each case is an account with a plan of its own in one month."""

from datetime import date
from decimal import Decimal

import pytest

from telebill_assets_tests.unit.rating.month.months import (
    FEE,
    Rows,
    Scenario,
    allowance,
    april,
    calls,
    discount,
    march,
    run_april,
    run_march_and_april,
    tiers,
)

Lines = list[tuple[str, str, str]]
US = "United States, interstate"
UP_TO_TEN = {"up_to": "10", "unit_price": "0.05", "flat": "1"}
BEYOND = {"unit_price": "0.02"}
BUNDLE = tiers("Bundle", "package", {"up_to": "30", "flat": "2.50"}, {"unit_price": "1.50", "increment": "15"})
TEN = discount("Ten", percent=Decimal(10), scope="usage")
FORTY = discount("Forty", amount=Decimal(40))
MINIMUM = {"plan_id": "P", "minimum": "Least", "amount": Decimal(100), "scope": "usage", "product": "usage_interstate"}


def subscribed(valid_from: date, valid_to: date | None = None) -> list[dict]:
    return [{"account_id": "A", "plan_id": "P", "quantity": Decimal(1), "valid_from": valid_from, "valid_to": valid_to}]


def seat_discount(valid_from: date | None, valid_to: date | None) -> dict[str, list[dict]]:
    rule = discount("Ten", percent=Decimal(10), valid_from=valid_from, valid_to=valid_to)
    return {"plan_fees": [FEE], "plan_discounts": [rule]}


SEAT = ("recurring", "Seat", "30.00")
CASES: dict[str, tuple[Scenario, Lines]] = {
    "an allowance of calls counts calls": (
        Scenario([calls(1, 90, "0.90") | {"calls": 3}], {"plan_allowances": [allowance("two", 2, unit="call")]}),
        [("allowance", f"Included: two, {US}", "-0.60")],
    ),
    "what one allowance lacks is taken from the next": (
        Scenario(
            [calls(1, 30, "1.00"), calls(2, 70, "7.00", destination="uk")],
            {"plan_allowances": [allowance("first", 20), allowance("second", 100, position=2, groups="*")]},
        ),
        [
            ("allowance", f"Included: first, {US}", "-0.67"),
            ("allowance", "Included: second, United Kingdom, interstate", "-7.00"),
            ("allowance", f"Included: second, {US}", "-0.33"),
        ],
    ),
    "messages are counted apart from calls": (
        Scenario(
            [
                calls(1, 60, "0.60"),
                calls(1, 0, "0.50") | {"usage_type": "sms", "calls": 4, "units": 5},
                calls(2, 0, "0.30") | {"usage_type": "sms", "calls": 3, "units": 3},
            ],
            {"plan_allowances": [allowance("six", 6, unit="message"), allowance("half", 30, position=2)]},
        ),
        [("allowance", f"Included: six, {US}", "-0.60"), ("allowance", f"Included: half, {US}", "-0.30")],
    ),
    "an allowance with dates covers the calls of these days": (
        Scenario(
            [calls(day, 60, "0.60") for day in (1, 2, 3, 4)],
            {"plan_allowances": [allowance("free", 600, valid_from=april(2), valid_to=april(3))]},
        ),
        [("allowance", f"Included: free, {US}", "-1.20")],
    ),
    "calls of a day are one sum on whatever days they arrived": (
        Scenario([calls(1, 60, "0.20"), calls(1, 60, "1.00", landed=2)], {"plan_allowances": [allowance("free", 60)]}),
        [("allowance", f"Included: free, {US}", "-0.60")],
    ),
    "graduated tiers replace the calls' own charges": (
        Scenario([calls(1, 1200, "1.20")], {"plan_tiers": tiers("Minutes", "graduated", UP_TO_TEN, BEYOND)}),
        [
            ("tier", "Minutes: calls priced by tiers instead, interstate", "-1.20"),
            ("tier", "Minutes: from 0 to 10 min", "0.50"),
            ("tier", "Minutes: from 0 to 10 min, flat price", "1.00"),
            ("tier", "Minutes: from 10 min", "0.20"),
        ],
    ),
    "tiers count what allowances leave": (
        Scenario(
            [calls(1, 1200, "1.20")],
            {
                "plan_allowances": [allowance("free", 900)],
                "plan_tiers": tiers("Minutes", "volume", UP_TO_TEN, BEYOND),
            },
        ),
        [
            ("allowance", f"Included: free, {US}", "-0.90"),
            ("tier", "Minutes: all at the price from 0 to 10 min", "0.25"),
            ("tier", "Minutes: all at the price from 0 to 10 min, flat price", "1.00"),
            ("tier", "Minutes: calls priced by tiers instead, interstate", "-0.30"),
        ],
    ),
    "volume prices all by the tier that holds it": (
        Scenario(
            [calls(1, 1200, "0"), calls(2, 300, "0")],
            {"plan_tiers": tiers("Minutes", "volume", UP_TO_TEN, BEYOND)},
        ),
        [("tier", "Minutes: all at the price from 10 min", "0.50")],
    ),
    "packages are sold whole": (
        Scenario([calls(1, 46 * 60, "9.99")], {"plan_tiers": BUNDLE}),
        [
            ("tier", "Bundle: calls priced by tiers instead, interstate", "-9.99"),
            ("tier", "Bundle: from 0 to 30 min", "0.00"),
            ("tier", "Bundle: from 0 to 30 min, flat price", "2.50"),
            ("tier", "Bundle: from 30 min, by 15 min", "3.00"),
        ],
    ),
    "calls that cost nothing use nothing": (
        Scenario(
            [calls(1, 100, "0") | {"direction": "inbound"}, calls(2, 60, "0.60")],
            {"plan_allowances": [allowance("free", 60)]},
        ),
        [("allowance", f"Included: free, {US}", "-0.60")],
    ),
    "tiers count outbound calls": (
        Scenario([calls(1, 600, "0.50") | {"direction": "inbound"}], {"plan_tiers": BUNDLE}),
        [("tier", "Bundle: from 0 to 30 min, flat price", "2.50")],
    ),
    "the first flat price is due without a call": (
        Scenario([], {"plan_tiers": BUNDLE}),
        [("tier", "Bundle: from 0 to 30 min, flat price", "2.50")],
    ),
    "tiers may count calls": (
        Scenario(
            [calls(1, 60, "0.10") | {"calls": 7}],
            {"plan_tiers": tiers("Messages", "graduated", {"up_to": "5", "unit_price": "0"}, BEYOND, unit="call")},
        ),
        [
            ("tier", "Messages: calls priced by tiers instead, interstate", "-0.10"),
            ("tier", "Messages: from 0 to 5 call", "0.00"),
            ("tier", "Messages: from 5 call", "0.04"),
        ],
    ),
    # 10 % of 33.33 are 3.333, so 3.33; 5 % of the 30.00 that are left 1.50, and of the fee 1.50.
    "discounts follow each other, each on what is left": (
        Scenario(
            [calls(1, 60, "33.33")],
            {"plan_fees": [FEE], "plan_discounts": [TEN, discount("Five", position=2, percent=Decimal(5))]},
        ),
        [
            ("discount", "Five: Calls to other states", "-1.50"),
            ("discount", "Five: Seat", "-1.50"),
            ("discount", "Ten: Calls to other states", "-3.33"),
            SEAT,
        ],
    ),
    "an amount is used up by the largest first": (
        Scenario([calls(1, 60, "12.00")], {"plan_fees": [FEE], "plan_discounts": [FORTY]}),
        [("discount", "Forty: Calls to other states", "-10.00"), ("discount", "Forty: Seat", "-30.00"), SEAT],
    ),
    "nothing is discounted below zero": (
        Scenario([calls(1, 60, "2.00")], {"plan_discounts": [FORTY]}),
        [("discount", "Forty: Calls to other states", "-2.00")],
    ),
    "a discount on destination groups leaves other calls alone": (
        Scenario(
            [calls(1, 60, "3.00"), calls(1, 60, "4.00", destination="uk")],
            {"plan_discounts": [discount("Far", percent=Decimal(50), scope="usage", groups="far")]},
        ),
        [("discount", "Far: Calls to other states, far", "-2.00")],
    ),
    "a discount holds from its first month": (
        Scenario([], seat_discount(april(1), None)),
        [("discount", "Ten: Seat", "-3.00"), SEAT],
    ),
    "a discount does not hold before": (Scenario([], seat_discount(date(2020, 5, 1), None)), [SEAT]),
    "a discount does not hold after": (Scenario([], seat_discount(None, date(2020, 3, 31))), [SEAT]),
    # 40.00 less 10 % are 36.00. The fee counts only if all does.
    "what is missing to the minimum is charged after discounts": (
        Scenario([calls(1, 60, "40.00")], {"plan_fees": [FEE], "plan_discounts": [TEN], "plan_minimums": [MINIMUM]}),
        [("discount", "Ten: Calls to other states", "-4.00"), ("minimum", "Least", "64.00"), SEAT],
    ),
    "fees count towards a minimum of all": (
        Scenario([calls(1, 60, "40.00")], {"plan_fees": [FEE], "plan_minimums": [MINIMUM | {"scope": "all"}]}),
        [("minimum", "Least", "30.00"), SEAT],
    ),
    "a minimum that is reached is not charged": (
        Scenario([calls(1, 60, "100.00")], {"plan_minimums": [MINIMUM]}),
        [],
    ),
    "a minimum is prorated by the day": (  # 7 of 30 days
        Scenario([], {"plan_minimums": [MINIMUM], "subscriptions": subscribed(april(24))}),
        [("minimum", "Least", "23.33")],
    ),
    "the first month of a fee in advance is billed with it": (  # 10 of 30 days, and May
        Scenario([], {"plan_fees": [FEE | {"billed": "advance"}], "subscriptions": subscribed(april(21))}),
        [("recurring", "Seat", "10.00"), ("recurring", "Seat", "30.00")],
    ),
}


@pytest.fixture(scope="module")
def in_april() -> Rows:
    return run_april({name: scenario for name, (scenario, _) in CASES.items()})


@pytest.mark.parametrize("name", CASES)
def test_lines_are_as_worked_out_by_hand(in_april, name):
    found = [
        (line["line_kind"], line["description"], str(line["amount"]))
        for line in in_april[name]
        if line["line_kind"] != "usage"
    ]
    assert sorted(found) == sorted(CASES[name][1])


def test_credits_of_a_call_are_its_charge_to_the_last_decimal(in_april):
    found = in_april["what one allowance lacks is taken from the next"]
    credited = [line["exact_amount"] for line in found if line["line_kind"] == "allowance"]
    assert credited == [Decimal("-0.6666666667"), Decimal(-7), Decimal("-0.3333333333")]


def test_quantity_times_price_explains_the_amount_of_a_tier(in_april):
    found = [line for line in in_april["packages are sold whole"] if line["line_kind"] == "tier" and line["unit_price"]]
    assert [(line["quantity"], line["unit"], line["unit_price"]) for line in found] == [
        (1, "pcs", Decimal("2.5")),
        (2, "pcs", Decimal("1.5")),
    ]
    assert all(line["quantity"] * line["unit_price"] == line["exact_amount"] for line in found)


def test_replaced_charges_keep_their_product_and_tiers_have_their_own(in_april):
    found = in_april["graduated tiers replace the calls' own charges"]
    assert {(line["product"], line["amount"] < 0) for line in found if line["line_kind"] == "tier"} == {
        ("usage_interstate", True),
        ("usage_international", False),
    }


def kept(units: int, **more: object) -> dict[str, list[dict]]:
    return {"plan_allowances": [allowance("free", units, rollover_months=1, **more)]}


SERVICES = [
    {"account_id": "A", "service_id": name, "source": "*", "service_key": name, "valid_from": date(2020, 1, 1)}
    for name in ("S", "T")
]
RENTAL = {
    "charge_id": "C",
    "account_id": "A",
    "kind": "recurring_advance",
    "product": "seat",
    "description": "Rental",
    "quantity": Decimal(2),
    "unit": "pcs",
    "unit_price": Decimal("1.25"),
    "valid_from": date(2020, 1, 1),
}
ADVANCE = {"plan_fees": [FEE | {"billed": "advance"}]}
LONG_AGO = date(2020, 1, 1)
TWO_MONTHS: dict[str, Scenario] = {
    # 400 of 600 s in March leave 200 s; in April 700 s use these and 500 s of April's own. 0.01 a second.
    "kept": Scenario([calls(1, 700, "7.00")], kept(600), [march(calls(1, 400, "4.00"))]),
    "not kept": Scenario([calls(1, 700, "7.00")], {"plan_allowances": [allowance("free", 600)]}),
    # S has 100 s left of March, T all 300 s for it made no call: S is covered for 400 s, T for 500 s.
    "services": Scenario(
        [calls(1, 500, "5.00"), calls(1, 500, "5.00") | {"service_id": "T"}],
        kept(300, scope="service") | {"services": SERVICES},
        [march(calls(1, 200, "2.00"))],
    ),
    "advance": Scenario(rules=ADVANCE),
    "begun": Scenario(
        rules=ADVANCE | {"subscriptions": subscribed(LONG_AGO, date(2020, 1, 31))},
        later={"subscriptions": subscribed(april(21))},
    ),
    "ended": Scenario(
        rules=ADVANCE | {"subscriptions": subscribed(LONG_AGO)},
        later={"subscriptions": subscribed(LONG_AGO, april(12))},
    ),
    "more": Scenario(rules={"charges": [RENTAL]}, later={"charges": [RENTAL | {"quantity": Decimal(3)}]}),
}


@pytest.fixture(scope="module")
def months() -> list[Rows]:
    return run_march_and_april(TWO_MONTHS)


def credited(lines: list[dict]) -> list[tuple[str, str]]:
    return [(line["description"], str(line["amount"])) for line in lines if line["line_kind"] == "allowance"]


def test_units_that_nobody_used_are_kept_for_the_next_month_and_used_first(months):
    first, left, second, after = (found["kept"] for found in months)
    assert credited(first) == [(f"Included: free, {US}", "-4.00")]
    assert credited(second) == [
        (f"Included: free (of 2020-03), {US}", "-2.00"),
        (f"Included: free, {US}", "-5.00"),
    ]
    assert [(row["available"], row["used"], row["remaining"]) for row in left] == [(600, 400, 200)]
    assert [(row["granted_month"], row["available"], row["used"], row["remaining"]) for row in after] == [
        (date(2020, 3, 1), 200, 200, 0),
        (april(1), 600, 500, 100),
    ]
    assert [row["last_month"] for row in after] == [april(1), date(2020, 5, 1)]


def test_units_without_rollover_end_with_their_month(months):
    *_, second, after = (found["not kept"] for found in months)
    assert credited(second) == [(f"Included: free, {US}", "-6.00")]
    assert [(row["granted_month"], row["remaining"]) for row in after] == [(april(1), 0)]


def test_units_of_a_service_are_its_own_also_when_they_are_kept(months):
    _, left, second, after = (found["services"] for found in months)
    assert sorted((row["service_id"], row["remaining"]) for row in left) == [("S", 100), ("T", 300)]
    assert [amount for _, amount in credited(second)] == ["-4.00", "-5.00"]
    assert {(row["service_id"], row["granted_month"]): row["remaining"] for row in after} == {
        ("S", date(2020, 3, 1)): 0,
        ("T", date(2020, 3, 1)): 0,
        ("S", april(1)): 0,
        ("T", april(1)): 100,
    }


def recurring(lines: list[dict]) -> list[tuple[str, date, date]]:
    return [(str(line["amount"]), line["service_from"], line["service_to"]) for line in lines]


MAY = (date(2020, 5, 1), date(2020, 5, 31))


def test_a_fee_in_advance_is_billed_with_the_month_before(months):
    """March bills itself, because nobody had billed it, and April; April bills May alone."""
    first, _, second, _ = (found["advance"] for found in months)
    assert recurring(first) == [
        ("30.00", date(2020, 3, 1), date(2020, 3, 31)),
        ("30.00", april(1), april(30)),
    ]
    assert recurring(second) == [("30.00", *MAY)]


def test_days_that_were_not_billed_in_advance_are_billed_with_their_month(months):
    """The seat is ordered on 21 April: 10 of 30 days, and May."""
    assert recurring(months[2]["begun"]) == [("10.00", april(21), april(30)), ("30.00", *MAY)]


def test_days_billed_in_advance_that_are_not_due_are_credited(months):
    """The seat is given back on 12 April: 18 of 30 days are credited, and May is not billed."""
    assert recurring(months[2]["ended"]) == [("-18.00", april(13), april(30))]
    assert months[2]["ended"][0]["description"] == "Seat, credit for days billed in advance"


def test_an_accounts_charge_can_be_billed_in_advance_too(months):
    assert recurring(months[2]["more"]) == [("1.25", april(1), april(30)), ("3.75", *MAY)]
