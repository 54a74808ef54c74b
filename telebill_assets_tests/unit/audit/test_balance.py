"""Balances name the measure and the difference; masking leaves no number readable."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from telebill_assets.audit.balance import balance
from telebill_assets.audit.masking import conceal, mask


def test_a_balance_shows_its_equation():
    check = balance(
        "records_balance",
        "Nothing is lost",
        ("received", {"records": 1200, "amount": Decimal("10.50")}),
        {
            "validated": {"records": 1100, "amount": Decimal("10.00")},
            "suspended": {"records": 100, "amount": Decimal("0.50")},
        },
    )
    assert check.passed
    assert check.figure == (
        "records: received 1,200 = validated 1,100 + suspended 100; "
        "amount: received 10.50 = validated 10.00 + suspended 0.50"
    )


def test_a_difference_of_one_cent_fails_and_is_named():
    whole, parts = {"amount": Decimal("10.50")}, {"priced": {"amount": Decimal("10.49")}}
    check = balance("priced", "Every call is priced", ("calls", whole), parts)
    assert not check.passed
    assert check.samples == ["amount differs by 0.01"]


def test_a_measure_that_a_part_does_not_know_counts_as_zero():
    assert balance("b", "", ("whole", {"records": 2, "talk_s": 9}), {"a": {"records": 2, "talk_s": 9}, "b": {}}).passed


@given(st.lists(st.decimals(-1000, 1000, places=6), min_size=1, max_size=6), st.decimals("0.000001", 1, places=6))
def test_any_difference_is_found(amounts, missing):
    parts = {str(n): {"amount": amount} for n, amount in enumerate(amounts)}
    total = sum(amounts)
    assert balance("b", "", ("whole", {"amount": total}), parts).passed
    assert not balance("b", "", ("whole", {"amount": total + missing}), parts).passed


@given(st.from_regex(r"\+?[1-9][0-9]{7,14}", fullmatch=True), st.text(alphabet="ab ,;:", max_size=5))
def test_no_number_is_readable_after_masking(number, around):
    shown = mask(f"{around}{number}{around}")
    assert shown.replace(around, "", 1) == f"{number[:4]}{'*' * (len(number) - 6)}{number[-2:]}{around}"


def test_names_keep_their_first_letter_only():
    assert conceal("Smith") == "S****"
