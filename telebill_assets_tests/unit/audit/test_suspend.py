"""Records that break a table's suspending checks are set aside by Pandera itself, with the check's name."""

import pandera.polars as pa
import polars as pl

from telebill_assets.audit.suspend import suspend_broken, suspending_checks
from telebill_assets.tables.table import SUSPEND, Table, row_check
from telebill_assets.tables.validated_usage import ValidatedUsage

VERDICT = ("outcome", "reason", "rule", "field", "detail")
COLUMNS = {"path": pl.String, "line": pl.Int64, "callee": pl.String, "talk_s": pl.Int64, "billed_s": pl.Int64}


class Calls(Table):
    """Calls with checks that suspend."""

    path: pl.String = pa.Field(description="File")
    line: pl.Int64 = pa.Field(gt=0, description="Line")
    callee: pl.String = pa.Field(str_startswith="+", metadata=SUSPEND, description="Number")
    talk_s: pl.Int64 = pa.Field(ge=0, description="Seconds")
    billed_s: pl.Int64 = pa.Field(ge=0, description="Seconds")

    covered = row_check("covered", "billed_s >= talk_s", "increments only add seconds", suspend=True)

    class Config:
        name = "calls"
        unique = ["path", "line"]


def suspended(rows: list[tuple]) -> list[tuple]:
    """Verdicts about rows of (path, line, callee, talk_s, billed_s, outcome)."""
    judged = pl.DataFrame(rows, COLUMNS | {"outcome": pl.String}, orient="row").with_columns(
        pl.lit(None, pl.String).alias(name) for name in VERDICT[1:]
    )
    return suspend_broken(judged, Calls).sort("line").select(VERDICT).rows()


def test_records_that_break_a_suspending_check_are_set_aside_with_its_name():
    rows = [
        ("a", 1, "+1", 1, 2, None),
        ("a", 2, "1", 9, 2, None),
        ("a", 3, "+1", 9, 2, None),
        ("a", 4, "1", -1, 2, "duplicate"),
        ("a", 5, "+1", -1, 2, None),
    ]
    assert suspended(rows) == [
        (None, None, None, None, None),
        ("suspended", "broken_rule", "calls.callee.str_startswith", "callee", "expected callee: str_startswith('+')"),
        ("suspended", "broken_rule", "calls.covered", None, "expected increments only add seconds"),
        ("duplicate", None, None, None, None),
        (None, None, None, None, None),  # talk_s does not suspend: this row holds the partition
    ]


def test_a_null_breaks_only_the_check_that_a_value_is_there():
    rows = [("a", 1, None, 9, 2, None), ("a", 2, "+1", None, 2, None)]
    missing = ("suspended", "broken_rule", "calls.callee.not_null", "callee", "expected callee is present")
    assert suspended(rows) == [missing, (None, None, None, None, None)]


def test_nothing_to_accept_breaks_nothing():
    assert suspended([]) == []
    assert suspended([("a", 1, "1", 9, 2, "duplicate")]) == [("duplicate", None, None, None, None)]


def test_the_checks_of_validated_usage_that_suspend():
    assert [check.rule.removeprefix("validated_usage.") for check in suspending_checks(ValidatedUsage)] == [
        "caller.str_matches",
        "callee.not_null",
        "callee.str_matches",
        "talk_s.not_null",
        "talk_s.greater_than_or_equal_to",
        "jurisdiction.not_null",
        "jurisdiction.isin",
        "span_in_order",
        "landed_after_the_call",
    ]
