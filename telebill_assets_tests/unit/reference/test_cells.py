"""Texts of a column become values, and what cannot be read says what is expected."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from telebill_assets.reference.cells import read_cells

WHOLE = "a whole number"
DATE = "a date such as 2020-04-01"
DECIMAL = "a decimal number with at most 8 decimals, such as 0.0125"


def read(text: str, kind) -> tuple[object, str | None]:
    value, expected = read_cells(pl.col("text"), kind)
    return pl.DataFrame({"text": [text]}).select(value=value, expected=expected).row(0)


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        (" DE ", pl.String(), "DE"),
        ("", pl.String(), None),
        ("-7", pl.Int64(), -7),
        ("007", pl.Int32(), 7),
        ("  ", pl.Int32(), None),
        ("2020-02-29", pl.Date(), date(2020, 2, 29)),
        ("true", pl.Boolean(), True),
        ("false", pl.Boolean(), False),
        ("0.0125", pl.Decimal(18, 8), Decimal("0.0125")),
        ("-1", pl.Decimal(18, 8), Decimal(-1)),
        ("1234567890.12345678", pl.Decimal(18, 8), Decimal("1234567890.12345678")),
    ],
)
def test_what_can_be_read(text, kind, value):
    assert read(text, kind) == (value, None)


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("1.0", pl.Int64(), WHOLE),
        ("1e3", pl.Int64(), WHOLE),
        ("2147483648", pl.Int32(), "a whole number of at most 2147483647"),
        ("1.4.2020", pl.Date(), DATE),
        ("2020-02-30", pl.Date(), "a date of the calendar"),
        ("yes", pl.Boolean(), "true or false"),
        ("1.4e-2", pl.Decimal(18, 8), DECIMAL),
        ("0.123456789", pl.Decimal(18, 8), DECIMAL),
        ("12345678901", pl.Decimal(18, 8), DECIMAL),
        (".5", pl.Decimal(18, 8), DECIMAL),
    ],
)
def test_what_cannot_be_read(text, kind, expected):
    assert read(text, kind) == (None, expected)
