"""Cells of carriers' decks, read by hand."""

from datetime import date
from decimal import Decimal

import pytest

from telebill_assets.tariffs.countries import country_of
from telebill_assets.tariffs.deck_cells import (
    UnreadableCellError,
    has_rate,
    read_date,
    read_interval,
    read_price,
    read_unit,
)
from telebill_assets.tariffs.dial_codes import read_prefixes


@pytest.mark.parametrize(
    ("text", "decimal", "thousands", "price"),
    [
        ("0.0125", ".", None, "0.0125"),
        ("$0.0125", ".", None, "0.0125"),
        ("0.0125 USD", ".", None, "0.0125"),
        (".5", ".", None, "0.5"),
        ("0,0125", ",", None, "0.0125"),
        ("€ 1.234,50", ",", ".", "1234.5"),
        ("1,234.50", ".", ",", "1234.5"),
        ("0.012500000000", ".", None, "0.0125"),
    ],
)
def test_prices(text, decimal, thousands, price):
    assert read_price(text, decimal, thousands) == Decimal(price)


@pytest.mark.parametrize(
    ("text", "decimal", "thousands"),
    [
        ("0,0125", ".", None),
        ("1,234", ".", None),  # a thousand, or a decimal comma? nobody can know
        ("0,012", ".", ","),
        ("12,34.5", ".", ","),
        ("-0.01", ".", None),
        ("1.2e-3", ".", None),
        ("0.123456789", ".", None),
        ("n/a", ".", None),
    ],
)
def test_prices_that_could_be_misread_are_refused(text, decimal, thousands):
    with pytest.raises(UnreadableCellError):
        read_price(text, decimal, thousands)


@pytest.mark.parametrize(
    ("text", "increments"),
    [
        ("30/6", (30, 6)),
        ("60/60", (60, 60)),
        ("1+1", (1, 1)),
        ("60,6", (60, 6)),
        ("60-6", (60, 6)),
        (" 30 / 6 ", (30, 6)),
        ("60", (60, 60)),
        ("1 sec", (1, 1)),
    ],
)
def test_increments(text, increments):
    assert read_interval(text) == increments


@pytest.mark.parametrize("text", ["0/6", "60/0", "3601/1", "30/6/6", "per second", "", "6.5/6"])
def test_bad_increments(text):
    with pytest.raises(UnreadableCellError):
        read_interval(text)


@pytest.mark.parametrize(
    ("text", "pattern", "day"),
    [
        ("2020-05-01", "YYYY-MM-DD", date(2020, 5, 1)),
        ("2020-05-01 00:00:00", "YYYY-MM-DD", date(2020, 5, 1)),
        ("2020-05-01T00:00:00Z", "YYYY-MM-DD", date(2020, 5, 1)),
        ("01.05.2020", "DD.MM.YYYY", date(2020, 5, 1)),
        ("05/01/20", "MM/DD/YY", date(2020, 5, 1)),
        ("1-May-2020", "DD-MMM-YYYY", date(2020, 5, 1)),
    ],
)
def test_dates(text, pattern, day):
    assert read_date(text, pattern) == day


@pytest.mark.parametrize(("text", "pattern"), [("2020-05-01 06:00", "YYYY-MM-DD"), ("31.04.2020", "DD.MM.YYYY")])
def test_a_price_begins_with_a_whole_day_of_the_calendar(text, pattern):
    with pytest.raises(UnreadableCellError):
        read_date(text, pattern)


def test_units():
    assert [read_unit(text) for text in ("minute", "per sec", "/min", "6")] == [60, 1, 60, 6]


def test_statuses():
    assert [has_rate(text) for text in ("", "New", "No  Change", "DECREASE", "Blocked", "closed")] == [True] * 4 + [
        False
    ] * 2
    with pytest.raises(UnreadableCellError):
        has_rate("perhaps")


@pytest.mark.parametrize(
    ("text", "country_code", "ranges", "prefixes"),
    [
        ("447", "", True, ["447"]),
        ("+447", "", True, ["447"]),
        ("00447", "", True, ["447"]),
        ("1204,1226", "", True, ["1204", "1226"]),
        ("1204; 1226 / 1289", "", True, ["1204", "1226", "1289"]),
        ("4420-4422", "", True, ["4420", "4421", "4422"]),
        ("4420 - 4421, 4479", "", True, ["4420", "4421", "4479"]),
        ("20, 7911-7912", "44", True, ["4420", "447911", "447912"]),
        ("07-09", "+371", True, ["37107", "37108", "37109"]),
        ("", "+44", True, ["44"]),
        ("212555", "1", True, ["1212555"]),
        ("212-555", "1", False, ["1212555"]),
        ("1-212-555", "", False, ["1212555"]),
    ],
)
def test_dial_codes(text, country_code, ranges, prefixes):
    assert read_prefixes(text, country_code, ranges=ranges) == prefixes


@pytest.mark.parametrize(
    ("text", "country_code"),
    [
        ("", ""),
        ("4.42E+11", ""),
        ("44x", ""),
        ("4425-4420", ""),
        ("442-4425", ""),
        ("1000000-2000000", "44"),
        ("0123", ""),
    ],
)
def test_bad_dial_codes(text, country_code):
    with pytest.raises(UnreadableCellError):
        read_prefixes(text, country_code, ranges=True)


def test_the_country_of_a_prefix():
    known = {
        "1212555": "US",
        "1242": "BS",
        "1204": "CA",
        "447": "GB",
        "7701": "KZ",
        "7495": "RU",
        "800": "001",
        "44": "GB",
    }
    assert {prefix: country_of(prefix) for prefix in known} == known
    assert country_of("999") is None
