"""Files that are not whole: what their source, their trailer or their manifest says of them is not what they hold."""

from datetime import date

import pytest

from telebill_assets.mediation.landing import Arrived, read_batch
from telebill_assets.mediation.source import Source
from telebill_assets.mediation.totals import Totals

DAY = date(2020, 4, 3)
HEADER = (
    "record_id,leg,service_key,direction,caller,callee,start_time,answer_time,end_time,billable_seconds,disposition\n"
)
CALL = (
    "r{},,trunk-1,outbound,+15125550100,+13125550101,2020-04-03T14:02:11Z,2020-04-03T14:02:15Z,"
    "2020-04-03T14:03:15Z,60,answered\n"
)
TWO_CALLS = HEADER + CALL.format(1) + CALL.format(2)


def read(files: dict[str, str], completeness: str = "", manifest: dict[str, Totals] | None = None):
    """Rows of the report by file name, and how many records of each file landed."""
    arrived = [Arrived(f"sbc/{DAY}/{name}", text.encode()) for name, text in files.items()]
    source = Source(("telebill_csv", "five9"), "UTC", completeness=completeness)
    landed = read_batch(arrived, {"sbc": source}, DAY, {"sbc": manifest or {}})
    records = dict(landed.records.group_by("path").len().iter_rows())
    return [(row, records.get(row["path"], 0)) for row in landed.report.to_dicts()]


def test_a_trailer_must_agree_and_only_its_own_file_is_refused():
    """Two calls of 60 seconds: 2 and 120 are right, 3 records and 119 seconds are not."""
    good, records, seconds, none = read(
        {
            "good.csv": f"{TWO_CALLS}TRAILER,2,120\n",
            "records.csv": f"{TWO_CALLS}TRAILER,3,120\n",
            "seconds.csv": f"{TWO_CALLS}TRAILER,2,119\n",
            "none.csv": TWO_CALLS,
        }
    )
    assert (good[0]["reason"], good[0]["declared_records"], good[0]["declared_s"], good[1]) == (None, 2, 120, 2)
    assert (records[0]["reason"], records[1]) == ("totals_differ", 0)
    assert records[0]["detail"] == "the trailer declares 3 records, the file holds 2"
    assert seconds[0]["detail"] == "the trailer declares 119 seconds, the records hold 120"
    assert (seconds[0]["records"], seconds[0]["layout"], seconds[0]["declared_s"]) == (2, "telebill_csv", 119)
    assert (none[0]["reason"], none[0]["declared_records"], none[1]) == (None, None, 2)


@pytest.mark.parametrize(
    ("completeness", "text", "reason", "detail"),
    [
        ("newline", TWO_CALLS, None, None),
        (
            "newline",
            TWO_CALLS.rstrip(),
            "truncated_file",
            "the last line has no line end, and the source declares one",
        ),
        ("trailer", f"{TWO_CALLS}TRAILER,2,120", None, None),
        ("trailer", TWO_CALLS, "truncated_file", "the line that closes the file is missing"),
        ("manifest", TWO_CALLS, "truncated_file", "manifest.csv does not list the file"),
    ],
)
def test_a_file_must_end_as_its_source_declares(completeness, text, reason, detail):
    ((row, _),) = read({"a.csv": text}, completeness)
    assert (row["reason"], row["detail"]) == (reason, detail)


def test_a_manifest_declares_files_by_name():
    manifest = {"a.csv": Totals(2, 120), "b.csv": Totals(1)}
    a, b = read({"a.csv": TWO_CALLS, "b.csv": TWO_CALLS}, "manifest", manifest)
    assert (a[0]["reason"], a[0]["declared_records"], a[0]["declared_s"], a[1]) == (None, 2, 120, 2)
    assert (b[0]["reason"], b[0]["detail"], b[1]) == (
        "totals_differ",
        "the manifest declares 1 records, the file holds 2",
        0,
    )


def test_dates_in_the_other_order_refuse_their_file_alone():
    """13 April can only be read as day and month; the other file says nothing of the kind."""
    header = "CALL ID,TIMESTAMP,CALL TYPE,CAMPAIGN,ANI,DNIS,CALL TIME,DISPOSITION\n"
    line = "{},{} 14:02:11,Outbound,sales,5125550100,3125550101,00:01:00,Sold\n"
    american = header + line.format(1, "04/03/2020") + line.format(2, "04/13/2020")
    european = header + line.format(1, "03/04/2020") + line.format(2, "13/04/2020")
    (good, landed), (bad, _) = read({"american.csv": american, "european.csv": european})
    assert (good["reason"], landed) == (None, 2)
    assert (bad["reason"], bad["records"]) == ("date_order", 0)
    assert bad["detail"].startswith("TIMESTAMP holds dates whose day and month are not in the declared order %m/%d/")
