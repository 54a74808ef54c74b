"""Pandera evaluates the models, and what it finds in the parts of a table adds up to the verdict on the whole."""

from decimal import Decimal
from typing import Annotated

import pandera.polars as pa
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telebill_assets.audit.table_checks import (
    Findings,
    UnenforcedError,
    check_names,
    examine,
    row_checks,
    together,
    verdicts,
)
from telebill_assets.tables.table import SUSPEND, Table, polars_schema, row_check


class Sample(Table):
    """A table with a check of every kind."""

    key: pl.String = pa.Field(str_matches=r"^[a-c+0-9]+$", description="Key")
    kind: pl.String = pa.Field(nullable=True, isin=("x", "y"), description="Kind")
    code: pl.String = pa.Field(nullable=True, str_startswith="a", notin=("ab", "ac"), description="Code")
    seconds: pl.Int64 = pa.Field(ge=0, le=10, metadata=SUSPEND, description="Seconds")
    count: pl.Int64 = pa.Field(nullable=True, gt=1, lt=9, ne=5, description="Count")
    amount: Annotated[pl.Decimal, 10, 2] = pa.Field(nullable=True, ge=Decimal("0.00"), description="Amount")
    seconds_cover_count = row_check("seconds_cover_count", "seconds >= count", "seconds is at least count")
    seconds_are_few = row_check("seconds_are_few", "seconds < 9", "nine seconds are many", warning=True)

    class Config:
        name = "sample"
        unique = ["key", "kind"]


def sample(*rows: tuple) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=polars_schema(Sample), orient="row")


GOOD = ("a", "x", "a", 3, 2, None)
BAD = [("d", "z", None, 3, 4, None), ("d", None, "ab", 11, None, Decimal("-0.01"))]


def test_failures_are_counted_check_by_check():
    found = examine(sample(GOOD, *BAD), Sample)
    assert found.rows == 3
    assert found.failures == {
        "key.str_matches": 2,
        "kind.isin": 1,
        "code.notin": 1,
        "seconds.less_than_or_equal_to": 1,
        "amount.greater_than_or_equal_to": 1,
        "seconds_cover_count": 1,
        "seconds_are_few": 1,
    }


def test_the_verdict_blocks_by_blocking_checks_and_warns_by_the_others():
    blocking, warning = verdicts(Sample, examine(sample(GOOD, *BAD), Sample))
    assert (blocking.name, blocking.passed, blocking.blocking) == ("sample_rules", False, True)
    assert blocking.figure == "7 failures of 13 rules in 3 rows"
    assert (warning.name, warning.passed, warning.blocking) == ("sample_warnings", False, False)
    assert warning.failures == {"seconds_are_few": 1}
    assert [name for name, _, _ in check_names(Sample)] == ["sample_rules", "sample_warnings", "sample_unique"]


def test_rows_that_pass_leave_nothing_to_say():
    assert examine(sample(GOOD), Sample) == Findings(rows=1)
    assert all(check.passed and not check.samples for check in verdicts(Sample, Findings(rows=1)))


def test_nulls_are_counted_where_a_column_must_not_be_null():
    assert examine(sample((None, "x", "a", None, 2, None)), Sample).failures == {
        "key.not_null": 1,
        "seconds.not_null": 1,
    }


def test_a_null_passes_every_check_but_that_for_nulls():
    assert examine(sample(("a", None, None, 3, None, None)), Sample).failures == {}


def test_other_columns_and_types_are_named_column_by_column():
    frame = sample(GOOD).drop("amount").with_columns(pl.col("count").cast(pl.Int32), pl.lit(1).alias("more"))
    (rules, _) = verdicts(Sample, examine(frame, Sample))
    assert not rules.passed
    assert rules.failures == {"sample_schema": 1}
    for said in ("amount: the column is missing", "more: no such column", "count: expected Int64, found Int32"):
        assert said in rules.figure


def test_failing_rows_are_shown_by_their_first_and_last_key_masked():
    rows = [("+15125550100", kind, "a", 11, 2, None) for kind in ("x", "y", None)]
    (rules, _) = verdicts(Sample, examine(sample(*rows), Sample))
    assert rules.samples == [
        "seconds.less_than_or_equal_to: +151******00, -",
        "seconds.less_than_or_equal_to: +151******00, y",
    ]


def test_a_check_says_whether_it_suspends_and_what_it_asks():
    said = {check.name: (check.suspends, check.description) for check in row_checks(Sample)}
    assert said["seconds.not_null"] == (True, "seconds is present")
    assert said["seconds_cover_count"] == (False, "seconds is at least count")
    assert said["key.str_matches"][1] == r"key: str_matches('^[a-c+0-9]+$')"


class Calls(Table):
    """Calls with rules that suspend."""

    path: pl.String = pa.Field(description="File")
    line: pl.Int64 = pa.Field(gt=0, description="Line")
    callee: pl.String = pa.Field(str_startswith="+", metadata=SUSPEND, description="Number")
    talk_s: pl.Int64 = pa.Field(ge=0, description="Seconds")
    billed_s: pl.Int64 = pa.Field(ge=0, description="Seconds")

    covered = row_check("covered", "billed_s >= talk_s", "increments only add seconds", suspend=True)

    class Config:
        name = "calls"
        unique = ["path", "line"]


def calls(*rows: tuple) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=polars_schema(Calls), orient="row")


