"""The journal balances on every invoice, and what has no account is named, all of it."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telebill_assets.demo.reference_files import write_reference_files
from telebill_assets.finance.gl_accounts import AccountMap, GlAccount, Posting, UnmappedError, read_account_map
from telebill_assets.finance.journal import InvoiceToPost, UnbalancedInvoiceError, entries, postings
from telebill_assets.mediation.layouts import LAYOUTS
from telebill_assets.reference.findings import InvalidReferenceError
from telebill_assets.reference.load import load

MONTH = date(2020, 4, 1)
ANY = AccountMap(
    [(Posting(kind, "*", "*", "*", "*"), GlAccount(kind, kind)) for kind in ("charge", "tax")]
    + [(Posting("receivable", "*", "*", "*", "*"), GlAccount("1200", "Receivables"))]
)


def invoice(posted_amounts, payable=None):
    due = sum((amount for _, amount in posted_amounts), Decimal(0)) if payable is None else payable
    return InvoiceToPost("NLT-1", MONTH, MONTH, "NLT", "US-1", "USD", due, posted_amounts)


def charge(kind, product):
    return Posting("charge", "NLT", kind, product)


def posted(made):
    return [(row["gl_account"], row["debit"], row["credit"]) for row in entries(made, ANY.require(postings([made])))]


def test_an_invoice_with_an_allowance_by_hand():
    made = invoice(
        [
            (charge("usage", "usage_local"), Decimal("10.00")),
            (charge("allowance", "usage_local"), Decimal("-4.00")),
            (charge("recurring", "line"), Decimal("0.00")),
            (Posting("tax", "NLT", tax_type="035"), Decimal("1.25")),
        ]
    )
    assert posted(made) == [
        ("1200", Decimal("7.25"), Decimal(0)),
        ("charge", Decimal(0), Decimal("10.00")),
        ("charge", Decimal("4.00"), Decimal(0)),
        ("tax", Decimal(0), Decimal("1.25")),
    ]


amounts = st.decimals(-10_000, 10_000, places=2)


@given(
    st.lists(st.tuples(st.sampled_from(["usage", "allowance", "recurring", "one_off", "other"]), amounts), max_size=8)
)
def test_debit_equals_credit_and_nothing_is_negative(drawn):
    rows = posted(invoice([(charge(kind, f"p{n}"), amount) for n, (kind, amount) in enumerate(drawn)]))
    assert sum(debit for _, debit, _ in rows) == sum(credit for _, _, credit in rows)
    assert all(min(debit, credit) == 0 < max(debit, credit) for _, debit, credit in rows)


def test_an_invoice_that_does_not_add_up_is_refused():
    made = invoice([(charge("usage", "usage_local"), Decimal("10.00"))], payable=Decimal("10.01"))
    with pytest.raises(UnbalancedInvoiceError, match=r"charges and taxes are 10.00, payable 10.01"):
        posted(made)


def test_every_posting_without_an_account_is_named():
    known = AccountMap([(Posting("charge", "*", "*", "line", "*"), GlAccount("4100", "Lines"))])
    made = invoice([(charge("recurring", "line"), Decimal(1)), (charge("usage", "usage_local"), Decimal(2))])
    with pytest.raises(UnmappedError) as caught:
        known.require(postings([made]))
    assert str(caught.value).splitlines() == [
        "gl_accounts.csv: no account for charge usage/usage_local of seller NLT, expected a row",
        "gl_accounts.csv: no account for receivable of seller NLT, expected a row",
    ]


def test_the_more_precise_row_wins():
    rows = {
        ("*", "*", "*"): "any",
        ("NLT", "*", "*"): "seller",
        ("*", "usage", "*"): "kind",
        ("*", "*", "usage_local"): "product",
        ("NLT", "*", "usage_local"): "product of seller",
    }
    known = AccountMap(
        (Posting("charge", seller, kind, product, "*"), GlAccount(name, name))
        for (seller, kind, product), name in rows.items()
    )

    def found(seller, kind, product):
        account = known.account(Posting("charge", seller, kind, product))
        return account and account.number

    assert found("NLD", "one_off", "desk") == "any"
    assert found("NLT", "one_off", "desk") == "seller"
    assert found("NLT", "usage", "usage_national") == "kind"
    assert found("NLD", "usage", "usage_local") == "product"
    assert found("NLT", "usage", "usage_local") == "product of seller"


def test_the_demo_has_an_account_for_everything_it_sells(tmp_path):
    write_reference_files(tmp_path)
    tables, known = load(tmp_path, LAYOUTS).tables, read_account_map(tmp_path)
    sellers = {row["seller_id"] for row in tables["sellers"].to_dicts()}
    sold = {
        (seller, row["product"], row["category"])
        for row in tables["products"].to_dicts()
        for seller in (sellers if row["product"] != "photography" else {"STU"})
    }
    known.require(Posting("charge", seller, category, product) for seller, product, category in sold)
    known.require(Posting("receivable", seller) for seller in sellers)


def test_rows_that_cannot_be_used_are_all_named(tmp_path):
    header = "posting,seller_id,line_kind,product,tax_type,gl_account,gl_name\n"
    (tmp_path / "gl_accounts.csv").write_text(header + "income,*,*,*,*,1,A\ncharge,*,*,*,*,,B\n")
    with pytest.raises(InvalidReferenceError) as caught:
        read_account_map(tmp_path)
    assert [(finding.line, finding.field) for finding in caught.value.findings] == [(2, "posting"), (3, "gl_account")]
    with pytest.raises(InvalidReferenceError, match="expected a file in"):
        read_account_map(tmp_path / "empty")
