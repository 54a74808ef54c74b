"""The table models: complete, described, and checked by Pandera itself."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pandera.polars as pa
import polars as pl
import pytest
from pandera.errors import SchemaErrors
from pyiceberg.io.pyarrow import schema_to_pyarrow

from telebill_assets.lake.iceberg_schema import iceberg_schema
from telebill_assets.tables.checks import column_checks, expected, expected_of_row, json_keywords, row_checks
from telebill_assets.tables.reference.gl_accounts import GlAccounts
from telebill_assets.tables.reference.plans import Plans
from telebill_assets.tables.reference.rates import Rates
from telebill_assets.tables.registry import TABLES
from telebill_assets.tables.table import (
    Table,
    arrow_schema,
    column_descriptions,
    description,
    from_rows,
    partition_by,
    polars_schema,
    row_check,
    table_name,
    unique_columns,
)
from telebill_assets.tables.types import Money

MODELS = [*TABLES.values(), GlAccounts]
EVERY_MODEL = pytest.mark.parametrize("model", MODELS, ids=table_name)


@EVERY_MODEL
def test_an_empty_table_is_valid(model):
    model.validate(from_rows([], model), lazy=True)


@EVERY_MODEL
def test_table_columns_and_row_checks_are_described(model):
    assert re.search(r"\w{2}", description(model))
    bare = [name for name, text in column_descriptions(model).items() if not re.search(r"\w{2}", text)]
    assert bare == []
    assert [check.name for check in row_checks(model) if not check.description] == []


@EVERY_MODEL
def test_every_check_of_a_column_has_words_for_people(model):
    """`one of in, out`, not `isin(('in', 'out'))`."""
    checks = [check for listed in column_checks(model).values() for check in listed]
    assert [check.name for check in checks if expected(check) in {check.error, check.name}] == []


@EVERY_MODEL
def test_a_single_allowed_value_is_a_list(model):
    """Pandera unpacks a tuple of one, and would take each of its letters for a value."""
    checks = [check for listed in column_checks(model).values() for check in listed]
    assert [check.name for check in checks if isinstance((check.statistics or {}).get("allowed_values"), str)] == []


@EVERY_MODEL
def test_columns_that_the_model_names_exist(model):
    columns = polars_schema(model).keys()
    assert {*partition_by(model), *unique_columns(model)} <= columns
    blamed = {(check.statistics or {}).get("column") for check in row_checks(model)}
    assert blamed <= {None, *columns}


@EVERY_MODEL
def test_row_checks_can_be_computed_and_null_passes(model):
    """A row of nulls breaks nothing but that columns must have values."""
    nulls = from_rows([{}], model)
    with pytest.raises(SchemaErrors) as caught:
        model.validate(nulls, lazy=True)
    assert set(caught.value.failure_cases["check"]) == {"not_nullable"}


@EVERY_MODEL
def test_arrow_and_iceberg_agree_on_the_columns(model):
    in_iceberg = schema_to_pyarrow(iceberg_schema(model), include_field_ids=False)
    kinds = {"large_string": "string"}
    assert [(field.name, kinds.get(str(field.type), str(field.type))) for field in in_iceberg] == [
        (field.name, str(field.type)) for field in arrow_schema(model)
    ]


@EVERY_MODEL
def test_arrow_and_polars_agree_on_the_columns(model):
    found = pl.from_arrow(arrow_schema(model).empty_table())
    assert isinstance(found, pl.DataFrame)
    assert found.schema == polars_schema(model)


class Example(Table):
    """One column for each kind of check in use."""

    word: pl.String = pa.Field(isin=("in", "out"), description="isin")
    code: pl.String = pa.Field(str_matches="^[A-Z]{2}$", description="str_matches")
    text: pl.String = pa.Field(str_length={"min_value": 2, "max_value": 4}, description="str_length")
    optional: pl.String = pa.Field(nullable=True, isin=["a"], description="a check of a column that may be null")
    positive: pl.Int64 = pa.Field(gt=0, description="greater_than")
    counted: pl.Int32 = pa.Field(ge=0, le=24, description="greater_than_or_equal_to, less_than_or_equal_to")
    small: pl.Int64 = pa.Field(lt=10, description="less_than")
    amount: Money = pa.Field(ge=0, description="a bound of a decimal")
    currency: pl.String = pa.Field(known_currency={"decimals": 2}, description="known_currency")
    day: pl.Date = pa.Field(description="first")
    until: pl.Date = pa.Field(nullable=True, description="last")

    in_order = row_check("in_order", "day <= until", "until is not before day")
    first_day = row_check("first_day", pl.col("day").dt.day() == 1, "the first of a month")

    class Config:
        name = "example"
        unique = ["word", "code"]


GOOD = {
    "word": "in",
    "code": "DE",
    "text": "abc",
    "optional": None,
    "positive": 1,
    "counted": 24,
    "small": 9,
    "amount": Decimal("0.00"),
    "currency": "EUR",
    "day": date(2020, 4, 1),
    "until": None,
}


def broken(*rows: dict[str, Any], model=Example) -> list[tuple[str, str, int]]:
    """Column (or table), check and row of everything that Pandera finds."""
    try:
        model.validate(from_rows(rows, model), lazy=True)
    except SchemaErrors as found:
        return found.failure_cases.select("column", "check", "index").rows()
    return []


def test_a_good_row_breaks_nothing():
    assert broken(GOOD, GOOD | {"code": "AT", "until": date(2020, 4, 1)}) == []


@pytest.mark.parametrize(
    ("column", "value", "check"),
    [
        ("word", "up", "isin(('in', 'out'))"),
        ("code", "de", "str_matches('^[A-Z]{2}$')"),
        ("code", "DEU", "str_matches('^[A-Z]{2}$')"),
        ("text", "a", "str_length(2, 4)"),
        ("text", "abcde", "str_length(2, 4)"),
        ("optional", "b", "isin(['a'])"),
        ("positive", 0, "greater_than(0)"),
        ("counted", -1, "greater_than_or_equal_to(0)"),
        ("counted", 25, "less_than_or_equal_to(24)"),
        ("small", 10, "less_than(10)"),
        ("amount", Decimal("-0.01"), "greater_than_or_equal_to(0)"),
        ("currency", "JPY", "known_currency(decimals=2)"),
        ("currency", "XXQ", "known_currency(decimals=2)"),
        ("word", None, "not_nullable"),
    ],
)
def test_a_wrong_value_is_found_where_it_stands(column, value, check):
    assert broken(GOOD, GOOD | {"code": "AT", column: value}) == [(column, check, 1)]


@pytest.mark.parametrize(
    ("changes", "check"),
    [({"until": date(2020, 3, 31)}, "in_order"), ({"day": date(2020, 4, 2)}, "first_day")],
)
def test_a_row_that_contradicts_itself_is_found(changes, check):
    assert broken(GOOD, GOOD | {"code": "AT"} | changes) == [("example", check, 1)]


def test_rows_with_the_same_key_are_found():
    found = broken(GOOD, GOOD | {"code": "AT"}, GOOD)
    assert found == [("example", "multiple_fields_uniqueness", 0), ("example", "multiple_fields_uniqueness", 2)]


def test_another_column_or_type_is_refused():
    frame = from_rows([GOOD], Example)
    for wrong in (frame.with_columns(more=1), frame.drop("day"), frame.with_columns(pl.col("small").cast(pl.Int32))):
        with pytest.raises(SchemaErrors):
            Example.validate(wrong, lazy=True)


def test_how_checks_read():
    read = {name: [expected(check) for check in checks] for name, checks in column_checks(Example).items() if checks}
    assert read == {
        "word": ["one of in, out"],
        "code": ["a text that matches ^[A-Z]{2}$"],
        "text": ["a text of 2 characters or more and a text of 4 characters or less"],
        "optional": ["one of a"],
        "positive": ["more than 0"],
        "counted": ["0 or more", "24 or less"],
        "small": ["less than 10"],
        "amount": ["0 or more"],
        "currency": ["the ISO 4217 code of a currency with 2 decimals"],
    }
    assert [json_keywords(check) for check in column_checks(Example)["text"]] == [{"minLength": 2, "maxLength": 4}]
    assert [json_keywords(check) for check in column_checks(Example)["word"]] == [{"enum": ["in", "out"]}]
    assert [json_keywords(check) for check in column_checks(Example)["currency"]] == [{}]


def test_how_a_row_check_reads():
    (in_order, _) = row_checks(Example)
    assert expected_of_row(in_order, {}) == ("in_order", "until is not before day")
    (maximum,) = row_checks(Plans)
    assert expected_of_row(maximum, {"min_charge": "2"}) == ("max_charge", "no less than min_charge 2")


def test_a_rate_group_after_the_first_has_no_connect_fee():
    row = {
        **dict.fromkeys(("rate_deck", "destination", "jurisdiction", "direction", "band"), "*"),
        "valid_from": date(2020, 1, 1),
        "rate": Decimal(1),
        "unit_s": 60,
        "increment_s": 60,
    }
    first, second = row | {"from_s": 0, "connect_fee": Decimal(1)}, row | {"from_s": 60, "connect_fee": Decimal(1)}
    assert broken(first, second, model=Rates) == [("rates", "fee_in_first_group", 1)]


def test_times_keep_their_zone():
    from telebill_assets.tables.validated_usage import ValidatedUsage

    noon = datetime(2020, 4, 1, 12, tzinfo=UTC)
    (found,) = from_rows([{"start_at": noon, "local_start": datetime(2020, 4, 1, 7)}], ValidatedUsage).to_dicts()
    assert (found["start_at"], found["local_start"]) == (noon, datetime(2020, 4, 1, 7))