def test_failing_calls_are_shown_by_file_and_line():
    rows = [("+15125550100.csv", n, "+1", 5 - n, 3) for n in (1, 2, 8, 9)]
    (rules,) = verdicts(Calls, examine(calls(*rows), Calls))
    assert rules.failures == {"talk_s.greater_than_or_equal_to": 2, "covered": 1}
    assert rules.samples == [
        "talk_s.greater_than_or_equal_to: +151******00.csv, 8",
        "talk_s.greater_than_or_equal_to: +151******00.csv, 9",
        "covered: +151******00.csv, 1",
    ]


def test_a_check_that_suspends_holds_what_is_written_nevertheless():
    (rules,) = verdicts(Calls, examine(calls(("a", 1, "+1", 0, 0), ("a", 1, "1", 0, 0)), Calls))
    assert (rules.passed, rules.blocking) == (False, True)
    assert rules.samples == ["callee.str_startswith: a, 1"]


def test_a_check_that_cannot_be_evaluated_does_not_pass():
    class Odd(Table):
        """A table with a check of a column that it does not have."""

        value: pl.Int64 = pa.Field(description="Value")
        wrong = row_check("wrong", "nothing > 0", "something is more than zero")

        class Config:
            name = "odd"

    (rules,) = verdicts(Odd, examine(pl.DataFrame({"value": [1]}), Odd))
    assert (rules.passed, rules.failures) == (False, {"odd_schema": 1})
    assert rules.figure == "0 failures of 2 rules in 1 rows; wrong could not be evaluated"


def odd(**options) -> type[Table]:
    class Odd(Table):
        """A table with an option that others may not know."""

        value: pl.Int64 = pa.Field(description="Value", nullable=True, **options)

        class Config:
            name = "odd"

    return Odd


@pytest.mark.parametrize("option", [{"coerce": True}, {"regex": True}, {"unique": True}, {"default": 0}])
def test_what_nothing_would_enforce_is_refused(option):
    (name,) = option
    for ask in (row_checks, lambda model: examine(pl.DataFrame({"value": [1]}), model)):
        with pytest.raises(UnenforcedError, match=rf"odd: the audit does not enforce value\.{name}"):
            ask(odd(**option))


@pytest.mark.parametrize("option", ["coerce", "drop_invalid_rows", "add_missing_columns"])
def test_options_of_a_whole_table_are_refused_too(option):
    class Odd(Table):
        """A table whose rows Pandera would change."""

        value: pl.Int64 = pa.Field(description="Value")
        Config = type("Config", (), {"name": "odd", option: True})

    with pytest.raises(UnenforcedError, match=rf"odd: the audit does not enforce {option}"):
        examine(pl.DataFrame({"value": [1]}), Odd)


@pytest.mark.parametrize(("option", "failing"), [({}, 1), ({"ignore_na": False}, 2), ({"n_failure_cases": 1}, 1)])
def test_what_pandera_enforces_is_enforced(option, failing):
    found = examine(pl.DataFrame({"value": [1, None, -3]}), odd(ge=0, **option))
    assert found.failures == {"value.greater_than_or_equal_to": failing}


def test_a_check_of_more_than_a_row_is_refused():
    """A task sees a part of a table only."""

    class Bare(Table):
        """A table with a check over all its rows."""

        value: pl.Int64 = pa.Field(description="Value")

        @pa.dataframe_check
        def is_special(cls, data):
            return data.lazyframe.select(pl.col("value").sum() > 100)

        class Config:
            name = "bare"

    with pytest.raises(UnenforcedError, match=r"bare: is_special may look at more than a row"):
        row_checks(Bare)


values = st.tuples(
    st.sampled_from(["a", "b", "d", None]),
    st.sampled_from(["x", "z", None]),
    st.sampled_from(["a", "ab", "b", None]),
    st.sampled_from([-1, 0, 10, 11, None]),
    st.sampled_from([1, 2, 5, 9, None]),
    st.sampled_from([Decimal("-0.01"), Decimal("0.00"), None]),
)


@settings(deadline=None)
@given(st.lists(values, max_size=8), st.integers(0, 8))
def test_parts_of_a_table_add_up_to_the_whole(rows, cut):
    whole = examine(sample(*rows), Sample)
    parts = together([examine(sample(*rows[:cut]), Sample), examine(sample(*rows[cut:]), Sample)])
    assert (parts.rows, dict(parts.failures), dict(parts.samples)) == (whole.rows, whole.failures, whole.samples)


@settings(deadline=None)
@given(st.lists(values, max_size=6))
def test_pandera_counts_what_plain_python_counts(rows):
    expected = {
        "key.not_null": lambda key, *_: key is None,
        "key.str_matches": lambda key, *_: key == "d",
        "kind.isin": lambda _, kind, *__: kind == "z",
        "code.str_startswith": lambda _, __, code, *___: code == "b",
        "code.notin": lambda _, __, code, *___: code == "ab",
        "seconds.not_null": lambda *row: row[3] is None,
        "seconds.greater_than_or_equal_to": lambda *row: row[3] == -1,
        "seconds.less_than_or_equal_to": lambda *row: row[3] == 11,
        "count.greater_than": lambda *row: row[4] == 1,
        "count.less_than": lambda *row: row[4] == 9,
        "count.not_equal_to": lambda *row: row[4] == 5,
        "amount.greater_than_or_equal_to": lambda *row: row[5] is not None and row[5] < 0,
        "seconds_cover_count": lambda *row: None not in row[3:5] and row[3] < row[4],
        "seconds_are_few": lambda *row: row[3] is not None and row[3] >= 9,
    }
    counted = {name: sum(fails(*row) for row in rows) for name, fails in expected.items()}
    assert examine(sample(*rows), Sample).failures == {name: count for name, count in counted.items() if count}
