"""Reading files: what is read, and what becomes of the files and lines that cannot be."""

import gzip
import hashlib
from datetime import UTC, date, datetime

import pytest

from telebill_assets.mediation.landing import Arrived, Landed, read_batch
from telebill_assets.mediation.source import Source

DAY = date(2020, 4, 3)
SOURCES = {
    "sbc": Source(("telebill_csv",), "UTC"),
    "pbx": Source(("asterisk_master",), "America/Chicago"),
    "cucm": Source(("cisco_cucm",), "America/Chicago"),
}
HEADER = (
    "record_id,leg,service_key,direction,caller,callee,start_time,answer_time,end_time,billable_seconds,disposition"
)
CALL = (
    "r1,,trunk-1,outbound,+15125550100,+13125550101,2020-04-03T14:02:11Z,2020-04-03T14:02:15Z,"
    "2020-04-03T14:03:15Z,60,answered"
)
NAMES = (
    "cdrRecordType,callingPartyNumber,finalCalledPartyNumber,dateTimeOrigination,dateTimeConnect,dateTimeDisconnect,"
    "duration,pkid,origDeviceName,destDeviceName"
)
TYPES = "INTEGER,VARCHAR(50),VARCHAR(50),INTEGER,INTEGER,INTEGER,INTEGER,UNIQUEIDENTIFIER,VARCHAR(129),VARCHAR(129)"


def read(content: bytes, path: str) -> Landed:
    return read_batch([Arrived(path, content)], SOURCES, DAY)


def records(content: bytes, path: str = "sbc/2020-04-03/a.csv") -> list[dict]:
    landed = read(content, path)
    assert landed.report["reason"].item() is None, landed.report
    return landed.records.to_dicts()


def reason(content: bytes, path: str = "sbc/2020-04-03/a.csv") -> str:
    landed = read(content, path)
    assert landed.records.is_empty()
    return landed.report["reason"].item()


def test_telebill_csv_is_read_field_by_field():
    (record,) = records(f"{HEADER}\n{CALL}\n".encode())
    assert record["line"] == 2
    assert record["raw"] == CALL
    assert record["call_id"] == "r1"
    assert record["leg"] is None
    assert record["start_at"] == datetime(2020, 4, 3, 14, 2, 11, tzinfo=UTC)
    assert record["talk_s"] == 60
    assert record["fault"] is None


def test_byte_order_mark_and_crlf_lose_nothing():
    plain = records(f"{HEADER}\n{CALL}\n{CALL}\n".encode())
    windows = records(b"\xef\xbb\xbf" + f"{HEADER}\r\n{CALL}\r\n{CALL}\r\n".encode())
    assert [{**r, "file_id": ""} for r in windows] == [{**r, "file_id": ""} for r in plain]


def test_line_numbers_count_blank_and_malformed_lines():
    text = f"{HEADER}\n{CALL}\n\n   \nonly,three,fields\n{CALL}\n"
    found = records(text.encode())
    assert [r["line"] for r in found] == [2, 5, 6]
    assert [r["fault"] for r in found] == [None, "expected 11 fields", None]
    assert found[1]["raw"] == "only,three,fields"
    assert found[2]["call_id"] == "r1"


@pytest.mark.parametrize(
    ("column", "good", "bad", "expected"),
    [
        ("billable_seconds", ",60,", ",sixty,", "a whole number of seconds"),
        ("billable_seconds", ",60,", ",60.5,", "a whole number of seconds"),
        ("start_time", "2020-04-03T14:02:11Z", "03/04/2020 14:02", "a UTC time such as 2020-04-03T14:02:11Z"),
        ("end_time", "2020-04-03T14:03:15Z", "2020-04-31T14:03:15Z", "a UTC time such as 2020-04-03T14:02:11Z"),
    ],
)
def test_an_unreadable_field_is_named_with_what_is_expected(column, good, bad, expected):
    (record,) = records(f"{HEADER}\n{CALL.replace(good, bad)}\n".encode())
    assert record["fault_field"] == column
    assert record["fault"] == f"expected {expected}"


def test_invalid_bytes_are_kept_and_their_neighbours_too():
    content = f"{HEADER}\n{CALL}\n".encode() + CALL.replace("r1", "r\u00e9").encode("latin-1") + b"\n"
    assert [r["call_id"] for r in records(content)] == ["r1", "r\\xe9"]


def test_asterisk_times_are_local_to_the_source():
    line = (
        '"acme","5125550100","13125550101","from-internal","""A"" <100>","SIP/1","SIP/2","Dial","SIP/2,60",'
        '"2020-04-03 09:02:11","2020-04-03 09:02:15","2020-04-03 09:03:15",64,60,"ANSWERED",'
        '"DOCUMENTATION","1585922531.7",""'
    )
    (record,) = records(line.encode(), "pbx/2020-04-03/Master.csv")
    assert record["start_at"] == datetime(2020, 4, 3, 14, 2, 11, tzinfo=UTC)  # Chicago is five hours behind in April
    assert (record["call_id"], record["service_key"], record["talk_s"]) == ("1585922531.7", "acme", 60)
    assert (record["direction"], record["disposition"]) == ("outbound", "answered")


