"""Tiers, against tables worked out by hand and a reference that walks from tier to tier with fractions."""

from decimal import Decimal
from fractions import Fraction
from math import ceil

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from telebill_assets.rating.month.tiers import QUANTITY, tier_charges, tiers_frame

STEPS = (("10", "0.10", "1", None), ("20", "0.05", "2", None), (None, "0.01", "5", None))
"""Up to 10 for 0.10 each and 1 once; up to 20 for 0.05 and 2; then 0.01 and 5."""
BLOCKS = (("100", None, "10", None), ("250", "4", None, "50"), (None, "9", None, "100"))
"""100 for 10; up to 250 in blocks of 50 for 4; then blocks of 100 for 9."""


def decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def steps(rows) -> list[dict[str, Decimal | None]]:
    names = ("up_to", "unit_price", "flat", "increment")
    return [dict(zip(names, map(decimal, row), strict=True)) for row in rows]


ASKED = {"schedule": pl.String, "quantity": QUANTITY}


def charges(cases: list[tuple[str, int, list[dict], str]]) -> list[Decimal]:
    """Charges of cases of model, unit size, steps and quantity, all at once."""
    schedules = {str(nr): (model, size, tiers) for nr, (model, size, tiers, _) in enumerate(cases)}
    quantities = [(str(nr), Decimal(case[3])) for nr, case in enumerate(cases)]
    charged = tier_charges(pl.DataFrame(quantities, ASKED, orient="row"), tiers_frame(schedules))
    summed = charged.group_by("schedule").agg((pl.col("metered") + pl.col("flat")).sum())
    found = {int(schedule): charge for schedule, charge in summed.iter_rows()}
    return [found[nr] for nr in range(len(cases))]


HAND = [
    ("graduated", STEPS, "0", "1"),
    ("graduated", STEPS, "4", "1.40"),
    ("graduated", STEPS, "10", "2"),  # 10 is still in the first tier
    ("graduated", STEPS, "10.5", "4.025"),  # 2 + 2 + 0.5 x 0.05
    ("graduated", STEPS, "20", "4.5"),
    ("graduated", STEPS, "25", "9.55"),  # 4.5 + 5 + 5 x 0.01
    ("volume", STEPS, "0", "1"),
    ("volume", STEPS, "10", "2"),
    ("volume", STEPS, "10.5", "2.525"),  # 10.5 x 0.05 + 2
    ("volume", STEPS, "25", "5.25"),
    ("package", BLOCKS, "0", "10"),
    ("package", BLOCKS, "100", "10"),
    ("package", BLOCKS, "101", "14"),
    ("package", BLOCKS, "150", "14"),
    ("package", BLOCKS, "150.01", "18"),
    ("package", BLOCKS, "250", "22"),
    ("package", BLOCKS, "251", "31"),
    ("graduated", BLOCKS, "251", "31"),  # a graduated tier may have an increment, too
    ("volume", (("100", "1", None, "60"), (None, "0.9", None, "60")), "121", "2.7"),  # three begun blocks of 60
]


def test_tables_worked_out_by_hand():
    cases = [(model, 1, steps(rows), quantity) for model, rows, quantity, _ in HAND]
    assert charges(cases) == [Decimal(expected) for *_, expected in HAND]


def test_seconds_are_priced_by_the_minute_without_rounding_them_to_minutes():
    """1,000 s: 10 min at 0.06 are 0.60; the other 400 s at 0.03 a minute are 0.20."""
    rows = steps((("10", "0.06", None, None), (None, "0.03", None, None)))
    assert charges([("graduated", 60, rows, "1000"), ("graduated", 60, rows, "600")]) == [
        Decimal("0.80"),
        Decimal("0.60"),
    ]


def test_large_quantities_and_fine_prices_stay_exact():
    rows = steps(((None, "12345678.0123456789", None, None),))
    (found,) = charges([("graduated", 1, rows, "1234567890.12345678")])
    assert Fraction(found) == Fraction("12345678.0123456789") * Fraction("1234567890.12345678")


PRICE = st.decimals(0, 100, places=4)
STEP = st.tuples(
    st.decimals("0.01", 50, places=2),
    st.none() | PRICE,
    st.none() | PRICE,
    st.none() | st.decimals("0.1", 20, places=1),
)
CASE = st.tuples(
    st.sampled_from(["graduated", "volume", "package"]),
    st.lists(STEP, min_size=1, max_size=4),
    st.decimals(0, 150, places=2) | st.integers(0, 3).map(Decimal),
    st.booleans(),
)


def expected(model: str, tiers: list[dict], quantity: Decimal) -> Fraction:
    """Walk up the tiers; each sells what lies in it."""
    start, total = Fraction(0), Fraction(0)
    for number, tier in enumerate(tiers):
        q, end = Fraction(quantity), tier["up_to"]
        top = q if end is None else min(q, Fraction(end))
        inside = q if model == "volume" else top - start
        holds = (q > start or number == 0) and (model != "volume" or end is None or q <= end)
        if holds:
            increment = tier["increment"]
            bought = inside if increment is None else Fraction(ceil(inside / Fraction(increment)))
            total += bought * Fraction(tier["unit_price"] or 0) + Fraction(tier["flat"] or 0)
        start = q if end is None else Fraction(end)
        if q <= start:
            break
    return total


@settings(deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.lists(CASE, min_size=1, max_size=20))
def test_every_schedule_is_priced_as_the_reference_prices_it(drawn):
    cases = []
    for model, sizes, quantity, on_the_edge in drawn:
        ends, tiers = Decimal(0), []
        for size, price, flat, increment in sizes:
            ends += size
            tiers.append({"up_to": ends, "unit_price": price, "flat": flat, "increment": increment})
        tiers[-1]["up_to"] = None
        asked = tiers[0]["up_to"] if on_the_edge and tiers[0]["up_to"] else quantity
        cases.append((model, 1, tiers, str(asked)))
    found = charges(cases)
    assert [Fraction(charge) for charge in found] == [
        expected(model, tiers, Decimal(quantity)) for model, _, tiers, quantity in cases
    ]


@pytest.mark.parametrize("model", ["graduated", "package"])
def test_parts_and_tiers_explain_the_charge(model):
    quantity = pl.DataFrame([("s", Decimal(25))], ASKED, orient="row")
    rows = tier_charges(quantity, tiers_frame({"s": (model, 1, steps(STEPS))})).sort("tier").to_dicts()
    assert [(row["tier"], row["part"], row["metered"], row["flat"]) for row in rows] == [
        (1, 10, Decimal(1), Decimal(1)),
        (2, 10, Decimal("0.5"), Decimal(2)),
        (3, 5, Decimal("0.05"), Decimal(5)),
    ]
