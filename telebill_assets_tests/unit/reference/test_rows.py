"""Rows of one file: what Pandera finds becomes findings with file, line, field, value and what is expected."""

from decimal import Decimal

import pytest

from telebill_assets.reference.findings import InvalidReferenceError
from telebill_assets.reference.rows import checked, read_rows
from telebill_assets.reference.texts import TextRow, Texts
from telebill_assets.tables.reference.products import Products
from telebill_assets.tables.reference.rates import Rates

RATE = {
    **dict.fromkeys(("rate_deck", "destination", "jurisdiction", "direction", "band"), "*"),
    "valid_from": "2020-01-01",
    "from_s": "0",
    "connect_fee": "0",
    "rate": "0.0100",
    "unit_s": "60",
    "increment_s": "60",
}


def rates(*changes: dict[str, str]):
    """Rates on lines 2, 3 ... that differ from RATE."""
    rows = [TextRow(line, RATE | change) for line, change in enumerate(changes, start=2)]
    return checked(Rates, Texts.of("rates.csv", rows))


def said(*changes: dict[str, str]) -> list[str]:
    return [str(finding).removeprefix("rates.csv:") for finding in rates(*changes).findings]


def test_sound_rows_have_the_types_of_the_model():
    (row,) = rates({}).sound
    assert (row["rate"], row["unit_s"], row["valid_to"], row["usage_type"]) == (Decimal("0.0100"), 60, None, None)
    assert (row.line, row.text("rate"), row.text("valid_to")) == (2, "0.0100", "")


def test_all_wrong_values_of_a_row_are_said():
    assert said({"rate": "x", "unit_s": "0", "increment_s": "3601", "direction": "up", "band": ""}) == [
        "2: rate is 'x', expected a decimal number with at most 8 decimals, such as 0.0125",
        "2: direction is 'up', expected one of *, outbound, inbound",
        "2: band is '', expected a value",
        "2: unit_s is '0', expected more than 0",
        "2: increment_s is '3601', expected 3600 or less",
    ]


def test_a_row_is_looked_at_as_a_whole_when_its_values_are_right():
    """Line 2 breaks two row checks, and has a key of its own; line 3 has a wrong value first."""
    wrong = {"valid_to": "2019-12-31", "from_s": "60", "connect_fee": "0.5"}
    assert said(wrong, wrong | {"unit_s": "0"}) == [
        "3: unit_s is '0', expected more than 0",
        "2: valid_to is '2019-12-31', expected no day before valid_from 2020-01-01",
        "2: connect_fee is '0.5', expected 0, because only the group at 0 s has a connect fee",
    ]


def test_the_first_row_with_a_key_may_keep_it():
    found = rates({}, {"band": "peak"}, {}, {})
    assert [(finding.line, finding.expected) for finding in found.findings] == [
        (4, "a key that no other row has; line 2 has it"),
        (5, "a key that no other row has; line 2 has it"),
    ]
    assert [row.line for row in found.sound] == [2, 3]
    assert [row.line for row in found.faulty] == [4, 5]


def test_values_of_faulty_rows_are_known_as_far_as_they_can_be_read():
    (row,) = rates({"rate": "x"}).faulty
    assert (row["rate"], row["increment_s"]) == (None, 60)


def test_a_file_is_read_whole_or_not_at_all(tmp_path):
    path = tmp_path / "products.csv"
    header = "product,name,category,trans_type,regulatory,line_fees\n"
    path.write_text(header + "\ncall,Call,usage,990101,99,false,more\nfee,Fee,recurring,990101,99,no\n")
    with pytest.raises(InvalidReferenceError) as caught:
        read_rows(path, Products)
    assert [(finding.line, finding.expected) for finding in caught.value.findings] == [
        (3, "6 fields"),
        (4, "true or false"),
    ]


def test_a_quoted_line_break_keeps_the_lines_of_the_file(tmp_path):
    path = tmp_path / "products.csv"
    path.write_text(
        'product,name,category,trans_type,regulatory,line_fees\na,"Two\nlines",usage,990101,99,false\n'
        "b,B,usage,990101,99,x\n"
    )
    with pytest.raises(InvalidReferenceError) as caught:
        read_rows(path, Products)
    assert [finding.line for finding in caught.value.findings] == [4]