def test_asterisk_unanswered_calls_have_no_answer_time():
    line = (
        '"acme","5125550100","13125550101","from-pstn","","SIP/1","SIP/2","Dial","",'
        '"2020-04-03 09:02:11",,"2020-04-03 09:02:21",10,0,"NO ANSWER","DOCUMENTATION","1585922531.8",""'
    )
    (record,) = records(line.encode(), "pbx/2020-04-03/Master.csv")
    assert record["answer_at"] is None
    assert record["fault"] is None
    assert (record["direction"], record["disposition"]) == ("inbound", "unanswered")


def test_a_line_break_inside_quotes_does_not_break_the_record():
    start = '"acme","5125550100","13125550101","from-internal","","SIP/1","SIP/2","Dial","{}",'
    rest = '"2020-04-03 09:02:11",,"2020-04-03 09:02:21",10,0,"BUSY","DOCUMENTATION","1.{}",""'
    text = "\n".join(
        [
            start.format("x") + rest.format(1),
            start.format("two\nlines") + rest.format(2),
            start.format("") + rest.format(3),
        ]
    )
    found = records(text.encode(), "pbx/2020-04-03/Master.csv")
    assert [(r["line"], r["call_id"]) for r in found] == [(1, "1.1"), (2, "1.2"), (4, "1.3")]


def test_cucm_maps_by_name_and_reads_epochs():
    line = "1,1001,13125550101,1585922531,1585922535,1585922595,60,{ab-1},SEP001122334455,SIP-TRUNK"
    (record,) = records(f"{NAMES}\n{TYPES}\n{line}\n".encode(), "cucm/2020-04-03/cdr_1")
    assert record["line"] == 3
    assert record["answer_at"] == datetime(2020, 4, 3, 14, 2, 15, tzinfo=UTC)
    assert (record["service_key"], record["direction"], record["disposition"]) == (
        "SEP001122334455",
        "outbound",
        "answered",
    )


def test_cucm_zero_connect_time_means_unanswered():
    line = "1,1001,13125550101,1585922531,0,1585922595,0,{ab-1},SEP001122334455,SIP-TRUNK"
    (record,) = records(f"{NAMES}\n{TYPES}\n{line}\n".encode(), "cucm/2020-04-03/cdr_1")
    assert record["answer_at"] is None
    assert record["disposition"] == "unanswered"
    assert record["fault"] is None


@pytest.mark.parametrize(
    ("content", "path", "expected"),
    [
        (b"", "sbc/2020-04-03/a.csv", "empty_file"),
        (b"\n  \n", "sbc/2020-04-03/a.csv", "empty_file"),
        (HEADER.encode(), "sbc/2020-04-03/a.csv", "empty_file"),
        (b"a,b,c\n1,2,3\n", "sbc/2020-04-03/a.csv", "unknown_layout"),
        (b"1,2,3\n", "pbx/2020-04-03/Master.csv", "unknown_layout"),
        (gzip.compress(f"{HEADER}\n{CALL}\n".encode())[:-9], "sbc/2020-04-03/a.csv.gz", "truncated_file"),
        (b"not gzip at all", "sbc/2020-04-03/a.csv.gz", "unreadable_file"),
        (b"x", "nobody/2020-04-03/a.csv", "unknown_source"),
    ],
)
def test_an_unusable_file_is_suspended_whole_with_its_reason(content, path, expected):
    assert reason(content, path) == expected


def test_gzip_is_read_and_hashed_as_received():
    packed = gzip.compress(f"{HEADER}\n{CALL}\n".encode(), mtime=0)
    (row,) = read(packed, "sbc/2020-04-03/a.csv.gz").report.to_dicts()
    assert row["reason"] is None
    assert row["file_id"] == hashlib.sha256(packed).hexdigest()
    assert row["bytes"] == len(packed)
    assert row["records"] == 1


def test_a_bad_first_record_does_not_hide_the_layout():
    cut = b'"acme","5125550100"\n'
    good = (
        b'"a","1","2","c","","S","D","Dial","x","2020-04-03 09:02:11",,"2020-04-03 09:02:21",10,0,"BUSY","D","1.1",""\n'
    )
    found = records(cut + good * 2, "pbx/2020-04-03/Master.csv")
    assert [(r["line"], r["call_id"]) for r in found] == [(1, None), (2, "1.1"), (3, "1.1")]


def test_asterisk_without_unique_id_is_read_too():
    """With `loguniqueid` off the switch writes 16 columns; such a record is known by its content."""
    line = '"a","2125550100","13125550101","c","","S","D","Dial","x","2020-04-03 09:02:11",,"2020-04-03 09:02:21",10,0,'
    (record,) = records((line + '"BUSY","D"\n').encode(), "pbx/2020-04-03/Master.csv")
    assert (record["call_id"], record["caller"], record["disposition"]) == (None, "2125550100", "busy")
