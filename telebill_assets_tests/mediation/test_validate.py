"""Validation: every rule fires for its own fault and no other, and a sane record passes all of them."""

from datetime import UTC, date, datetime

import pytest

from telebill_assets.mediation.enrich import enrich
from telebill_assets.mediation.validate import Limits, judge, validation_rules
from telebill_assets.tables.raw_cdr import RawCdr
from telebill_assets.tables.reference.accounts import Accounts
from telebill_assets.tables.reference.services import Services
from telebill_assets.tables.reference.sources import Sources
from telebill_assets_tests.frames import frame

DAY = date(2020, 4, 3)
LIMITS = Limits(DAY, "UTC", max_call_age_days=90, max_call_s=86_400)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


SANE = {
    "landing_day": DAY,
    "path": "sbc/2020-04-03/a.csv",
    "file_id": "0" * 64,
    "line": 2,
    "source": "sbc",
    "layout": "telebill_csv",
    "raw": "the line",
    "call_id": "r1",
    "service_key": "trunk-1",
    "caller": "+15125550100",
    "callee": "+13125550101",
    "start_at": at("2020-04-03 14:02:11"),
    "answer_at": at("2020-04-03 14:02:15"),
    "end_at": at("2020-04-03 14:03:15"),
    "talk_s": 60,
    "direction": "outbound",
    "disposition": "answered",
    "leg_kind": "call",
}
SOURCE = {
    "source": "sbc",
    "layout": "telebill_csv",
    "time_zone": "UTC",
    "country": "US",
    "country_code": "1",
    "trunk_prefix": "1",
    "international_prefix": "011",
}
SERVICE = {
    "source": "sbc",
    "service_key": "trunk-1",
    "account_id": "A1",
    "service_id": "S1",
    "valid_from": date(2020, 1, 1),
    "valid_to": date(2020, 4, 2),
}
ACCOUNT = {"account_id": "A1", "time_zone": "America/Chicago", "country": "US", "state": "TX"}


@pytest.fixture(scope="module")
def settle(spark):
    sources = frame(spark, Sources, SOURCE).cache()
    open_service = {**SERVICE, "valid_to": None}
    services = frame(
        spark,
        Services,
        open_service,
        {**SERVICE, "service_key": "ended", "valid_to": date(2020, 4, 2)},
        {**open_service, "source": "*", "service_key": "anywhere", "service_id": "S2"},
    )
    accounts = frame(spark, Accounts, ACCOUNT)

    def run(*changes: dict) -> list[dict]:
        rows = [{**SANE, "line": i, "call_id": f"r{i}", **change} for i, change in enumerate(changes, start=2)]
        statuses = {row["line"]: row.pop("file_status", "landed") for row in rows}
        enriched = enrich(frame(spark, RawCdr, *rows), sources, services, accounts)
        status = spark.createDataFrame(list(statuses.items()), "line long, file_status string")
        judged = judge(enriched.join(status, "line"), validation_rules(LIMITS))
        return [row.asDict() for row in judged.orderBy("line").collect()]

    return run


FAULTS = [
    ({"fault": "expected 11 fields", "fault_field": "line"}, "malformed"),
    ({"start_at": None}, "missing_field"),
    ({"service_key": None}, "missing_field"),
    ({"callee": None}, "missing_field"),
    ({"answer_at": None}, "missing_field"),
    ({"talk_s": None}, "missing_field"),
    ({"talk_s": -1}, "negative_duration"),
    ({"end_at": at("2020-04-03 14:02:10")}, "end_before_start"),
    ({"answer_at": at("2020-04-03 14:02:10")}, "end_before_start"),
    ({"talk_s": 62}, "absurd_duration"),
    ({"talk_s": 86_401, "end_at": at("2020-04-06 00:00:00")}, "absurd_duration"),
    (
        {
            "start_at": at("2020-04-04 00:00:00"),
            "answer_at": at("2020-04-04 00:00:00"),
            "end_at": at("2020-04-04 00:01:00"),
        },
        "future_call",
    ),
    (
        {
            "start_at": at("2020-01-03 23:59:59"),
            "answer_at": at("2020-01-04 00:00:00"),
            "end_at": at("2020-01-04 00:01:00"),
        },
        "too_old",
    ),
    ({"callee": "1234"}, "bad_number"),
    ({"callee": "Anonymous"}, "bad_number"),
    ({"service_key": "trunk-9"}, "unknown_service"),
    ({"service_key": "ended"}, "unknown_service"),
    ({"file_status": "duplicate"}, "duplicate_file"),
    ({"leg_kind": "accompanying"}, "accompanying_row"),
    ({"disposition": "busy", "answer_at": None, "talk_s": 0}, "unanswered"),
    ({"direction": "internal", "callee": "1002"}, "internal"),
]


