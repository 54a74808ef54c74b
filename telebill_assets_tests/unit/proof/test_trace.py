"""An adjustment on an invoice leads to the very row that made it."""

from datetime import date
from decimal import Decimal

from telebill_assets.proof.trace_back import adjustment_line_id
from telebill_assets.rating.adjustments import adjustment_charges
from telebill_assets.tables.adjustment_lines import AdjustmentLines
from telebill_assets.tables.table import from_rows


def test_the_id_of_an_adjustment_names_its_correction():
    correction = {
        "billing_month": date(2020, 5, 1),
        "proposal": "p-7",
        "closed_month": date(2020, 4, 1),
        "corrected_line": "US-1-usage-outbound-us-local",
        "account_id": "US-1",
        "product": "usage_local",
        "description": "Calls",
        "exact_amount": Decimal("-1.25"),
        "currency": "USD",
    }
    lines = from_rows([correction], AdjustmentLines)
    (line,) = adjustment_charges(lines, {"p-7": "wrong rate"}, date(2020, 5, 1)).to_dicts()
    assert line["line_id"] == adjustment_line_id(correction)
    assert line["line_id"] == "US-1-adjustment-2020-04-p-7-US-1-usage-outbound-us-local"
