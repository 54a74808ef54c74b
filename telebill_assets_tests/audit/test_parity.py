"""Compiled rules and Pandera's own validation on Spark give the same verdict, rule by rule."""

import random
import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pandera.backends.pyspark.builtin_checks  # noqa: F401  # registers them
import pandera.pyspark as pa
import pyspark.sql.types as T
import pytest
from pandera.api.checks import Check
from pandera.api.pyspark.types import PysparkDataframeColumnObject
from pyspark.sql import functions as F

from telebill_assets.audit.builtin_checks import ROW_CHECKS, TABLE_CHECKS
from telebill_assets.audit.examine import one_job_session
from telebill_assets.audit.rules import rules
from telebill_assets.tables.checks import column_check
from telebill_assets.tables.registry import TABLES
from telebill_assets.spark.legacy import spark_schema
from telebill_assets.tables.table import Table, row_rule, value_rule
from telebill_assets_tests.audit.verdicts import by_pandera, by_rules
from telebill_assets_tests.frames import frame

FRAMES_PER_MODEL = 2
ODD_TEXTS = ("", "zz", "+4930123456", "USD", "XTS", "US", "a" * 64, "12345", "a@b", "*")
DAYS = (date(2020, 3, 31), date(2020, 4, 1), date(2020, 4, 3), date(2020, 5, 1))
NUMBERS = (-1, 0, 1, 3600, 86400)
VALUES = {
    T.LongType: NUMBERS,
    T.IntegerType: NUMBERS,
    T.DateType: DAYS,
    T.BooleanType: (True, False),
    T.TimestampType: [datetime(day.year, day.month, day.day, tzinfo=UTC) for day in DAYS],
    T.TimestampNTZType: [datetime(day.year, day.month, day.day) for day in DAYS],
}


@column_check
def multiple_of(column, unit):
    """A named check of this test."""
    return column % unit == 0


class BuiltIn(Table):
    """Every built-in check, on the types that it takes, and every kind of check of our own."""

    eq_text: T.StringType = pa.Field(nullable=True, eq="zz", description="x")
    ne_whole: T.LongType = pa.Field(nullable=True, ne=1, description="x")
    gt_day: T.DateType = pa.Field(nullable=True, gt=date(2020, 4, 1), description="x")
    ge_money: T.DecimalType(18, 2) = pa.Field(nullable=True, ge=Decimal("0.50"), description="x")
    lt_whole: T.IntegerType = pa.Field(lt=1, description="x")
    le_stamp: T.TimestampType = pa.Field(nullable=True, le=datetime(2020, 4, 3, tzinfo=UTC), description="x")
    inside: T.LongType = pa.Field(
        nullable=True,
        in_range={"min_value": 0, "max_value": 3600, "include_min": False},
        multiple_of={"unit": 3600},
        description="x",
    )
    isin_text: T.StringType = pa.Field(nullable=True, isin=("USD", "US", None), description="x")
    notin_text: T.StringType = pa.Field(nullable=True, notin=("USD", "US"), description="x")
    matches: T.StringType = pa.Field(nullable=True, str_matches="[0-9]+$|a", description="x")
    contains: T.StringType = pa.Field(nullable=True, str_contains="S", description="x")
    starts: T.StringType = pa.Field(nullable=True, str_startswith="a", description="x")
    ends: T.StringType = pa.Field(nullable=True, str_endswith="a", description="x")
    short: T.StringType = pa.Field(nullable=True, str_length={"max_value": 3}, description="x")
    long: T.StringType = pa.Field(nullable=True, str_length={"min_value": 2, "max_value": 10}, description="x")
    exact: T.StringType = pa.Field(nullable=True, str_length={"exact_value": 5}, description="x")
    both: T.LongType = pa.Field(nullable=True, unique_values_eq={"values": [0, 1]}, description="x")
    warned: T.LongType = pa.Field(nullable=True, ge=0, raise_warning=True, description="x")

    not_negative = value_rule("ne_whole", "both", name="not_negative", sql="{column} >= 0", description="0 or more")
    in_order = row_rule("in_order", "inside >= both", "both is not more than inside")

    class Config:
        name = "built_in"
        unique = ["eq_text"]


def seeded(seed: int) -> random.Random:
    """The same frames every time."""
    return random.Random(seed)  # noqa: S311


def some(kind: T.DataType, allowed: list, chance: random.Random):
    """A value of a column's type: one that some check names, or an odd one, or none."""
    if chance.random() < 0.15:
        return None
    if isinstance(kind, T.StringType):
        return chance.choice(allowed) if allowed and chance.random() < 0.6 else chance.choice(ODD_TEXTS)
    if isinstance(kind, T.DecimalType):
        return Decimal(chance.choice(("-1", "0", "0.5", "1"))).quantize(Decimal(1).scaleb(-kind.scale))
    return chance.choice(VALUES[type(kind)])


def random_frame(spark, model, chance: random.Random):
    columns = model.to_schema().columns

    def allowed(name: str) -> list:
        stated = [check.statistics.get("allowed_values", ()) for check in columns[name].checks if check.statistics]
        return [value for values in stated if not isinstance(values, str) for value in values if value is not None]

    rows = [
        {field.name: some(field.dataType, allowed(field.name), chance) for field in spark_schema(model)}
        for _ in range(chance.choice((1, 1, 2)))
    ]
    exact = [F.col(field.name).cast(field.dataType) for field in spark_schema(model)]  # Arrow's times have a zone
    return frame(spark, model, *rows).select(*exact)


def assert_same_verdicts(spark, model, chance, frames):
    for _ in range(frames):
        found = random_frame(spark, model, chance)
        ours, theirs = by_rules(found, model), by_pandera(found, model)
        assert ours == theirs, found.toPandas().to_string()


def test_every_check_that_pandera_has_on_spark_is_compiled():
    on_spark = {
        name
        for name, dispatcher in Check.CHECK_FUNCTION_REGISTRY.items()
        if PysparkDataframeColumnObject in dispatcher._function_registry
    }
    assert on_spark == ROW_CHECKS.keys() | TABLE_CHECKS.keys()


def test_the_model_of_this_test_has_every_check():
    names = {rule.name.split(".")[-1] for rule in rules(BuiltIn)}
    assert names >= ROW_CHECKS.keys() | TABLE_CHECKS.keys() | {"multiple_of", "not_negative", "in_order", "not_null"}


@pytest.mark.slow
def test_built_in_checks_mean_what_pandera_means(spark):
    assert_same_verdicts(one_job_session(spark), BuiltIn, seeded(5), 6)


@pytest.mark.slow
@pytest.mark.parametrize("table", TABLES)
def test_the_rules_of_every_table_mean_what_pandera_means(spark, table):
    assert_same_verdicts(one_job_session(spark), TABLES[table], seeded(len(table)), FRAMES_PER_MODEL)


def test_every_column_is_described():
    bare = [
        f"{name}.{column}"
        for name, model in TABLES.items()
        for column, declared in model.to_schema().columns.items()
        if not re.search(r"\w{2}", declared.description or "")
    ]
    assert bare == []


def test_every_rule_and_every_table_is_described():
    bare = [f"{name}.{rule.name}" for name, model in TABLES.items() for rule in rules(model) if not rule.description]
    assert bare == []
    assert [name for name, model in TABLES.items() if not (model.__doc__ or "").strip()] == []
