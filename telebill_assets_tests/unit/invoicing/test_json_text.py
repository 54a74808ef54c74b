"""JSON texts of rows, against Python's own JSON and the way decimals are written in exponents."""

import json
from decimal import Decimal

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from telebill_assets.invoicing.json_text import json_object


def text_of(value, kind: pl.DataType) -> str:
    return pl.DataFrame({"a": [value]}, {"a": kind}).select(json_object({"a": kind})).item()


@given(st.text())
@settings(max_examples=500, deadline=None)
def test_any_text_is_read_back_as_it_was(value):
    assert json.loads(text_of(value, pl.String())) == {"a": value}


@given(st.integers(-(10**18) + 1, 10**18 - 1) | st.integers(-200, 200))
@settings(max_examples=500, deadline=None)
def test_decimals_are_written_as_java_and_python_write_them(unscaled):
    value = Decimal(unscaled).scaleb(-8)
    assert text_of(value, pl.Decimal(18, 8)) == f'{{"a":{value}}}'


def test_amounts_keep_their_decimals():
    assert text_of(Decimal(0), pl.Decimal(18, 2)) == '{"a":0.00}'
    assert text_of(Decimal(0), pl.Decimal(18, 6)) == '{"a":0.000000}'


def test_nulls_are_left_out_and_members_keep_their_order():
    columns = {"b": pl.Int32(), "a": pl.String(), "c": pl.String()}
    row = pl.DataFrame({"b": [1], "a": [None], "c": ["x"], "more": ["[1]"]}, {**columns, "more": pl.String()})
    assert row.select(json_object(columns, {"rows": "more"})).item() == '{"b":1,"c":"x","rows":[1]}'
