"""Maximum spends of a month: published examples, amounts worked out by hand, and what always holds."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from telebill_assets.invoicing.documents.words import DE, EN
from telebill_assets_tests.unit.rating.month.months import FEE, Scenario, amounts, april, calls, discount, run_april

PRODUCTS = {"usage": "usage_interstate", "recurring": "seat", "all": "seat"}
CATEGORIES = {"usage_interstate": "usage", "seat": "recurring"}


def maximum(amount: str, scope: str = "usage") -> dict:
    product = PRODUCTS[scope]
    return {"plan_id": "P", "maximum": f"Most {scope}", "amount": Decimal(amount), "scope": scope, "product": product}


def minimum(amount: str, scope: str) -> dict:
    product = PRODUCTS[scope]
    return {"plan_id": "P", "minimum": f"Least {scope}", "amount": Decimal(amount), "scope": scope, "product": product}


def usage_of(charge: str) -> list[dict]:
    return [calls(1, 600, charge)]


def subscribed(valid_from: date, valid_to: date | None = None) -> list[dict]:
    return [{"account_id": "A", "plan_id": "P", "quantity": Decimal(1), "valid_from": valid_from, "valid_to": valid_to}]


def rated(*scenarios: Scenario) -> list[list[dict]]:
    named = {f"N{number}": scenario for number, scenario in enumerate(scenarios)}
    found = run_april(named)
    return [found[name] for name in named]


def credited(lines: list[dict]) -> list[tuple[str, str]]:
    return sorted((words, str(amount)) for words, amount in amounts(lines, "maximum"))


@pytest.mark.parametrize(
    ("charge", "most", "credit", "left"),
    [("150", "125", "-25.00", "125.00"), ("165", "100", "-65.00", "100.00"), ("120", "100", "-20.00", "100.00")],
)
def test_published_examples(charge, most, credit, left):
    (lines,) = rated(Scenario(usage_of(charge), {"plan_maximums": [maximum(most)]}))
    assert credited(lines) == [("Most usage", credit)]
    assert str(sum(line["amount"] for line in lines)) == left


def test_a_credit_is_a_line_of_its_own():
    (lines,) = rated(Scenario(usage_of("165"), {"plan_maximums": [maximum("100")]}))
    line = next(line for line in lines if line["line_kind"] == "maximum")
    kept = ("line_id", "product", "plan_id", "quantity", "unit", "exact_amount", "service_from", "service_to")
    assert [line[name] for name in kept] == [
        *("N0-maximum-N0-Most usage", "usage_interstate", "N0", Decimal(1), "month", Decimal(-65)),
        *(april(1), april(30)),
    ]


def test_what_is_not_exceeded_is_not_credited():
    exactly, nothing = rated(
        Scenario(usage_of("100"), {"plan_maximums": [maximum("100")]}),
        Scenario([], {"plan_fees": [FEE], "plan_maximums": [maximum("100")]}),
    )
    assert credited(exactly) == credited(nothing) == []


def test_discounts_come_first():
    """150.00 less 10 % are 135.00."""
    ten = discount("Ten", percent=Decimal(10), scope="usage")
    (lines,) = rated(Scenario(usage_of("150"), {"plan_discounts": [ten], "plan_maximums": [maximum("125")]}))
    assert credited(lines) == [("Most usage", "-10.00")]


def test_only_charges_in_scope_count():
    of_usage, of_fees, of_all = (
        Scenario(usage_of("50"), {"plan_fees": [FEE], "plan_maximums": [maximum("20", scope)]}) for scope in PRODUCTS
    )
    assert [credited(lines) for lines in rated(of_usage, of_fees, of_all)] == [
        [("Most usage", "-30.00")],
        [("Most recurring", "-10.00")],
        [("Most all", "-60.00")],
    ]


def test_the_maximum_of_all_looks_at_what_the_others_left():
    """Usage 80.00 of at most 50.00, and the fee of 30.00: 80.00, of at most 75.00."""
    most = [maximum("75", "all"), maximum("50", "usage")]
    (lines,) = rated(Scenario(usage_of("80"), {"plan_fees": [FEE], "plan_maximums": most}))
    assert credited(lines) == [("Most all", "-5.00"), ("Most usage", "-30.00")]


def test_it_is_prorated_by_the_day():
    """7 of 30 days: 23.33 of 100.00."""
    rules = {"plan_maximums": [maximum("100")], "subscriptions": subscribed(april(24))}
    (lines,) = rated(Scenario([calls(25, 60, "30.00")], rules))
    assert credited(lines) == [("Most usage", "-6.67")]


def test_a_plan_that_is_over_has_no_maximum():
    """A call of March that landed in April is billed in full."""
    rules = {"plan_maximums": [maximum("100")], "subscriptions": subscribed(date(2020, 1, 1), date(2020, 3, 31))}
    (lines,) = rated(Scenario(usage_of("165"), rules))
    assert credited(lines) == []


def test_a_minimum_counts_what_the_maximum_left():
    """Usage of 80.00 is 50.00, and 40.00 are missing to 90.00 for the whole plan."""
    rules = {"plan_maximums": [maximum("50")], "plan_minimums": [minimum("90", "all")]}
    (lines,) = rated(Scenario(usage_of("80"), rules))
    assert (credited(lines), amounts(lines, "minimum")) == ([("Most usage", "-30.00")], [("Least all", Decimal(40))])


def test_both_languages_name_it():
    assert (EN["kind_maximum"], DE["kind_maximum"]) == ("Maximum spend", "Höchstbetrag")


CENTS = st.integers(0, 30_000).map(lambda cents: str(Decimal(cents) / 100))
MOST = st.integers(1, 20_000).map(lambda cents: str(Decimal(cents) / 100))
ACCOUNT = st.tuples(CENTS, st.booleans(), st.dictionaries(st.sampled_from(tuple(PRODUCTS)), MOST), st.booleans())


@settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.lists(ACCOUNT, min_size=1, max_size=4))
def test_capped_charges_never_exceed_the_maximum(accounts):
    """Whatever was used, with or without a fee, a discount, and a minimum as large as the maximum of all."""
    found = rated(*(_scenario(*account) for account in accounts))
    for (_, _, most, _), lines in zip(accounts, found, strict=True):
        for scope, amount in most.items():
            kept = sum(line["amount"] for line in lines if _counts(line, scope))
            assert 0 <= kept <= Decimal(amount), (scope, lines)


def _counts(line: dict, scope: str) -> bool:
    """All lines of the plan; for usage or fees their lines, without what minimums and maximums of all add or credit."""
    of_all = line["description"] in {"Most all", "Least all"}
    return scope == "all" or (CATEGORIES[line["product"]] == scope and not of_all)


def _scenario(charge: str, fee: bool, most: dict[str, str], discounted: bool) -> Scenario:
    tables = {
        "plan_fees": [FEE] if fee else [],
        "plan_discounts": [discount("Ten", percent=Decimal(10))] if discounted else [],
        "plan_maximums": [maximum(amount, scope) for scope, amount in most.items()],
        "plan_minimums": [minimum(most["all"], "all")] if "all" in most else [],
    }
    return Scenario(usage_of(charge), tables)
