"""Published cases of tiers: numbers in any writing, exact answers, and a reason for every case that is wrong."""

from decimal import Decimal

from telebill_assets.quote.tiers import answer

TIERS = [{"up_to": 10, "unit_price": "0.1", "flat": 1, "increment": None}, {"up_to": None, "unit_price": "0.05"}]


def case(quantity, tiers=TIERS, model="graduated", **more):
    return {"id": "c", "model": model, "tiers": tiers, "quantity": quantity} | more


def test_answers_are_plain_decimals_in_the_order_of_the_cases():
    cases = [
        case("100", id="b"),
        case(0, [{"up_to": None, "unit_price": 3, "flat": None, "increment": None}], id="a"),
        case(Decimal("0.5"), id=7),
        case("1e3", [{"up_to": None, "unit_price": "1"}]),
        case(10, model="volume"),
        case("10.00000001"),
        case("1234567890.12345678", [{"up_to": None, "unit_price": "12345678.0123456789"}]),
        case(3, [{"up_to": 0, "flat": 2}, {"up_to": None, "unit_price": "1.5"}]),
    ]
    assert answer(cases) == [
        {"id": "b", "charge": "6.5"},  # 10 x 0.1 + 1 + 90 x 0.05
        {"id": "a", "charge": "0"},
        {"id": 7, "charge": "1.05"},
        {"id": "c", "charge": "1000"},
        {"id": "c", "charge": "2"},
        {"id": "c", "charge": "2.0000000005"},
        {"id": "c", "charge": "15241577655845156.404511518763907942"},
        {"id": "c", "charge": "6.5"},
    ]


WRONG = [
    (case(1, model="stairs"), "model is 'stairs', expected one of graduated, volume, package"),
    (case(1, []), "tiers is missing, expected at least one tier"),
    (case(1, 7), "tiers is '7', expected a list of objects, or null"),
    (case(None), "quantity is missing, expected a number, 0 or more"),
    (case("many"), "quantity is 'many', expected a number"),
    (case(-1), "quantity is '-1', expected a number, 0 or more"),
    (case("0.123456789"), "quantity is '0.123456789', expected a number with at most 10 digits and 8 decimals"),
    (case(21, [{"up_to": 20, "unit_price": 1}]), "quantity is '21', expected at most 20, the end of the last tier"),
    (case(1, [TIERS[1], TIERS[1]]), "up_to is missing, expected a number in every tier but the last"),
    (case(1, [TIERS[0], TIERS[0]]), "up_to is '10', expected more than 10"),
    (
        case("9e9", [{"unit_price": 9_000_000, "increment": "0.00000001"}]),
        "increment is '0.00000001', expected increments that cost less than 100000000000000000 in all",
    ),
    (case(1, [TIERS[0] | {"increment": 0}]), "increment is '0', expected more than 0"),
]


def test_a_wrong_case_says_what_is_wrong_and_the_others_are_answered():
    found = answer([*(wrong for wrong, _ in WRONG), case(1)])
    assert [row.get("error") for row in found] == [*(said for _, said in WRONG), None]
    assert found[-1] == {"id": "c", "charge": "1.1"}


def test_no_cases_have_no_answers():
    assert answer([]) == []
