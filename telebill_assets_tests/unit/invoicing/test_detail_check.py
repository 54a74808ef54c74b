"""The calls that an invoice itemises against its usage lines."""

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telebill_assets.invoicing.documents.detail_check import CHARGE_COLUMNS, detail_difference
from telebill_assets.invoicing.model import Invoice, InvoiceLine
from telebill_assets.rating.month.exact import rounded

CALLS = {"billed_s": pl.Int64, "charge": pl.Decimal(18, 10), "line_id": pl.String}
LINES = dict(zip(CHARGE_COLUMNS, (pl.String, pl.Decimal(18, 2), pl.Decimal(18, 10)), strict=True))
TWO = [("L1", 60, "0.0125"), ("L1", 60, "0.0125"), ("L2", 6, "0.4000")]
some_calls = st.lists(
    st.tuples(st.sampled_from(["L1", "L2", "L3"]), st.integers(0, 600), st.decimals(0, 9, places=4).map(str)),
    max_size=30,
)


def calls_of(rows):
    return pl.DataFrame([(billed, Decimal(charge), line) for line, billed, charge in rows], schema=CALLS, orient="row")


def billed(calls):
    """The invoice of calls, and its charge lines: each sums its calls exactly and is rounded once."""
    sums = calls.group_by("line_id").agg(calls=pl.len(), billed_s=pl.sum("billed_s"), exact_amount=pl.sum("charge"))
    lines = sums.with_columns(amount=rounded(pl.col("exact_amount"), 2).cast(LINES["amount"]))
    invoice = Invoice.model_construct(
        lines=tuple(
            InvoiceLine.model_construct(**row, line_kind="usage") for row in lines.drop("exact_amount").to_dicts()
        )
    )
    return invoice, lines.select(pl.col(name).cast(kind) for name, kind in LINES.items())


@given(some_calls)
def test_the_sum_of_all_printed_calls_is_that_of_the_lines(rows):
    calls = calls_of(rows)
    invoice, charge_lines = billed(calls)
    assert detail_difference(invoice, calls, charge_lines) is None
    assert detail_difference(invoice, calls, charge_lines.clear()) is None


@pytest.mark.parametrize(
    ("printed", "difference"),
    [
        (TWO[1:], "calls 2 printed, 3 invoiced; billed seconds 66 printed, 126 invoiced; charge 0.4125 printed, 0.425"),
        ([("L1", 60, "0.0126"), *TWO[1:]], "charge 0.4251 printed, 0.425 invoiced"),
        ([("L1", 61, "0.0125"), *TWO[1:]], "billed seconds 127 printed, 126 invoiced"),
    ],
)
def test_a_call_that_differs_is_found(printed, difference):
    invoice, charge_lines = billed(calls_of(TWO))
    assert difference in detail_difference(invoice, calls_of(printed), charge_lines)


def test_of_lines_rated_again_only_the_rounded_amounts_are_left():
    """0.03 and 0.40 may each be half a cent away from the calls: 0.42 to 0.44."""
    invoice, charge_lines = billed(calls_of(TWO))
    other = charge_lines.with_columns(amount=pl.lit(Decimal("9.99")))
    a_little, more = ([("L1", 60, charge), *TWO[1:]] for charge in ("0.0200", "0.0400"))
    assert detail_difference(invoice, calls_of(a_little), other) is None
    assert detail_difference(invoice, calls_of(more), other) == "charge 0.4525 printed, 0.43 invoiced"
