"""Validation: every rule fires for its own fault and no other, and a sane record passes all of them."""

from datetime import UTC, date, datetime

from telebill_assets.mediation.enrich import enrich
from telebill_assets.mediation.outcomes import judge_records
from telebill_assets.mediation.service_map import Reference
from telebill_assets.mediation.validate import Limits
from telebill_assets.tables.file_register import FileRegister
from telebill_assets.tables.raw_cdr import RawCdr
from telebill_assets.tables.reference.accounts import Accounts
from telebill_assets.tables.reference.services import Services
from telebill_assets.tables.reference.sources import Sources
from telebill_assets.tables.table import from_rows

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


OPEN_SERVICE = {**SERVICE, "valid_to": None}
REFERENCE = Reference.build(
    from_rows([SOURCE], Sources),
    from_rows(
        [
            OPEN_SERVICE,
            {**SERVICE, "service_key": "ended", "valid_to": date(2020, 4, 2)},
            {**OPEN_SERVICE, "source": "*", "service_key": "anywhere", "service_id": "S2"},
        ],
        Services,
    ),
    from_rows([ACCOUNT], Accounts),
)


def settle(*changes: dict) -> list[dict]:
    """Judged rows of sane records with these changes; each stands in a file of its own."""
    rows = [
        {**SANE, "path": f"sbc/2020-04-03/{i}.csv", "line": i, "call_id": f"r{i}", **change}
        for i, change in enumerate(changes, start=2)
    ]
    files = [{"path": row["path"], "status": row.pop("file_status", "landed")} for row in rows]
    judged = judge_records(from_rows(rows, RawCdr), from_rows(files, FileRegister), REFERENCE, LIMITS)
    return judged.sort("line").to_dicts()


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


def test_each_fault_has_its_own_reason():
    found = settle(*[change for change, _ in FAULTS])
    assert [row["reason"] for row in found] == [reason for _, reason in FAULTS]


def test_sane_records_pass():
    tolerated = [
        {},
        {"talk_s": 61},  # a second more than from answer to end: switches round
        {"talk_s": 0, "end_at": at("2020-04-03 14:02:15")},
        {"caller": "Anonymous"},
        {"service_key": "anywhere"},
        {"answer_at": at("2020-04-03 14:02:11"), "start_at": at("2020-01-04 00:00:00")},  # 90 days, to the second
    ]
    assert [row["reason"] for row in settle(*tolerated)] == [None] * len(tolerated)


def test_details_name_field_and_expectation():
    (row,) = settle({"talk_s": -1})
    assert (row["rule"], row["field"], row["detail"]) == (
        "duration_not_negative",
        "talk_s",
        "expected 0 or more seconds",
    )


def test_numbers_times_and_keys_are_derived():
    first, second, third = settle(
        {"caller": "5125550100", "callee": "011493023125001"},
        {"caller": "15125550100", "callee": "2145550101", "call_id": None},
        {"start_at": at("2020-04-03 03:00:00"), "service_key": "ended", "leg": "b"},
    )
    assert (first["caller"], first["callee"]) == ("+15125550100", "+493023125001")
    assert first["jurisdiction"] == "international"
    assert first["record_key"] == "sbc:r2"
    assert (second["caller"], second["callee"]) == ("+15125550100", "+12145550101")
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


def test_jurisdiction_from_both_numbers():
    found = settle(*[{"caller": caller, "callee": callee} for caller, callee, _ in JURISDICTIONS])
    assert [row["jurisdiction"] for row in found] == [expected for *_, expected in JURISDICTIONS]


def test_a_key_may_have_meant_another_service_before():
    services = [
        {**SERVICE, "valid_to": date(2020, 4, 2)},
        {**OPEN_SERVICE, "service_id": "S9", "valid_from": date(2020, 4, 3)},
    ]
    tables = from_rows([SOURCE], Sources), from_rows(services, Services), from_rows([ACCOUNT], Accounts)
    starts = [at("2020-04-03 04:59:59"), at("2020-04-03 05:00:00"), None]  # midnight in Chicago is 05:00 UTC
    raw = from_rows([{**SANE, "line": i, "start_at": start} for i, start in enumerate(starts, start=1)], RawCdr)
    assert enrich(raw, Reference.build(*tables))["service_id"].to_list() == ["S1", "S9", None]


def test_where_the_validities_of_two_accounts_overlap_the_later_counts():
    """The day ends at 05:00 UTC in Chicago and the next one began at 22:00 UTC in Berlin: seven hours are in both."""
    services = [
        {**OPEN_SERVICE, "account_id": "A2", "service_id": "S2", "valid_from": date(2020, 4, 3)},
        {**SERVICE, "valid_to": date(2020, 4, 2)},
    ]
    accounts = [ACCOUNT, ACCOUNT | {"account_id": "A2", "time_zone": "Europe/Berlin"}]
    tables = from_rows([SOURCE], Sources), from_rows(services, Services), from_rows(accounts, Accounts)
    starts = [at("2020-04-02 21:59:59"), at("2020-04-02 22:00:00"), at("2020-04-03 04:59:59")]
    raw = from_rows([{**SANE, "line": i, "start_at": start} for i, start in enumerate(starts, start=1)], RawCdr)
    assert enrich(raw, Reference.build(*tables))["service_id"].to_list() == ["S1", "S2", "S2"]


def test_a_source_that_declares_a_key_is_not_asked_for_everybodys():
    services = [{**SERVICE, "valid_to": date(2020, 1, 2)}, {**OPEN_SERVICE, "source": "*"}]
    tables = from_rows([SOURCE], Sources), from_rows(services, Services), from_rows([ACCOUNT], Accounts)
    assert enrich(from_rows([SANE], RawCdr), Reference.build(*tables))["service_id"].to_list() == [None]


def test_no_records_have_no_outcome():
    assert judge_records(from_rows([], RawCdr), from_rows([], FileRegister), REFERENCE, LIMITS).is_empty()
