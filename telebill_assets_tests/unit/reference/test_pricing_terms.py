"""What plans.yaml, rates.csv and destinations.csv say of the price of a call, read and checked."""

from datetime import date
from decimal import Decimal

import pytest

from telebill_assets.demo.reference_files import write_reference_files
from telebill_assets.mediation.layouts import LAYOUTS
from telebill_assets.reference.findings import InvalidReferenceError
from telebill_assets.reference.load import load

FIRST_PLAN = "    inbound_on: called\n"
PEAK = '{band: peak, days: "12345", from: "08:00", to: "18:00", weight: 10}'


@pytest.fixture
def folder(tmp_path):
    write_reference_files(tmp_path)
    return tmp_path


def change(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def said(folder) -> list[str]:
    with pytest.raises(InvalidReferenceError) as caught:
        load(folder, LAYOUTS)
    return [str(finding) for finding in caught.value.findings]


def test_all_terms_of_a_plan_are_read(folder):
    terms = 'band_policy: split\n    min_charge: "0.01"\n    max_charge: 5\n    max_policy: disconnect\n'
    plans = folder / "plans.yaml"
    change(plans, FIRST_PLAN, f"    {terms}    min_on_free: true\n    default_decks: [us-six, de-business]\n")
    change(plans, PEAK, '{band: peak, dates: ["--12-25", "2020-04-13"], from: "22:00", to: "06:00", weight: 10}')
    tables = load(folder, LAYOUTS).tables
    plan = tables["plans"].to_dicts()[0]
    assert (plan["band_policy"], plan["max_policy"], plan["inbound_on"]) == ("split", "disconnect", None)
    assert (plan["min_charge"], plan["max_charge"], plan["min_on_free"]) == (Decimal("0.01"), Decimal(5), True)
    assert [tuple(row.values()) for row in tables["plan_decks"].to_dicts()] == [
        ("us-minute", 1, "us-six"),
        ("us-minute", 2, "de-business"),
    ]
    (peak,) = (row for row in tables["plan_bands"].to_dicts() if row["band"] == "peak")
    assert (peak["days"], peak["dates"]) == (None, "--12-25 2020-04-13")
    assert (peak["start_s"], peak["end_s"]) == (79_200, 21_600)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (FIRST_PLAN, "    default_decks: [nothing]\n", "rate_deck is 'nothing', expected a rate_deck of rates"),
        (FIRST_PLAN, "    band_policy: cut\n", "band_policy is 'cut', expected one of start, split"),
        (FIRST_PLAN, "    min_charge: 2\n    max_charge: 1\n", "max_charge is '1', expected no less than"),
        (PEAK, PEAK.replace("days", 'dates: "12-25", days'), "dates is '12-25', expected a text that matches"),
        (PEAK, PEAK.replace("days", 'dates: "--02-30", days'), "dates is '--02-30', expected dates of the calendar"),
        (
            '{band: off_peak, days: "1234567"',
            '{band: off_peak, days: "123456"',
            "plan_id is 'de-business', expected bands",
        ),
    ],
)
def test_wrong_terms_are_named(folder, old, new, expected):
    change(folder / "plans.yaml", old, new)
    assert any(expected.removesuffix(" ") in line for line in said(folder)), said(folder)


def test_a_band_past_midnight_covers_the_week_together_with_the_day(folder):
    change(
        folder / "plans.yaml",
        'off_peak, days: "1234567", from: "00:00", to: "24:00"',
        'off_peak, from: "18:00", to: "08:00"',
    )
    change(folder / "plans.yaml", PEAK, '{band: peak, from: "08:00", to: "18:00", weight: 0}')
    assert load(folder, LAYOUTS).tables["plan_bands"].height == 9


def test_prefixes_and_rates_may_be_dated_and_typed(folder):
    destinations = folder / "destinations.csv"
    rows = destinations.read_text(encoding="utf-8").splitlines()
    dated = [row + (",,2020-04-30" if row.startswith("870,") else ",,") for row in rows[1:]]
    texts = [f"{rows[0]},valid_from,valid_to", *dated, "870,satellite-2,Satellite,001,satellite,2020-05-01,"]
    destinations.write_text("\n".join(texts) + "\n", encoding="utf-8")
    found = [row for row in load(folder, LAYOUTS).tables["destinations"].to_dicts() if row["prefix"] == "870"]
    assert [(row["destination"], row["valid_from"], row["valid_to"]) for row in found] == [
        ("satellite", None, date(2020, 4, 30)),
        ("satellite-2", date(2020, 5, 1), None),
    ]
    change(destinations, "2020-05-01", "2020-04-30")
    (finding,) = said(folder)
    assert "valid_from is '2020-04-30', expected a day after the validity of line" in finding


def test_a_rate_that_no_charge_has_room_for_is_named(folder):
    change(folder / "rates.csv", "0.0140", "50000")
    assert any("rate is '50000'" in line and "a price that" in line for line in said(folder))
