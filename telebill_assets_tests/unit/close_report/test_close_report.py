"""The close report: geometry and ageing by hand, everything escaped, nothing external."""

import re
from datetime import date
from decimal import Decimal

from telebill_assets.audit.ageing import AGES
from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.identities import Difference
from telebill_assets.close_report.charts import FIGURE, LABEL, WIDTH, trend_chart, waterfall_chart
from telebill_assets.close_report.controls import controls
from telebill_assets.close_report.figures import Ageing, Change, CloseReport, Day
from telebill_assets.close_report.render import render
from telebill_assets.close_report.trends import ageing, days
from telebill_assets.compute.request import JobReport
from telebill_assets.proof.reconcile import Proof, Reconciliation
from telebill_assets.proof.waterfall import Step, Waterfall
from telebill_assets.tables.ledger import Ledger
from telebill_assets.tables.suspended_usage import SuspendedUsage
from telebill_assets.tables.table import from_rows

MONTH = date(2020, 4, 1)
ATTACK = "<script>alert(1)</script>"


def test_a_waterfall_bar_hangs_where_the_one_before_ended():
    steps = [
        Step(name="received", total=True, records=100),
        Step(name="duplicate", records=-25),
        Step(name="validated", total=True, records=75),
    ]
    chart = waterfall_chart("Records", steps, "records")
    unit = (WIDTH - LABEL - FIGURE) / 100
    assert [(bar.kind, round((bar.x - LABEL) / unit), round(bar.width / unit)) for bar in chart.bars] == [
        ("total", 0, 100),
        ("minus", 75, 25),
        ("total", 0, 75),
    ]
    assert chart.summary == "received 100; validated 75"


def test_trend_bars_stand_on_one_line():
    chart = trend_chart("Records", ["2020-04-01", "2020-04-02"], [5, 10])
    assert {bar.y + bar.height for bar in chart.bars} == {chart.height}
    assert chart.bars[1].height == 2 * chart.bars[0].height
    assert chart.summary == "lowest 5, highest 10, sum 15"


def test_suspense_is_aged_on_the_last_day_of_the_month():
    landed = {"2020-04-30": 2, "2020-04-28": 1, "2020-04-15": 1, "2020-03-20": 1, "2020-01-01": 1, "2020-05-01": 4}
    rows = [
        {"landing_day": date.fromisoformat(day), "reason": "no_rate", "talk_s": 10, "line": n}
        for day, records in landed.items()
        for n in range(records)
    ]
    (found,) = ageing(from_rows(rows, SuspendedUsage).lazy(), MONTH)
    assert list(found.by_age.values()) == [2, 1, 1, 1, 1]
    assert (found.records, found.talk_s) == (6, 60)


def test_days_add_up_the_ledger():
    day = date(2020, 4, 2)
    rows = [
        {"stage": "raw_cdr", "outcome": "received", "path": "a.csv", "records": 7, "talk_s": 60},
        {"stage": "raw_cdr", "outcome": "file_suspended", "path": "b.csv", "records": 3},
        {"stage": "validated_usage", "outcome": "suspended", "path": "a.csv", "records": 1},
        {"stage": "daily_aggregates", "outcome": "suspended", "path": "a.csv", "records": 2},
        {
            "stage": "daily_aggregates",
            "outcome": "priced",
            "path": "a.csv",
            "records": 4,
            "currency": "EUR",
            "amount": Decimal("1.25"),
        },
    ]
    found = days(from_rows([{"period": day} | row for row in rows], Ledger).lazy(), MONTH)
    assert len(found) == 30
    assert found[1] == Day(day=day, files=2, records=7, talk_s=60, suspended=3, charge={"EUR": Decimal("1.25")})


def report_of(stage, *checks):
    return JobReport(job=stage, partition=MONTH, published=True, tables=[], checks=list(checks))


def test_controls_count_their_verdicts_and_show_the_last_that_failed():
    good = CheckResult(name="a", description="A", passed=True, figure="0")
    bad = CheckResult(name="a", description="A", passed=False, figure="2 rows")
    odd = CheckResult(name="b", description="B", passed=False, blocking=False, figure="odd")
    first, second = date(2020, 4, 1), date(2020, 4, 2)
    found = controls(
        [
            ("raw_cdr", first, report_of("raw_cdr", good, odd)),
            ("raw_cdr", second, report_of("raw_cdr", bad)),
            ("validated_usage", first, None),
        ]
    )
    shown = [(each.name, each.verdict, each.passed, each.warned, each.failed, each.figure) for each in found]
    assert shown == [
        ("ran", "fail", 0, 0, 1, "no report of 2020-04-01"),
        ("a", "fail", 1, 0, 1, "2 rows"),
        ("b", "warn", 0, 1, 0, "odd"),
    ]


def close_report(**more):
    difference = Difference(place=ATTACK, measure="records", left="l", left_figure="1", right="r", right_figure="2")
    proof = Proof(name="records", stage="raw_cdr", meaning="m", differing=1, differences=[difference])
    steps = [Step(name=ATTACK, total=True, records=3, amount=Decimal("1.5"))]
    values = {
        "month": MONTH,
        "run_id": ATTACK,
        "code_version": "1",
        "reconciliation": Reconciliation(
            month=MONTH, waterfall=Waterfall(files=steps, records=steps, money={"EUR": steps}), proofs=[proof]
        ),
        "controls": [],
        "days": [Day(day=MONTH, files=1, records=3, talk_s=9, suspended=0, charge={"EUR": Decimal("1.5")})],
        "suspense": [Ageing(reason=ATTACK, by_age={f"{name} days": 1 for name in AGES}, records=5, talk_s=1)],
        "previous_month": date(2020, 3, 1),
        "accounts": [Change(subject=ATTACK, currency="EUR", before=Decimal(1), now=Decimal("2.5"))],
        "destinations": [],
    }
    return CloseReport(**values | more)


def test_everything_from_data_is_escaped_and_nothing_is_fetched():
    page = render(close_report())
    assert "<script" not in page
    assert page.count("&lt;script&gt;") >= 7
    assert re.findall(r"(?:src|href|url\()", page) == []
    assert "differs" in page
    assert "+1.50" in page


def test_every_chart_has_a_text_alternative():
    page = render(close_report())
    charts = re.findall(r'<svg [^>]*role="img" aria-labelledby="(\S+) (\S+)"', page)
    assert len(charts) == page.count("<svg") > 4
    for title, description in charts:
        assert f'<title id="{title}">' in page
        assert f'<desc id="{description}">' in page


def test_a_first_month_has_nothing_to_compare_with():
    page = render(close_report(previous_month=None, accounts=[], suspense=[]))
    assert "nothing to compare with" in page
    assert "Nothing is suspended" in page
