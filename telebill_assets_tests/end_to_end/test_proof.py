"""The month that travelled the road is proven: it reconciles, its lines are traced, its report is written."""

import json
from dataclasses import dataclass

import polars as pl
import pytest

from telebill_assets.database.server import connect, database_url
from telebill_assets.demo.commands import MONTH
from telebill_assets.finance.export import export
from telebill_assets.finance.gl_accounts import read_account_map
from telebill_assets.lake.lake import Lake
from telebill_assets.proof.trace_back import trace_invoice, trace_line
from telebill_assets.proof.trace_forward import trace_record
from telebill_assets.proof.trace_models import UnknownError
from telebill_assets.tables.excluded_usage import ExcludedUsage
from telebill_assets.tables.ledger import Ledger
from telebill_assets.tables.suspended_usage import SuspendedUsage
from telebill_assets_tests.support.command_line import telebill

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Place:
    lake: Lake
    url: str


@pytest.fixture(scope="module")
def place(road):
    return Place(Lake.open(road.settings), database_url(road.settings))


def longest_usage_line(url) -> tuple[str, int]:
    with connect(url) as connection:
        found = connection.execute(
            "SELECT invoice_number, number FROM invoice JOIN invoice_line USING (invoice_id) "
            "WHERE line_kind = 'usage' ORDER BY calls DESC, line_id LIMIT 1"
        ).fetchone()
    return str(found[0]), int(found[1])


def test_the_month_reconciles_until_the_ledger_lies(road, place):
    home = road.settings.home
    proven = telebill(home, "reconcile", "2020-04", "--json")
    assert proven.returncode == 0, proven.stderr
    assert all(proof["differing"] == 0 for proof in json.loads(proven.stdout)["proofs"])
    rows = place.lake.frame(Ledger, period=MONTH, stage="invoices")
    before = place.lake.snapshots(Ledger)[-1].id
    changed = rows.with_columns(pl.col("records") + 1)
    staged = place.lake.stage_frame(changed, Ledger, "lie", period=MONTH, stage="invoices")
    place.lake.publish(staged, "test")
    try:
        refuted = telebill(home, "reconcile", "2020-04")
    finally:
        place.lake.rollback(Ledger, before, "undo", "test", period=MONTH, stage="invoices")
    assert refuted.returncode == 1
    assert "does not balance" in refuted.stdout
    assert any(
        line.startswith("ledger: tables: invoices, 2020-04-01, CAD, payable: records")
        for line in refuted.stderr.splitlines()
    )


def test_a_line_is_traced_to_its_calls_and_a_call_to_its_line(place):
    number, line_number = longest_usage_line(place.url)
    traced = trace_line(place.lake, place.url, number, line_number, limit=3)
    assert traced.invoice_line.calls > 3
    assert len(traced.calls) == 3
    assert [foot for foot in traced.feet if not foot.holds] == []
    assert {foot.of for foot in traced.feet} == {"the charge line", "the aggregates", "the calls"}
    assert all("*" in call.callee for call in traced.calls)
    for key in (traced.calls[0].record_key, f"{traced.calls[0].path}:{traced.calls[0].line}"):
        found = trace_record(place.lake, place.url, key).occurrences[0]
        assert (found.invoice_number, found.invoice_line) == (number, line_number)
        assert found.price.charge == traced.calls[0].charge


def test_every_invoice_adds_up(place):
    with connect(place.url) as connection:
        numbers = [str(number) for (number,) in connection.execute("SELECT invoice_number FROM invoice")]
    assert len(numbers) > 50
    assert [foot for number in numbers for foot in trace_invoice(place.url, number).feet if not foot.holds] == []


def test_a_record_that_is_not_billed_says_why(place):
    excluded = place.lake.frame(ExcludedUsage).to_dicts()
    loser = next(row for row in excluded if row["reason"] == "duplicate_record")
    found = trace_record(place.lake, place.url, f"{loser['path']}:{loser['line']}").occurrences
    assert [(each.outcome, each.instead) for each in found] == [
        ("duplicate", f"{loser['winner_path']}:{loser['winner_line']}")
    ]
    suspended = place.lake.frame(SuspendedUsage).to_dicts()
    for reason in ("malformed", "no_rate"):
        row = next(row for row in suspended if row["reason"] == reason)
        (only,) = trace_record(place.lake, place.url, f"{row['path']}:{row['line']}").occurrences
        assert (only.outcome, only.reason, only.invoice_number) == ("suspended", reason, None)


def test_what_is_not_there_is_said(place):
    with pytest.raises(UnknownError, match="No record has the key nothing:1"):
        trace_record(place.lake, place.url, "nothing:1")
    number, _ = longest_usage_line(place.url)
    with pytest.raises(UnknownError, match="there is no line 999"):
        trace_line(place.lake, place.url, number, 999, limit=1)
    with pytest.raises(UnknownError, match="no final invoice X-1"):
        trace_invoice(place.url, "X-1")


def test_the_close_report_is_there_with_its_numbers(road):
    folder = road.settings.close_dir / "2020-04"
    figures = json.loads((folder / "close-report.json").read_text())
    assert [proof["name"] for proof in figures["reconciliation"]["proofs"] if proof["differing"]] == []
    assert figures["reconciliation"]["waterfall"]["files"][0]["records"] == road.manifest.files
    assert (
        sum(day["records"] for day in figures["days"])
        == figures["reconciliation"]["waterfall"]["records"][0]["records"]
    )
    page = (folder / "close-report.html").read_text()
    assert "Month close, April 2020" in page
    assert "month_reconciles" not in page  # it is this very report


def test_the_export_is_balanced(road, place, tmp_path):
    accounts = read_account_map(road.settings.reference_dir)
    manifest = export(place.url, MONTH, "csv", tmp_path, accounts)
    sums = {file.name: file.sums for file in manifest.files}
    for currency, posted in sums["journal.csv"].items():
        assert posted["debit"] == posted["credit"], currency
    assert set(sums["journal.csv"]) == set(sums["invoices.csv"]) == {"CAD", "EUR", "GBP", "USD"}
