"""Compiled rules mean what Pandera means, and a table is measured in one job."""

from decimal import Decimal

import pandera.pyspark as pa
import pyspark.sql.types as T
import pytest

from telebill_assets.audit.measure import failing, measure, observe
from telebill_assets.audit.rules import UnknownCheckError, rules, schema_check
from telebill_assets.audit.uniqueness import unique_check
from telebill_assets.spark.legacy import spark_schema
from telebill_assets.tables.table import Table, row_rule


class Sample(Table):
    """A table with a rule of every kind."""

    key: T.StringType = pa.Field(str_matches=r"^[a-c]+$", description="Key")
    kind: T.StringType = pa.Field(nullable=True, isin=("x", "y"), description="Kind")
    code: T.StringType = pa.Field(nullable=True, str_startswith="a", notin=("ab", "ac"), description="Code")
    seconds: T.LongType = pa.Field(ge=0, le=10, description="Seconds")
    count: T.LongType = pa.Field(nullable=True, gt=1, lt=9, ne=5, description="Count")
    amount: T.DecimalType(10, 2) = pa.Field(nullable=True, ge=Decimal("0.00"), description="Amount")
    seconds_cover_count = row_rule("seconds_cover_count", "seconds >= count", "seconds is at least count")

    class Config:
        name = "sample"
        unique = ["key", "kind"]


def failed_rules(frame) -> set[str]:
    return {rule for check in measure(frame, Sample) for rule in check.failures}


def test_failures_are_counted_rule_by_rule(spark):
    frame = spark.createDataFrame(
        [("a", "x", "a", 3, 2, None), ("d", "z", None, 3, 4, None), ("d", None, "ab", 11, None, Decimal("-0.01"))],
        spark_schema(Sample),
    )
    (check,) = measure(frame, Sample)
    assert not check.passed
    assert check.failures == {
        "key.str_matches": 2,
        "kind.isin": 1,
        "code.notin": 1,
        "seconds.less_than_or_equal_to": 1,
        "amount.greater_than_or_equal_to": 1,
        "seconds_cover_count": 1,
    }
    assert check.figure.endswith("in 3 rows")


def test_failing_rows_name_their_rules(spark):
    frame = spark.createDataFrame([("a", "x", "a", 3, 2, None), ("d", "z", "a", 3, 2, None)], spark_schema(Sample))
    (row,) = failing(frame, Sample).collect()
    assert (row["key"], row["failed_rules"]) == ("d", ["key.str_matches", "kind.isin"])


def test_nulls_are_counted_where_a_column_must_not_be_null(spark):
    loose = T.StructType([T.StructField(field.name, field.dataType) for field in spark_schema(Sample)])
    frame = spark.createDataFrame([(None, "x", "a", None, 2, None)], loose)
    assert failed_rules(frame) == {"key.not_null", "seconds.not_null"}


def test_measuring_while_writing_costs_no_further_job(spark, tmp_path):
    frame = spark.createDataFrame([("a", "x", "a", 3, 2, None)], spark_schema(Sample))
    tracker = spark.sparkContext.statusTracker()

    def jobs(frame, name) -> int:
        spark.sparkContext.setJobGroup(name, name)
        frame.write.parquet(str(tmp_path / name))
        return len(tracker.getJobIdsForGroup(name))

    observed, measurement = observe(frame, Sample)
    assert jobs(observed, "observed") == jobs(frame, "plain")
    assert (measurement.rows, measurement.results()) == (1, measure(frame, Sample))


def test_an_unknown_check_is_an_error():
    class Unknown(Table):
        """A table with a check that has no compiled form."""

        key: T.StringType = pa.Field(description="Key")

        @pa.check("key")
        def is_special(cls, column):
            return column

        class Config:
            name = "unknown"

    with pytest.raises(UnknownCheckError, match=r"unknown\.key: is_special: the audit has no compiled form"):
        rules(Unknown)


def test_a_single_allowed_value_is_refused_because_pandera_reads_it_as_letters():
    class Single(Table):
        """A table whose kind has one value."""

        kind: T.StringType = pa.Field(isin=("only",), description="Kind")

        class Config:
            name = "single"

    with pytest.raises(UnknownCheckError, match=r"single\.kind: isin: Pandera takes a single value for letters"):
        rules(Single)


def test_a_frame_with_other_columns_is_named_column_by_column(spark):
    frame = spark.createDataFrame([("a", 1)], "key string, seconds int")
    check = schema_check(frame, Sample)
    assert not check.passed
    assert "seconds: expected bigint, found int" in check.figure
    assert "amount: expected decimal(10,2), found nothing" in check.figure


def test_duplicates_are_counted_and_shown_masked(spark):
    row = ("+15125550100", "x", "a", 3, 2, None)
    frame = spark.createDataFrame([row, row, row, ("b", "x", "a", 3, 2, None)], spark_schema(Sample))
    check = unique_check(frame, Sample)
    assert not check.passed
    assert check.figure == "2 duplicates in 4 rows"
    assert check.samples == ["+151******00, x"]


def test_distinct_keys_are_unique(spark):
    frame = spark.createDataFrame([("a", "x", "a", 3, 2, None), ("a", "y", "a", 3, 2, None)], spark_schema(Sample))
    assert unique_check(frame, Sample).passed
