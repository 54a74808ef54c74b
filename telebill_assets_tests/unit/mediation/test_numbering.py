"""Numbers come into E.164 as a second implementation, number by number, brings them there."""

import re

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telebill_assets.mediation.numbering import DialPlan, areas, calling_code, e164

US, DE = DialPlan("1", "1", "011"), DialPlan("49", "0", "00")
PLANS = [
    US,
    DE,
    DialPlan("1", None, "011 none"),
    DialPlan("45", None, "00 010 none"),
    DialPlan(),
    DialPlan("0", None, "+"),
]


def converted(number: str, plan: DialPlan) -> str | None:
    """The rules of a dial plan, asked of one number after the other."""
    text = number
    if not re.fullmatch(r"\+?[0-9]+", number):
        text = re.sub(r"^([Ss][Ii][Pp][Ss]?|[Tt][Ee][Ll]):|[@;].*$", "", number)
        text = re.sub(r"[ ().\-/]", "", text)
    plus = _dialled(text, plan, plan.international_prefix.split(" ") if plan.international_prefix else [])
    if plus is None or not re.fullmatch(r"\+[1-9][0-9]{3,14}", plus):
        return None
    if plus.startswith("+1") and not re.fullmatch(r"\+1([2-9][0-9]{2}[2-9][0-9]{6}|[2-9]11|988)", plus):
        return None
    return plus


def _dialled(text: str, plan: DialPlan, prefixes: list[str]) -> str | None:
    for prefix in ("+", *prefixes[:3]):
        if text.startswith(prefix):
            return "+" + text.removeprefix(prefix)
    code, trunk = plan.country_code, plan.trunk_prefix
    if code and re.fullmatch("[2-9]11|988|112|110|118|999|000", text):
        return f"+{code}{text}"
    if code == "1" and len(text) == 10:
        return f"+1{text}"
    if code and trunk and text.startswith(trunk):
        return f"+{code}{text.removeprefix(trunk)}"
    if "none" in prefixes and len(text) > 7:
        return f"+{text}"
    return f"+{code}{text}" if code and not trunk and code != "1" and len(text) > 6 else None


DIGITS = st.text("0123456789", max_size=12)
BEGIN = st.sampled_from(
    ["", "+", "+1", "+49", "1", "0", "00", "011", "010", "none", "sip:", "SIPS:+", "tel:+1", "(", "1-", "x"]
)
MIDDLE = st.sampled_from(["", "512", "5125550", "911", "112", "988", "(512) 555-", "030/", "2.", " ", "é", "٣", "-"])
END = st.sampled_from(["", "@example.com", ";ext=1", " ", "*", "#9"])
NUMBERS = st.one_of(st.none(), st.builds(lambda *parts: "".join(parts), BEGIN, MIDDLE, DIGITS, END))


@settings(deadline=None)
@given(st.lists(NUMBERS, min_size=1, max_size=30), st.sampled_from(PLANS))
def test_a_second_implementation_agrees(numbers, plan):
    found = e164(pl.Series("caller", numbers, pl.String), plan)
    assert found.to_list() == [None if number is None else converted(number, plan) for number in numbers]


@pytest.mark.parametrize(
    ("dialled", "plan", "expected"),
    [
        ("(512) 555-0100", US, "+15125550100"),
        ("15125550100", US, "+15125550100"),
        ("011 49 30 23125001", US, "+493023125001"),
        ("sip:+15125550100@pbx.example;user=phone", US, "+15125550100"),
        ("911", US, "+1911"),
        ("1002", US, None),
        ("5121550100", US, None),  # an exchange does not begin with 1
        ("030 23125001", DE, "+493023125001"),
        ("001 512 555 0100", DE, "+15125550100"),
        ("112", DE, "+49112"),
        ("Anonymous", DE, None),
        (None, DE, None),
    ],
)
def test_numbers_worked_by_hand(dialled, plan, expected):
    assert e164(pl.Series([dialled], dtype=pl.String), plan).to_list() == [expected]


@pytest.mark.parametrize(
    ("digits", "area"),
    [
        *[("1512", ("US", "TX")), ("1416", ("CA", None)), ("1242", ("BS", None)), ("1800", ("001", None))],
        *[("1911", ("+1", None)), ("4930", ("+49", None)), ("3531", ("+353", None)), ("7495", ("+7", None))],
    ],
)
def test_four_digits_tell_country_and_state(digits, area):
    assert areas().row(int(digits)) == area


def test_calling_codes_have_one_to_three_digits():
    assert [calling_code(digits) for digits in ("1512", "4930", "3531")] == ["1", "49", "353"]
