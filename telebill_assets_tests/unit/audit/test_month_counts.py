"""What the monthly checks count in parts of a month adds up to what they count in the whole."""

from datetime import date
from decimal import Decimal

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from telebill_assets.audit.controls.agreement import TAXED, agreed, agreement, differences
from telebill_assets.audit.controls.billing_run import (
    NO_INVOICES,
    bill_run_complete,
    billing_states,
    fingerprint,
    gl_totals,
    invoices_frozen,
)
from telebill_assets.audit.controls.tax_coverage import lacking, tax_coverage
from telebill_assets.audit.tally import Tally, add_up, together
from telebill_assets.tables.rated_usage import RatedUsage
from telebill_assets.tables.reference.accounts import Accounts
from telebill_assets.tables.reference.products import Products
from telebill_assets.tables.table import from_rows
from telebill_assets.tables.taxed_charges import TaxedCharges

MONEY = pl.Decimal(18, 2)
KEYS, MEASURES = ("line_id",), ("lines", "amount")
counted = st.lists(st.tuples(st.sampled_from("ABCD"), st.integers(-3, 3)), max_size=8)


def lines(rows: list[tuple[str, int]]) -> pl.DataFrame:
    figures = [(key, 1, Decimal(cents) / 100) for key, cents in rows]
    return pl.DataFrame(figures, {"line_id": pl.String, "lines": pl.Int64, "amount": MONEY}, orient="row")


def test_two_counts_that_differ_are_named_with_their_difference():
    verdict = agreement(TAXED, lines([("A", 5), ("B", 7)]), lines([("A", 5), ("B", 6), ("C", 1)]), KEYS, MEASURES)
    assert not verdict.passed
    assert verdict.figure == "2 differences in lines, amount by line_id"
    assert verdict.samples == [
        "B: amount +0.01",
        "C: lines -1, amount -0.01",
    ]


@given(left=counted, right=counted)
@settings(deadline=None)
def test_differences_of_parts_are_those_of_the_whole(left, right):
    whole = differences(lines(left), lines(right), KEYS, MEASURES)
    parts = [
        differences(
            lines([row for row in left if (row[0] in "AB") is first]),
            lines([row for row in right if (row[0] in "AB") is first]),
            KEYS,
            MEASURES,
        )
        for first in (True, False)
    ]
    assert together(parts) == whole
    sums = {key: Decimal(0) for key, _ in [*left, *right]}
    rows = dict.fromkeys(sums, 0)
    for sign, side in ((1, left), (-1, right)):
        for key, cents in side:
            sums[key] += sign * cents
            rows[key] += sign
    wrong = [key for key in sums if sums[key] or rows[key]]
    assert agreed(TAXED, whole, KEYS, MEASURES).failures == ({"differences": len(wrong)} if wrong else {})


def test_every_account_has_a_state_and_wrong_ones_are_named():
    accounts = from_rows([{"account_id": account} for account in "ABCDEF"], Accounts)
    rated = from_rows([{"account_id": account} for account in "ABDEX"], RatedUsage)
    invoices = pl.DataFrame({"account_id": ["A", "B", "B", "E", "F"]})
    holds = pl.DataFrame({"account_id": ["E"], "reason": ["9220 Bad zip"]})
    verdict = bill_run_complete(billing_states(accounts, rated, invoices, holds))
    assert verdict.failures == {
        "charged but not invoiced": 1,
        "invoiced and held": 1,
        "invoiced twice": 1,
        "invoiced without charges": 1,
        "unknown account": 1,
    }
    assert verdict.samples == [
        "B: invoiced twice",
        "D: charged but not invoiced",
        "E: invoiced and held",
        "F: invoiced without charges",
        "X: unknown account",
    ]
    assert verdict.figure.startswith("7 accounts = 1 invoiced + 0 held + 1 without charges + ")


def test_a_line_without_place_code_or_decision_is_named():
    texan = {"country": "US", "state": "TX", "postal_code": "78701"}
    accounts = [
        {"account_id": "A", **texan},
        {"account_id": "B", **texan, "postal_code": ""},
        {"account_id": "C", "country": "DE", "postal_code": ""},
    ]
    charges = [
        {"line_id": f"{account}-{product}", "account_id": account, "line_kind": kind, "product": product}
        for account, product, kind in (
            ("A", "p", "usage"),
            ("B", "p", "usage"),
            ("C", "p", "usage"),
            ("A", "unknown", "usage"),
            ("unknown", "p", "one_off"),
            ("unknown", "l", "pass_through"),
        )
    ]
    taxed = [{"line_id": row["line_id"], "status": "taxed", "tax_batch": "1"} for row in charges]
    taxed[2] |= {"tax_batch": None}
    verdict = tax_coverage(
        lacking(
            from_rows(charges, RatedUsage),
            from_rows(taxed, TaxedCharges),
            from_rows(accounts, Accounts),
            from_rows([{"product": "p", "trans_type": "050158", "regulatory": "03"}], Products),
        )
    )
    assert verdict.figure == "4 of 5 taxable lines lack something"
    assert verdict.failures == {"situs": 2, "tax code": 1, "tax decision": 1}
    assert verdict.samples == [
        "A-unknown: no tax code",
        "B-p: no situs",
        "C-p: no tax decision",
        "unknown-p: no situs",
    ]


def test_fingerprints_of_parts_add_up_and_tell_accounts_and_amounts_apart():
    invoices = pl.DataFrame(
        {"account_id": ["A", "B"], "currency": ["EUR", "EUR"], "payable": [Decimal("1.10"), Decimal("2.00")]},
        schema_overrides={"payable": MONEY},
    )
    whole = fingerprint(invoices)
    assert sum((fingerprint(invoices[n]) for n in range(2)), start=NO_INVOICES) == whole
    swapped = invoices.with_columns(pl.col("account_id").reverse())
    assert not invoices_frozen(whole, fingerprint(swapped)).passed
    assert invoices_frozen(whole, fingerprint(invoices.reverse())).passed
    assert fingerprint(invoices.clear()) == NO_INVOICES


def test_totals_that_differ_are_named_to_the_cent():
    verdict = gl_totals({"EUR net": Decimal("1.00"), "EUR tax": Decimal("0.19")}, {"EUR net": Decimal("0.99")})
    assert verdict.samples == ["EUR net: differs by +0.01", "EUR tax: differs by +0.19"]


def test_what_nobody_counted_stays_unknown_and_counts_of_parts_are_added():
    day = pl.lit(date(2020, 4, 1)).alias("period")
    parts = [
        pl.DataFrame({"outcome": ["net", "line"], "records": [1, 2], "talk_s": [None, 60]}).with_columns(day),
        pl.DataFrame({"outcome": ["net", "line"], "records": [4, 8], "talk_s": [None, 30]}).with_columns(day),
    ]
    summed = {row["outcome"]: row for row in add_up(parts).to_dicts()}
    assert (summed["net"]["records"], summed["net"]["talk_s"]) == (5, None)
    assert (summed["line"]["records"], summed["line"]["talk_s"]) == (10, 90)
    assert together([Tally({"a": 1}, ("x",)), Tally({"b": 2}, ("w",))]) == Tally({"a": 1, "b": 2}, ("w", "x"))
