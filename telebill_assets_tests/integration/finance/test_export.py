"""The export holds the final invoices of its month, the same bytes every time, in the documented layout."""

import csv
import json
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from telebill_assets.finance.export import NothingToExportError, export
from telebill_assets.finance.gl_accounts import AccountMap, GlAccount, Posting
from telebill_assets.finance.layout import FILES
from telebill_assets_tests.support.final_invoices import add_invoice

MONTH = date(2031, 4, 1)
ACCOUNTS = AccountMap(
    (Posting(kind, "*", "*", "*", "*"), GlAccount(number, kind))
    for kind, number in (("receivable", "1200"), ("charge", "4000"), ("tax", "2400"))
)
DOCUMENT = Path(__file__).parents[3] / "docs" / "export.md"


@pytest.fixture(scope="module")
def billed(url):
    """Two final invoices and a draft; the second customer's name is an attack."""
    usage, allowance = Decimal("10.00"), Decimal("-2.50")
    add_invoice(
        url,
        MONTH,
        "US-1",
        [
            {"line_id": "a", "amount": usage, "calls": 3, "billed_s": 180},
            {"line_id": "b", "amount": allowance, "line_kind": "allowance"},
            {"line_id": "c", "amount": Decimal("1.00"), "line_kind": "pass_through", "product": "licence"},
        ],
        [{"tax_type": "035", "amount": Decimal("0.75")}],
    )
    attack = {"name": '=HYPERLINK("http://x","y")', "country": "DE"}
    add_invoice(
        url,
        MONTH,
        "DE-1",
        [{"line_id": "d", "amount": Decimal("5.00")}],
        [],
        seller_id="NLD",
        currency="EUR",
        customer=attack,
    )
    add_invoice(url, MONTH, "US-2", [{"line_id": "e", "amount": usage}], [], status="draft")
    return url


def test_csv_by_hand(billed, tmp_path):
    manifest = export(billed, MONTH, "csv", tmp_path, ACCOUNTS)
    with (tmp_path / "charges.csv").open(newline="") as file:
        charges = [
            (row["invoice_number"], row["line_id"], row["amount"], row["currency"]) for row in csv.DictReader(file)
        ]
    assert charges == [
        ("NLD-2031-04-DE-1", "d", "5.00", "EUR"),
        ("NLT-2031-04-US-1", "a", "10.00", "USD"),
        ("NLT-2031-04-US-1", "b", "-2.50", "USD"),
        ("NLT-2031-04-US-1", "c", "1.00", "USD"),
    ]
    assert '"\'=HYPERLINK(""http://x"",""y"")"' in (tmp_path / "invoices.csv").read_text()
    sums = {file.name: file.sums for file in manifest.files}
    assert sums["invoices.csv"]["USD"] == {"net": "7.50", "tax": "0.75", "pass_through": "1.00", "payable": "9.25"}
    assert sums["journal.csv"] == {
        "EUR": {"debit": "5.00", "credit": "5.00"},
        "USD": {"debit": "11.75", "credit": "11.75"},  # the allowance is a debit of revenue
    }
    assert json.loads((tmp_path / "manifest.json").read_text())["files"][1]["rows"] == 4


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_the_same_month_again_gives_the_same_bytes(billed, tmp_path, kind):
    written = []
    for name in ("one", "two"):
        export(billed, MONTH, kind, tmp_path / name, ACCOUNTS)
        written.append({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()})
    assert written[0] == written[1]
    assert set(written[0]) == {"manifest.json", *(f"{name}.{kind}" for name in FILES)}


def test_parquet_has_the_layout(billed, tmp_path):
    export(billed, MONTH, "parquet", tmp_path, ACCOUNTS)
    for name, schema in FILES.items():
        assert pq.read_schema(tmp_path / f"{name}.parquet").equals(schema)
    amounts = pq.read_table(tmp_path / "charges.parquet")["amount"].to_pylist()
    assert sum(amounts) == Decimal("13.50")


def test_a_month_without_final_invoices_is_refused(billed, tmp_path):
    with pytest.raises(NothingToExportError, match="2031-05 has no final invoice"):
        export(billed, date(2031, 5, 1), "csv", tmp_path, ACCOUNTS)


def test_every_column_is_documented():
    text = DOCUMENT.read_text(encoding="utf-8")
    for name, schema in FILES.items():
        section = text.split(f"### {name}\n", 1)[1].split("\n### ", 1)[0]
        assert re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE) == schema.names
