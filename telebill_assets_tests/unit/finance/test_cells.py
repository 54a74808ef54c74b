"""Cells that a spreadsheet would run are text; numbers stay numbers."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telebill_assets.finance.cells import FORMULA_STARTS, csv_cell, csv_line, no_formula


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d"])
def test_a_formula_becomes_text(start):
    assert csv_cell(f'{start}cmd|"/C calc"') == f'"\'{start}cmd|""/C calc"""'


def test_numbers_dates_and_nothing_are_bare():
    values = (Decimal("-51.96"), -3, Decimal("0E-8"), date(2020, 4, 1), None)
    assert [csv_cell(value) for value in values] == ["-51.96", "-3", "0.00000000", "2020-04-01", ""]


@given(st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00")), min_size=1))
def test_any_text_comes_back_and_never_begins_a_formula(texts):
    (read,) = csv.reader(io.StringIO(csv_line(texts), newline=""))
    assert not any(cell.startswith(FORMULA_STARTS) for cell in read)
    assert [cell.removeprefix("'") for cell in read] == [text.removeprefix("'") for text in texts]


@pytest.mark.parametrize("text", ["=1+1", "+15125550100", "-2", "@SUM(A1)", "\tx", "\nx", "  =1"])
def test_a_text_that_begins_like_a_formula_gets_an_apostrophe(text):
    assert no_formula(text) == f"'{text}"


@pytest.mark.parametrize("text", ["a=1", "", "2020-04-01"])
def test_other_texts_stay(text):
    assert no_formula(text) == text
