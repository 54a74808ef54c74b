"""The billing run: gapless numbers, nothing billed twice, nothing final ever changed."""

from datetime import date
from decimal import Decimal

import psycopg
import pytest

from telebill_assets.database.server import connect
from telebill_assets.invoicing import billing_run
from telebill_assets.invoicing.billing_run import ControlTotalError, FinalInvoiceError, Load, stage, unstage
from telebill_assets_tests.support.assembled import assembly, line

MONTHS = [date(2020, month, 1) for month in range(1, 13)]


@pytest.fixture
def month(url):
    """Each test bills a month of its own: final invoices cannot be removed."""
    with connect(url) as connection:
        taken = {row[0] for row in connection.execute("SELECT DISTINCT billing_month FROM invoice_counter")}
    return next(month for month in MONTHS if month not in taken)


def bill(made, url, month, run_id, code_version) -> int:
    """Stage and bill, and leave nothing staged."""
    try:
        return billing_run.bill([stage(made, url, run_id)], url, month, run_id, code_version)
    finally:
        unstage(url, run_id)


def final(url, month) -> list[tuple]:
    with connect(url) as connection:
        return connection.execute(
            "SELECT invoice_number, account_id, payable FROM invoice WHERE billing_month = %s AND status = 'final' "
            "ORDER BY invoice_number",
            [month],
        ).fetchall()


def test_numbers_are_gapless_per_seller_in_order_of_the_accounts(url, month):
    made = assembly(month, line("B1", 1, "5.00"), line("A2", 1, "2.00"), line("A1", 1, "1.00", tax="0.19"))
    assert bill(made, url, month, "run-1", "1.0") == 3
    assert final(url, month) == [
        (f"NLT-{month:%Y-%m}-000001", "A1", Decimal("1.19")),
        (f"NLT-{month:%Y-%m}-000002", "A2", Decimal("2.00")),
        (f"STU-{month:%Y-%m}-000001", "B1", Decimal("5.00")),
    ]


def test_the_same_month_again_changes_nothing(url, month):
    made = assembly(month, line("A1", 1, "1.00", tax="0.19"))
    bill(made, url, month, "run-1", "1.0")
    before = final(url, month)
    assert bill(made, url, month, "run-2", "2.0") == 0
    assert final(url, month) == before


def test_a_late_account_gets_the_next_number(url, month):
    bill(assembly(month, line("A2", 1, "2.00")), url, month, "run-1", "1.0")
    later = assembly(month, line("A1", 1, "1.00"), line("A2", 1, "2.00"))
    assert bill(later, url, month, "run-2", "1.0") == 1
    assert [(number[-6:], account) for number, account, _ in final(url, month)] == [("000001", "A2"), ("000002", "A1")]


def test_a_final_invoice_is_never_changed(url, month):
    bill(assembly(month, line("A1", 1, "1.00")), url, month, "run-1", "1.0")
    before = final(url, month)
    with pytest.raises(FinalInvoiceError, match=f"NLT-{month:%Y-%m}-000001"):
        bill(assembly(month, line("A1", 1, "1.01")), url, month, "run-2", "1.0")
    assert final(url, month) == before
    numbered = "invoice_id = (SELECT invoice_id FROM invoice WHERE invoice_number = %s)"
    for attempt in (
        f"UPDATE invoice SET payable = payable + 1, net = net + 1 WHERE {numbered}",
        f"DELETE FROM invoice WHERE {numbered}",
        f"UPDATE invoice_line SET amount = 0 WHERE {numbered}",
    ):
        with pytest.raises(psycopg.errors.RaiseException, match="is final and cannot be changed"), connect(url) as db:
            db.execute(attempt, [before[0][0]])
    with pytest.raises(psycopg.errors.RaiseException, match="final invoices stay"), connect(url) as db:
        db.execute("TRUNCATE invoice CASCADE")
    assert final(url, month) == before


def test_what_an_attempt_staged_that_was_not_reported_is_not_billed(url, month):
    """A task whose answer was lost has staged its rows, and stages them again under another load."""
    made = assembly(month, line("A1", 1, "1.00", tax="0.19"))
    stage(made, url, "run-1")
    assert bill(made, url, month, "run-1", "1.0") == 1
    assert final(url, month) == [(f"NLT-{month:%Y-%m}-000001", "A1", Decimal("1.19"))]


def test_rows_that_are_not_all_there_stop_the_run(url, month):
    load = stage(assembly(month, line("A1", 1, "1.00")), url, "run-1")
    with pytest.raises(ControlTotalError):
        billing_run.bill([load, Load("lost", 1, 1, 0, Decimal(1))], url, month, "run-1", "1.0")
    unstage(url, "run-1")
    assert final(url, month) == []


def test_texts_reach_the_database_as_they_are(url, month):
    said = 'Calls, "local"\r\n\\N und Grüße'
    made = assembly(month, line("A1", 1, "1.00", description=said, unit=""))
    bill(made, url, month, "run-1", "1.0")
    with connect(url) as connection:
        found = connection.execute(
            "SELECT description, article_nr, unit FROM invoice_line WHERE invoice_id = %s", [f"{month:%Y-%m}-A1"]
        ).fetchall()
    assert found == [(said, None, "")]
