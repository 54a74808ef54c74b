"""From landing files to invoices through Dagster: what was put in is what comes out."""

import hashlib
from decimal import Decimal
from pathlib import Path

import pytest

from telebill_assets.database.server import connect, database_url
from telebill_assets.demo.commands import MONTH
from telebill_assets.demo.report import disagreements
from telebill_assets.demo.summary import summarise
from telebill_assets.lake.lake import Lake
from telebill_assets.operate import RunFailedError
from telebill_assets_tests.end_to_end.conftest import DAYS_WITH_CALLS

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def summary(road):
    return summarise(Lake.open(road.settings), road.settings, MONTH)


def test_suspense_and_ledger_report_what_was_injected(road, summary):
    assert disagreements(road.manifest, summary) == []
    assert summary.suspended["no_rate"] == 8  # one a file, four files a day, two days


def test_every_gate_of_the_month_is_passed(summary):
    ran = [gate for gate in summary.gates if not gate.name.endswith(".report")]
    assert len(ran) > 40
    assert [gate.name for gate in ran if not gate.passed] == []


def test_an_account_gets_the_sample_invoice_and_it_foots(road):
    with connect(database_url(road.settings)) as connection:
        found = connection.execute(
            "SELECT invoice_date::text, net, tax, pass_through, payable FROM invoice WHERE account_id = 'S-1001'"
        ).fetchall()
    assert found == [("2020-04-24", Decimal("275.63"), Decimal("52.37"), Decimal("16.80"), Decimal("344.80"))]


def test_there_is_a_document_for_every_invoice(road, summary):
    with connect(database_url(road.settings)) as connection:
        numbers = [row[0] for row in connection.execute("SELECT invoice_number FROM invoice ORDER BY 1")]
    assert sorted(Path(path).stem for path in summary.documents) == numbers
    assert summary.invoices == len(numbers)


def state(road) -> tuple:
    with connect(database_url(road.settings)) as connection:
        invoices = connection.execute("SELECT to_jsonb(invoice) FROM invoice ORDER BY invoice_id").fetchall()
    documents = sorted((road.settings.documents_dir / f"{MONTH:%Y-%m}").glob("*.pdf"))
    return invoices, {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in documents}


def test_a_day_and_the_month_run_again_change_nothing(road, summary):
    before = state(road)
    road.operator.run_day(DAYS_WITH_CALLS[-1].isoformat())
    road.operator.run_month(MONTH.isoformat())
    assert state(road) == before
    assert summarise(Lake.open(road.settings), road.settings, MONTH) == summary


def test_a_month_with_missing_days_is_refused(road):
    with pytest.raises(RunFailedError, match=r"cannot be billed yet: 2020-05-01 \(missing\)"):
        road.operator.run_month("2020-05-01")
