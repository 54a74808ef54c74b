"""Retry: which days are run, in which order, and what is counted as cleared."""

import json
from collections import Counter
from datetime import UTC, date, datetime

import pytest

from telebill_assets.errors import OperatorError
from telebill_assets.suspense.output import as_json
from telebill_assets.suspense.query import open_suspense
from telebill_assets.suspense.retry import DayRetried, Retry, days_to_retry
from telebill_assets.suspense.selection import select
from telebill_assets.tables.file_register import FileRegister
from telebill_assets.tables.ledger import Ledger
from telebill_assets.tables.suspended_usage import SuspendedUsage
from telebill_assets.tables.validated_usage import ValidatedUsage
from telebill_assets_tests.integration.suspense.conftest import april, file, record
from telebill_assets_tests.support.command_line import telebill
from telebill_assets_tests.support.published import publish

STAGE = {"stage": "validated_usage"}


def call(day: date, line: int, key: str) -> dict:
    at = {"start_at": datetime(2020, 4, 1, tzinfo=UTC), "end_at": datetime(2020, 4, 1, tzinfo=UTC)}
    return {"landing_day": day, "path": f"pbx/{day}/a.csv", "line": line, "record_key": key, "talk_s": 1} | at


def test_days_in_order_and_those_of_closed_months_apart(suspense, suspend):
    suspend(record(date(2020, 3, 31), 1, "no_rate"), record(date(2020, 3, 30), 1))
    found = open_suspense(suspense, select(april(30)))
    days, waiting = days_to_retry(found, {date(2020, 3, 1)})
    assert days == [april(1), april(25), april(28)]
    assert waiting == {date(2020, 3, 30): Counter(bad_number=1), date(2020, 3, 31): Counter(no_rate=1)}


def test_cleared_is_what_is_no_longer_suspended(lake, suspend):
    suspend(record(april(1), 1, "unknown_service"), record(april(1), 2, "unknown_service"), record(april(1), 3))
    bad = [file(april(1), "cut.gz", "suspended", "truncated_file"), file(april(1), "x", "suspended", "empty_file")]
    publish(lake, FileRegister, *bad, landing_day=april(1))

    def mend(day):
        assert day == "2020-04-01"
        publish(lake, SuspendedUsage, record(april(1), 3), landing_day=april(1), **STAGE)
        suspend(record(april(1), 1, "no_rate"))  # found its service, and now lacks a rate
        publish(lake, FileRegister, bad[1], landing_day=april(1))

    (done,) = Retry(lake, mend, set()).days([april(1)])
    assert done.before == Counter(unknown_service=2, bad_number=1, truncated_file=1, empty_file=1)
    assert done.cleared == Counter(unknown_service=1, truncated_file=1)
    assert done.after == Counter(no_rate=1, bad_number=1, empty_file=1)


def test_a_day_that_fails_does_not_stop_the_others(lake, suspend):
    suspend(record(april(1), 1), record(april(2), 1))

    def run(day):
        if day == "2020-04-01":
            raise OperatorError("the audit held it back")
        publish(lake, SuspendedUsage, landing_day=april(2), **STAGE)

    first, second = Retry(lake, run, set()).days([april(2), april(1)])
    assert (first.day, first.failure, first.cleared, first.after) == (
        april(1),
        "the audit held it back",
        Counter(),
        Counter(bad_number=1),
    )
    assert (second.day, second.cleared, second.after) == (april(2), Counter(bad_number=1), Counter())


def run_with_copies(lake, suspend, closed) -> tuple[list[str], set[date]]:
    """A call suspended on 1 April came again on 2 and 30 April and was validated there; then its cause is mended."""
    suspend(record(april(1), 7, "unknown_service"))
    for day, key in ((april(2), "same"), (april(29), "other"), (april(30), "same")):
        publish(lake, ValidatedUsage, call(day, 1, key), landing_day=day)
    ran = []

    def run(day):
        ran.append(day)
        if day == "2020-04-01":
            publish(lake, SuspendedUsage, landing_day=april(1), **STAGE)
            publish(lake, ValidatedUsage, call(april(1), 6, "other"), call(april(1), 7, "same"), landing_day=april(1))

    retry = Retry(lake, run, closed)
    assert [done.day.isoformat() for done in retry.days([april(1)])] == ran
    return ran, retry.followers


def test_later_days_with_copies_of_a_cleared_call_are_run_too(lake, suspend):
    ran, followers = run_with_copies(lake, suspend, set())
    assert ran == ["2020-04-01", "2020-04-02", "2020-04-30"]  # line 6 was validated before: 29 April is right as it is
    assert followers == {april(2), april(30)}


def test_days_of_closed_months_are_never_run(lake, suspend):
    assert run_with_copies(lake, suspend, {april(1)}) == (["2020-04-01"], set())


def test_a_dry_run_names_days_and_runs_nothing(suspense, suspend, settings):
    suspend(record(date(2020, 3, 31), 1, "no_rate"))
    row = {"period": date(2020, 3, 1), "stage": "invoices", "outcome": "invoice", "records": 1}
    publish(suspense, Ledger, row, period=date(2020, 3, 1), stage="invoices")
    done = telebill(settings.home, "suspense", "retry", "--dry-run", "--json", "--source", "pbx")
    assert done.returncode == 0
    assert json.loads(done.stdout) == {
        "days": ["2020-04-01", "2020-04-25", "2020-04-28"],
        "closed": {"2020-03-31": {"no_rate": 1}},
        "dry_run": True,
        "retried": [],
    }
    text = telebill(settings.home, "suspense", "retry", "--dry-run").stdout
    assert "not 2020-03-31: its month is closed; 1 no_rate wait to be billed as adjustments" in text
    assert not settings.dagster_dir.exists()


def test_what_was_retried_as_json(capsys):
    done = DayRetried(april(1), Counter(no_rate=2), Counter(no_rate=1), Counter(no_rate=1))
    as_json({"retried": [done]})
    assert json.loads(capsys.readouterr().out)["retried"] == [
        {
            "day": "2020-04-01",
            "before": {"no_rate": 2},
            "cleared": {"no_rate": 1},
            "after": {"no_rate": 1},
            "failure": "",
        }
    ]


@pytest.mark.parametrize("reasons", [["no_rate"], ["unknown_service"]])
def test_only_days_with_the_reason_are_run(suspense, reasons):
    days, _ = days_to_retry(open_suspense(suspense, select(april(30), reasons)), set())
    assert days == {"no_rate": [april(1), april(25)], "unknown_service": [april(25), april(28)]}[reasons[0]]
