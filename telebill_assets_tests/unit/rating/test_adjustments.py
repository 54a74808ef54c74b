"""Adjustments of a closed month, against amounts worked out by hand, and that nothing is lost in taking differences."""

from datetime import date
from decimal import Decimal

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from telebill_assets.rating.adjustments import (
    adjustment_charges,
    as_adjustment_lines,
    changes,
    line_corrections,
    with_changes,
)
from telebill_assets.rating.month.charge_lines import charge_lines
from telebill_assets.tables.daily_aggregates import DailyAggregates
from telebill_assets.tables.table import from_rows, polars_schema
from telebill_assets.tables.usage_adjustments import UsageAdjustments
from telebill_assets_tests.unit.rating.month.months import APRIL, april, calls, tariff

MAY = date(2020, 5, 1)


def test_changes_have_the_columns_of_the_aggregates():
    """So whatever tells aggregates apart tells their changes apart."""
    changed, known = polars_schema(UsageAdjustments), polars_schema(DailyAggregates)
    assert {name: changed[name] for name in known} == known
    assert changed.keys() - known.keys() == {"closed_month", "proposal"}


def test_what_an_allowance_paid_for_is_credited_less_too():
    """400 s + 400 s at 0.60 each, 600 s included: 0.60 + 0.30 credited. The second at 0.40: 0.60 + 0.20 credited.

    The second call's price falls by 0.20, and the allowance pays 0.10 less of it: the customer gets 0.10 back.
    """
    before = from_rows([calls(1, 400, "0.60"), calls(2, 400, "0.60")], DailyAggregates)
    after = from_rows([calls(1, 400, "0.60"), calls(2, 400, "0.40")], DailyAggregates)
    corrections = line_corrections(*(charge_lines(side, tariff(), APRIL) for side in (before, after)))
    lines = as_adjustment_lines(corrections, MAY, "p1", APRIL)
    charges = adjustment_charges(lines, {"p1": "bad deck"}, MAY).sort("amount").to_dicts()
    assert [(line["description"], line["amount"]) for line in charges] == [
        ("Adjustment 2020-04: Calls to United States, interstate (bad deck)", Decimal("-0.20")),
        ("Adjustment 2020-04: Included: 10 minutes, United States, interstate (bad deck)", Decimal("0.10")),
    ]
    assert {(line["billing_month"], line["line_kind"], line["product"]) for line in charges} == {
        (MAY, "adjustment", "usage_interstate")
    }
    assert {(line["service_from"], line["service_to"]) for line in charges} == {(april(1), april(2))}
    assert len({line["line_id"] for line in charges}) == 2


def test_an_adjustment_is_rounded_once_from_the_exact_difference():
    """0.124 was billed as 0.12 and should have been 0.129, billed as 0.13; the difference 0.005 is 0.01."""
    sides = (from_rows([calls(1, 60, charge)], DailyAggregates) for charge in ("0.124", "0.129"))
    corrections = line_corrections(*(charge_lines(side, tariff(plan_allowances=[]), APRIL) for side in sides))
    lines = as_adjustment_lines(corrections, MAY, "p1", APRIL)
    (line,) = adjustment_charges(lines, {"p1": "why"}, MAY).to_dicts()
    assert (line["exact_amount"], line["amount"]) == (Decimal("0.005"), Decimal("0.01"))


DAY = st.tuples(st.integers(1, 3), st.integers(1, 600), st.integers(0, 10_000), st.sampled_from(["us", "uk"]))


@settings(deadline=None)
@given(*[st.lists(DAY, max_size=4, unique_by=lambda row: (row[0], row[3])) for _ in range(3)])
def test_aggregates_with_all_their_changes_are_the_newest_aggregates(first, second, third):
    """Two re-ratings one after the other, the second compared with the first's result."""
    states = [
        from_rows([calls(d, s, f"{c / 10_000:.4f}", destination=to) for d, s, c, to in rows], DailyAggregates)
        for rows in (first, second, third)
    ]
    earlier = changes(states[0], states[1])
    billed = with_changes(states[0], earlier)
    both = pl.concat([earlier, changes(billed, states[2])])
    assert sorted(with_changes(states[0], both).rows()) == sorted(states[2].rows())
