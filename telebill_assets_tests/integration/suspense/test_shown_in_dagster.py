"""The tables that a day's partition shows: its reasons, and how old all suspense of its stage is."""

from datetime import date
from types import SimpleNamespace

from telebill_assets.assets.events import published_events
from telebill_assets.audit.check import CheckResult
from telebill_assets.compute.request import JobReport
from telebill_assets.compute.suspense_records import ageing, suspense_records
from telebill_assets.tables.suspended_usage import SuspendedUsage
from telebill_assets_tests.integration.suspense.conftest import april, record

CHECK = CheckResult(name="balance", description="nothing is lost", passed=True, figure="0 of 1 rows")
REPORT = {"job": "validated_usage", "partition": april(1), "published": True, "tables": [], "checks": [CHECK]}


def test_rows_of_partitions_come_from_metadata(suspense):
    found = {(key["landing_day"], key["stage"]): rows for key, rows in suspense.partition_rows(SuspendedUsage)}
    assert found == {
        (april(1), "daily_aggregates"): 1,
        (april(1), "validated_usage"): 2,
        (april(25), "daily_aggregates"): 1,
        (april(25), "validated_usage"): 1,
        (april(28), "validated_usage"): 2,
    }


def test_reasons_of_the_day_and_ages_of_the_stage(lake, settings, suspend):
    suspend(
        record(april(1), 1, account_id="a"),
        record(april(1), 2, account_id="b", talk_s=None),
        record(april(1), 3, "malformed"),
        record(april(2), 4),
        record(april(2), 5, "no_rate"),
    )
    partition = {"landing_day": april(1), "stage": "validated_usage"}
    shown = suspense_records(SimpleNamespace(lake=lake, settings=settings), partition)
    assert [(row["reason"], row["records"], row["talk seconds"], row["accounts"]) for row in shown["suspense"]] == [
        ("bad_number", "2", "10", "2"),
        ("malformed", "1", "10", "0"),
    ]
    assert sum(int(row["records"]) for row in shown["suspense ageing"]) == 4  # no_rate belongs to the other stage


def test_ages_are_counted_from_the_landing_day():
    rows = ageing({date(2020, 4, 30): 5, date(2020, 4, 28): 2, date(2020, 4, 23): 1, date(2020, 1, 1): 9}, april(30))
    assert [tuple(row.values()) for row in rows] == [
        ("0-1", "5", "1", "2020-04-30"),
        ("2-7", "3", "2", "2020-04-23"),
        ("8-30", "0", "0", ""),
        ("31-60", "0", "0", ""),
        (">60", "9", "1", "2020-01-01"),
    ]


def test_they_are_tables_of_the_materialisation():
    rows = [{"reason": "no_rate", "records": "8"}]
    shown = published_events(
        JobReport(**REPORT, records={"suspense": rows, "suspense ageing": []}), ["balance"]
    ).metadata
    assert [each.data for each in shown["suspense"].records] == [{"reason": "no_rate", "records": 8}]
    assert "suspense ageing" not in shown
