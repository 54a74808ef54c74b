"""Re-rating days of a closed month: its tables stay, and the difference is billed once, on the next open month.

April: A calls the UK for two minutes at 0.30 (0.60) and B the US for ten at 0.10 (1.00); B's satellite minute has no
rate. All pay 19 % VAT. After April is closed, the UK costs 0.05 and the satellite 2.00: A gets 0.50 back with 0.10 tax
(0.095 half-up), B pays 2.00 and 0.38 tax. B also calls the US in May, for 1.00 and 0.19 tax.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from operator import itemgetter
from typing import Any

import pytest

from telebill_assets.compute.request import JobReport
from telebill_assets.database.server import connect
from telebill_assets.rerating.approve import ApprovalRefusedError, approve, stale_months
from telebill_assets.rerating.propose import propose
from telebill_assets.rerating.scope import Scope
from telebill_assets.settings import Settings
from telebill_assets.tables.adjustment_lines import AdjustmentLines
from telebill_assets.tables.rated_usage import RatedUsage
from telebill_assets.taxation.sandbox.server import running_sandbox
from telebill_assets_tests.conftest import SMALL
from telebill_assets_tests.integration.rerating.operator import SATELLITE, UK, US, Call, TestOperator

pytestmark = pytest.mark.slow

APRIL, MAY, JUNE = date(2021, 4, 1), date(2021, 5, 1), date(2021, 6, 1)
DAY, IN_MAY = date(2021, 4, 7), date(2021, 5, 3)


@dataclass
class Story:
    """What happened, and what was seen on the way."""

    operator: TestOperator
    url: str
    proposal: str
    lines: list[dict[str, Any]]
    missed: JobReport
    held: JobReport
    invoices: list[tuple[Any, ...]]


@pytest.fixture(scope="module")
def story(url, tmp_path_factory):
    with running_sandbox() as sandbox:
        home = tmp_path_factory.mktemp("closed")
        operator = TestOperator(Settings(home=home, database_url=url, suretax_url=sandbox, **SMALL))
        operator.publish_reference(us="0.10", uk="0.30")
        operator.land(DAY, Call("A", UK, 61), Call("B", US, 600), Call("B", SATELLITE, 30))
        operator.fill(APRIL)
        require_published(operator.bill(APRIL))
        operator.land(IN_MAY, Call("B", US, 600))
        operator.fill(MAY)
        require_published([operator.run("rated_usage", MAY)])
        operator.publish_rates(us="0.10", uk="0.05", sat="2.00")
        held = operator.run("daily_aggregates", DAY)
        found = propose(operator.settings, operator.cluster, Scope(DAY, DAY))
        found, _ = approve(operator.settings, found.proposal, "Ann", "new contract")
        assert stale_months(operator.settings, found) == [MAY]
        missed = operator.run("invoices", MAY)
        require_published(operator.bill(MAY))
        lines = operator.lake.frame(RatedUsage, billing_month=MAY).to_dicts()
        yield Story(operator, url, found.proposal, lines, missed, held, invoices(url, MAY))


def require_published(reports: list[JobReport]) -> None:
    assert [check for report in reports for check in report.checks if check.blocking and not check.passed] == []


def invoices(url: str, month: date) -> list[tuple[Any, ...]]:
    with connect(url) as connection:
        return connection.execute(
            "SELECT account_id, net, tax, payable, service_from, content_hash FROM invoice "
            "WHERE billing_month = %s AND status = 'final' ORDER BY account_id",
            [month],
        ).fetchall()


def test_the_difference_is_on_the_next_invoice_with_its_tax(story):
    assert [invoice[:4] for invoice in story.invoices] == [
        ("A", Decimal("-0.50"), Decimal("-0.10"), Decimal("-0.60")),
        ("B", Decimal("3.00"), Decimal("0.57"), Decimal("3.57")),
    ]
    assert {invoice[4] for invoice in story.invoices} == {MAY, IN_MAY}  # not the days of April


def test_an_adjustment_line_names_the_month_the_calls_and_the_reason(story):
    adjustments = {line["account_id"]: line for line in story.lines if line["line_kind"] == "adjustment"}
    assert {account: (line["description"], line["amount"]) for account, line in adjustments.items()} == {
        "A": ("Adjustment 2021-04: Calls to UK, international (new contract)", Decimal("-0.50")),
        "B": ("Adjustment 2021-04: Calls to SAT, international (new contract)", Decimal("2.00")),
    }
    assert {(line["product"], line["service_from"], line["service_to"]) for line in adjustments.values()} == {
        ("usage_international", DAY, DAY)
    }


def test_the_closed_month_keeps_its_tables(story):
    assert story.operator.charges(DAY) == {("A", "uk"): Decimal("0.60"), ("B", "us"): Decimal("1.00")}
    lines = story.operator.lake.frame(RatedUsage, billing_month=APRIL).to_dicts()
    amounts = {(line["account_id"], line["line_kind"]): line["amount"] for line in lines}
    assert amounts == {("A", "usage"): Decimal("0.60"), ("B", "usage"): Decimal("1.00")}
    assert [invoice[:2] for invoice in invoices(story.url, APRIL)] == [("A", Decimal("0.60")), ("B", Decimal("1.00"))]


def test_aggregating_a_closed_day_again_is_held_with_the_way_out(story):
    failed = [check for check in story.held.checks if not check.passed]
    assert [check.name for check in failed] == ["closed_month_unchanged"]
    assert "2021-04 has final invoices" in failed[0].figure
    assert "telebill rerate --days 2021-04-07" in failed[0].figure


def test_a_month_rated_before_the_approval_is_not_invoiced_without_it(story):
    failed = {check.name: check.figure for check in story.missed.checks if not check.passed}
    assert sorted(failed) == ["charges_current", "taxed_lines_agree"]
    assert "approved 2 ≠ adjustment lines 0" in failed["charges_current"]


def test_it_is_billed_once_and_a_second_re_rate_finds_only_what_is_new(story):
    operator = story.operator
    with pytest.raises(ApprovalRefusedError, match="was approved by Ann"):
        approve(operator.settings, story.proposal, "Ann", "new contract")
    require_published([operator.run("rated_usage", MAY)])
    again = operator.lake.frame(RatedUsage, billing_month=MAY).to_dicts()
    assert sorted(again, key=itemgetter("line_id")) == sorted(story.lines, key=itemgetter("line_id"))
    assert propose(operator.settings, operator.cluster, Scope(DAY, DAY)).details.parts == ()
    operator.publish_rates(us="0.10", uk="0.06", sat="2.00")
    found = propose(operator.settings, operator.cluster, Scope(DAY, DAY))
    assert found.billing_month == JUNE
    approve(operator.settings, found.proposal, "Bob", "round up")
    (line,) = operator.lake.frame(AdjustmentLines, billing_month=JUNE).to_dicts()
    figures = tuple(line[name] for name in ("account_id", "exact_before", "exact_after", "exact_amount"))
    assert figures == ("A", Decimal("0.10"), Decimal("0.12"), Decimal("0.02"))
