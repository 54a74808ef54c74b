"""Before and after, against sums worked out by hand."""

from decimal import Decimal

import pytest

from telebill_assets.rating.compare import changed, compare, usage_of

DDL = "account_id string, destination string, calls long, talk_s long, billed_s long, charge decimal(18,10)"


@pytest.fixture(scope="module")
def sides(spark):
    before = [
        ("A-1", "uk", 2, 100, 120, Decimal("0.20")),
        ("A-1", "uk", 1, 30, 60, Decimal("0.10")),
        ("A-1", None, 1, 10, 60, Decimal("0.05")),
        ("B-1", "us", 4, 400, 400, Decimal("1.00")),
    ]
    after = [
        ("A-1", "uk", 3, 130, 180, Decimal("0.2400000001")),
        ("A-1", None, 1, 10, 60, Decimal("0.05")),
        ("C-1", "us", 1, 7, 7, Decimal("0.07")),
    ]
    return spark.createDataFrame(before, DDL), spark.createDataFrame(after, DDL)


def test_both_sides_are_summed_by_the_keys(sides):
    rows = {(row.account_id, row.destination): row for row in compare(*sides, ["account_id", "destination"]).collect()}
    assert len(rows) == 4
    uk = rows["A-1", "uk"]
    assert (uk.calls_before, uk.calls_after, uk.billed_s_before, uk.talk_s_after) == (3, 3, 180, 130)
    assert (uk.charge_before, uk.charge_after) == (Decimal("0.30"), Decimal("0.2400000001"))
    assert uk.difference == Decimal("-0.0599999999")
    assert rows["A-1", None].difference == 0
    assert (rows["B-1", "us"].calls_after, rows["B-1", "us"].difference) == (0, Decimal(-1))
    assert (rows["C-1", "us"].charge_before, rows["C-1", "us"].difference) == (0, Decimal("0.07"))


def test_without_keys_there_is_one_row_of_totals_even_of_nothing(spark, sides):
    (total,) = compare(*sides, []).collect()
    assert (total.calls_before, total.calls_after) == (8, 5)
    assert total.difference == Decimal("0.3600000001") - Decimal("1.35")
    nothing = spark.createDataFrame([], DDL)
    (empty,) = compare(nothing, nothing, []).collect()
    assert (empty.calls_before, empty.difference) == (0, 0)


def test_changed_leaves_out_what_is_the_same(sides):
    found = changed(compare(*sides, ["account_id", "destination"])).collect()
    assert sorted((row.account_id, row.destination) for row in found) == [("A-1", "uk"), ("B-1", "us"), ("C-1", "us")]


def test_calls_without_a_price_are_calls_without_charge(spark):
    priced = spark.createDataFrame(
        [("A-1", 60, 60, Decimal("0.10")), ("A-1", 30, None, None)],
        "account_id string, talk_s long, billed_s long, charge decimal(18,10)",
    )
    (row,) = compare(usage_of(priced), usage_of(priced.limit(0)), ["account_id"]).collect()
    assert (row.calls_before, row.talk_s_before, row.billed_s_before) == (2, 90, 60)
    assert row.charge_before == Decimal("0.10")