def test_each_fault_has_its_own_reason(settle):
    found = settle(*[change for change, _ in FAULTS])
    assert [row["reason"] for row in found] == [reason for _, reason in FAULTS]


def test_sane_records_pass(settle):
    tolerated = [
        {},
        {"talk_s": 61},  # a second more than from answer to end: switches round
        {"talk_s": 0, "end_at": at("2020-04-03 14:02:15")},
        {"caller": "Anonymous"},
        {"service_key": "anywhere"},
        {"answer_at": at("2020-04-03 14:02:11"), "start_at": at("2020-01-04 00:00:00")},  # 90 days, to the second
    ]
    assert [row["reason"] for row in settle(*tolerated)] == [None] * len(tolerated)


def test_details_name_field_and_expectation(settle):
    (row,) = settle({"talk_s": -1})
    assert (row["rule"], row["field"], row["detail"]) == (
        "duration_not_negative",
        "talk_s",
        "expected 0 or more seconds",
    )


def test_numbers_times_and_keys_are_derived(settle):
    first, second, third = settle(
        {"caller": "5125550100", "callee": "011493023125001"},
        {"caller": "15125550100", "callee": "2145550101", "call_id": None},
        {"start_at": at("2020-04-03 03:00:00"), "service_key": "ended", "leg": "b"},
    )
    assert (first["caller_e164"], first["callee_e164"]) == ("+15125550100", "+493023125001")
    assert first["jurisdiction"] == "international"
    assert first["record_key"] == "sbc:r2"
    assert (second["caller_e164"], second["callee_e164"]) == ("+15125550100", "+12145550101")
    assert second["jurisdiction"] == "intrastate"
    assert second["record_key"].startswith("sbc:")
    assert len(second["record_key"]) == len("sbc:") + 64
    # 03:00 UTC is 22:00 of the day before in Chicago, on which the service still ran
    assert (third["account_id"], third["call_date"]) == ("A1", date(2020, 4, 2))
    assert third["local_start"] == datetime(2020, 4, 2, 22, 0)
    assert third["record_key"] == "sbc:r4:b"


JURISDICTIONS = [
    ("+15125550100", "+15125550101", "local"),
    ("+15125550100", "+12145550101", "intrastate"),
    ("+15125550100", "+13125550101", "interstate"),
    ("+15125550100", "+12425550101", "international"),  # Bahamas
    ("+15125550100", "+17875550101", "international"),  # Puerto Rico
    ("+15125550100", "+14165550101", "international"),  # Toronto
    ("+14165550100", "+16045550101", "national"),
    ("+15125550100", "+18005550101", "toll_free"),
    ("+493023125001", "+4915228170001", "national"),
    (None, "+12145550101", "intrastate"),  # withheld: from where the account is, Texas
    (None, "+13125550101", "interstate"),
]


def test_jurisdiction_from_both_numbers(settle):
    found = settle(*[{"caller": caller, "callee": callee} for caller, callee, _ in JURISDICTIONS])
    assert [row["jurisdiction"] for row in found] == [expected for *_, expected in JURISDICTIONS]
