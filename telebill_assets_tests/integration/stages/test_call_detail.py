"""Call detail on documents is what was billed, also after the rates of the days have changed.

A calls the UK for 61 seconds: two minutes at 0.30 are 0.60. After billing, the UK costs 0.05 for all days.
"""

from datetime import date

import polars as pl
import pytest

from telebill_assets.rerating.propose import propose
from telebill_assets.rerating.scope import Scope
from telebill_assets.settings import Settings
from telebill_assets.tables.priced_calls import PricedCalls
from telebill_assets.tables.reference.accounts import Accounts
from telebill_assets.taxation.sandbox.server import running_sandbox
from telebill_assets_tests.conftest import SMALL
from telebill_assets_tests.integration.rerating.operator import REFERENCE, UK, US, Call, TestOperator

pytestmark = pytest.mark.slow
MONTH, DAY = date(2022, 2, 1), date(2022, 2, 7)


def test_a_rate_published_after_billing_changes_no_document(url, tmp_path):
    with running_sandbox() as sandbox:
        operator = TestOperator(Settings(home=tmp_path, database_url=url, suretax_url=sandbox, **SMALL))
        operator.publish_reference(us="0.10", uk="0.30")
        a, b = REFERENCE[Accounts]
        operator.publish(Accounts, a | {"call_detail": "full"}, b)
        operator.land(DAY, Call("A", UK, 61), Call("B", US, 600))
        operator.fill(MONTH)
        assert all(report.published for report in operator.bill(MONTH))
        first = operator.run("invoice_documents", MONTH)
        assert first.published, first.checks
        before = documents(operator)

        operator.publish_rates(us="0.10", uk="0.05")
        again = operator.run("invoice_documents", MONTH)
        assert again.published, again.checks
        assert documents(operator) == before
        assert not operator.run("daily_aggregates", DAY).published
        propose(operator.settings, operator.cluster, Scope(DAY, DAY))
        kept = operator.lake.frame(PricedCalls, landing_day=DAY)
        assert kept.select("account_id", pl.col("charge").cast(pl.Float64)).rows() == [("A", 0.6)]

        operator.publish(PricedCalls, landing_day=DAY)
        missing = operator.run("invoice_documents", MONTH)
        agrees = next(check for check in missing.checks if check.name == "call_detail_agrees")
        assert (missing.published, agrees.passed) == (False, False)
        assert "calls 0 printed, 1 invoiced" in agrees.samples[0]


def documents(operator: TestOperator) -> dict[str, bytes]:
    found = (operator.settings.home / "documents").rglob("*.pdf")
    return {path.name: path.read_bytes() for path in found}
