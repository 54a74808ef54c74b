"""Before and after, against sums worked out by hand."""

from decimal import Decimal

import polars as pl
import pytest

from telebill_assets.rating.compare import changed, compare, usage_of

CHARGE = pl.Decimal(18, 10)
COLUMNS = {
    "account_id": pl.String,
    "destination": pl.String,
    "calls": pl.Int64,
    "talk_s": pl.Int64,
    "billed_s": pl.Int64,
    "charge": CHARGE,
}


@pytest.fixture(scope="module")
def sides():
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
    return tuple(pl.DataFrame(rows, COLUMNS, orient="row") for rows in (before, after))


def test_both_sides_are_summed_by_the_keys(sides):
    rows = {
        (row["account_id"], row["destination"]): row
        for row in compare(*sides, ["account_id", "destination"]).to_dicts()
    }
    assert len(rows) == 4
    uk = rows["A-1", "uk"]
    assert (uk["calls_before"], uk["calls_after"], uk["billed_s_before"], uk["talk_s_after"]) == (3, 3, 180, 130)
    assert (uk["charge_before"], uk["charge_after"]) == (Decimal("0.30"), Decimal("0.2400000001"))
    assert uk["difference"] == Decimal("-0.0599999999")
    assert rows["A-1", None]["difference"] == 0
    assert (rows["B-1", "us"]["calls_after"], rows["B-1", "us"]["difference"]) == (0, Decimal(-1))
    assert (rows["C-1", "us"]["charge_before"], rows["C-1", "us"]["difference"]) == (0, Decimal("0.07"))


def test_without_keys_there_is_one_row_of_totals_even_of_nothing(sides):
    (total,) = compare(*sides, []).to_dicts()
    assert (total["calls_before"], total["calls_after"]) == (8, 5)
    assert total["difference"] == Decimal("0.3600000001") - Decimal("1.35")
    nothing = pl.DataFrame(schema=COLUMNS)
    (empty,) = compare(nothing, nothing, []).to_dicts()
    assert (empty["calls_before"], empty["difference"]) == (0, 0)


def test_changed_leaves_out_what_is_the_same(sides):
    found = changed(compare(*sides, ["account_id", "destination"])).to_dicts()
    assert sorted((row["account_id"], row["destination"]) for row in found) == [
        ("A-1", "uk"),
        ("B-1", "us"),
        ("C-1", "us"),
    ]


def test_calls_without_a_price_are_calls_without_charge():
    priced = pl.DataFrame(
        [("A-1", 60, 60, Decimal("0.10")), ("A-1", 30, None, None)],
        {"account_id": pl.String, "talk_s": pl.Int64, "billed_s": pl.Int64, "charge": CHARGE},
        orient="row",
    )
    (row,) = compare(usage_of(priced), usage_of(priced.limit(0)), ["account_id"]).to_dicts()
    assert (row["calls_before"], row["talk_s_before"], row["billed_s_before"]) == (2, 90, 60)
    assert row["charge_before"] == Decimal("0.10")
