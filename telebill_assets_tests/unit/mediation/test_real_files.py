"""Real files of real systems: every one is read, or set aside for the right reason.

The figures are stated per file and worked out a second time by plain Python from the file's own text: the csv module, a
column by its position, and a sum. None of it shares code with the reader.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from telebill_assets.mediation.check import CdrContent, FileCheck, check_files
from telebill_assets.mediation.layouts import LAYOUTS
from telebill_assets.mediation.source import Source
from telebill_assets_tests.unit.mediation.expected import Expected

ANY = Source(tuple(LAYOUTS), "UTC")
DAY = date(2026, 1, 1)
Figures = tuple[int, int, int]
"""Rows, rows that stand for a call, seconds of these calls."""


def cells(text: str, delimiter: str = ",") -> list[list[str]]:
    return [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if any(row)]


def clock(text: str) -> int:
    hours, minutes, seconds = text.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds)


def three_cx(text: str) -> Figures:
    """Duration, the third field, is empty unless the call was answered. No history id with call id comes twice."""
    rows = cells(text.removeprefix("\ufeff"))
    assert len({(row[0], row[1]) for row in rows}) == len(rows)
    return len(rows), len(rows), sum(clock(row[2]) for row in rows if row[2])


def asterisk_custom(text: str) -> Figures:
    """billsec is the 13th field; rows that are not ANSWERED have 0; every uniqueid comes once."""
    rows = cells(text)
    assert len({row[16] for row in rows}) == len(rows)
    return len(rows), len(rows), sum(int(row[12]) for row in rows)


def asterisk_table(text: str) -> Figures:
    """Of 856 rows two are not ANSWERED but have billable seconds; every uniqueid comes once."""
    rows = cells(text)
    assert len({row[14] for row in rows}) == len(rows)
    good = [row for row in rows if row[11] == "ANSWERED" or row[10] == "0"]
    return len(rows), len(good), sum(int(row[10]) for row in good)


def freepbx_report(text: str) -> Figures:
    """The caller id is cut out first, because its quotes are not doubled."""
    rows = cells(re.sub(r'"User \d+" <\d+>', "", text))[1:]
    return len(rows), len(rows), sum(int(row[10]) for row in rows)


def asterisk_six_columns(text: str) -> Figures:
    """CR line ends. A row with over one second more billsec than duration is not counted."""
    rows = [line.split(",") for line in text.split("\r") if line][1:]
    good = [row for row in rows if int(row[4]) <= int(row[3]) + 1]
    return len(rows), len(good), sum(int(row[4]) for row in good)


def cucm(text: str) -> Figures:
    """Two header lines. Disconnect less connect is the duration; a number in a spreadsheet's short form is not read."""
    header, _, *rows = cells(text)
    at = {name: header.index(name) for name in ("dateTimeConnect", "dateTimeDisconnect", "finalCalledPartyNumber")}
    good = [row for row in rows if "E+" not in row[at["finalCalledPartyNumber"]]]
    connected = [row for row in good if row[at["dateTimeConnect"]] != "0"]
    seconds = sum(int(row[at["dateTimeDisconnect"]]) - int(row[at["dateTimeConnect"]]) for row in connected)
    return len(rows), len(good), seconds


def broadworks(_: str) -> Figures:
    """One Normal record: answered 20:30:15.470, released 20:30:21.732, which is 6.262 seconds."""
    return 1, 1, 6


def with_header(seconds_column: int, of: Callable[[str], int] = int) -> Callable[[str], Figures]:
    """Every row is a call of its own; the seconds stand in one column."""

    def figures(text: str) -> Figures:
        rows = cells(text)[1:]
        return len(rows), len(rows), sum(of(row[seconds_column]) for row in rows)

    return figures


def cdr_stats_text(text: str) -> Figures:
    rows = cells(text)
    return len(rows), len(rows), sum(int(row[4]) for row in rows)


def neol(text: str) -> Figures:
    """The eighth field is seconds of talk; every id in brackets comes once."""
    rows = cells(text)
    assert len({row[10] for row in rows}) == len(rows)
    return len(rows), len(rows), sum(int(row[7]) for row in rows)


def twilio(text: str) -> Figures:
    """Only completed calls may have a duration; 1,974 busy, failed or unanswered rows have one too."""
    rows = list(csv.DictReader(io.StringIO(text)))
    good = [row for row in rows if row["status"] == "completed" or int(row["duration"] or 0) == 0]
    return len(rows), len(good), sum(int(row["duration"]) for row in good)


def gamma(text: str) -> Figures:
    """One call has no other party."""
    rows = cells(text)[1:]
    good = [row for row in rows if row[2]]
    return len(rows), len(good), sum(int(row[5]) for row in good)


def mobile(text: str) -> Figures:
    """Voice rows with a time; the others are messages, and three calls without time."""
    rows = cells(text, "|")
    good = [row for row in rows if row[13] == "Voice" and row[14]]
    return len(rows), len(good), sum(int(row[16]) for row in good)


UNKNOWN = {"status": "suspended", "reason": "unknown_layout"}
FILES: dict[str, tuple[Expected, Callable[[str], Figures] | None]] = {
    "3cx/dorel14_ClasseurPrepaCDR.csv": (Expected("3cx", 1404, 1404, 400_320), three_cx),
    "asterisk/KelySaina_Master.csv": (Expected("asterisk_custom", 14, 14, 78), asterisk_custom),
    "asterisk/apspoliveira_freepbx_full.csv": (
        Expected("freepbx_table", 856, 854, 154_105, suspended={"contradictory": 2}),
        asterisk_table,
    ),
    "asterisk/apspoliveira_freepbx_report.csv": (Expected("asterisk_report", 100, 100, 699), freepbx_report),
    "asterisk/apspoliveira_cdr_new_CRonly.csv": (Expected("asterisk_report", 25, 25, 4_352), asterisk_six_columns),
    "asterisk/apspoliveira_g9telecom_CRonly.csv": (
        Expected("asterisk_report", 100, 99, 719, suspended={"absurd_duration": 1}),
        asterisk_six_columns,
    ),
    "broadworks/Nuevo_BW_R14_example.csv": (Expected("broadworks", 1, 1, 6), broadworks),
    "callcentre_report/NobleMatter_Call_Log.csv": (
        Expected("agent_report", 2_928, non_billable=2_928, status="set_aside", reason="report"),
        None,
    ),
    "callcentre_report/NobleMatter_Queue_Abandoned_Detail.csv": (
        Expected("queue_report", 127, non_billable=127, status="set_aside", reason="report"),
        None,
    ),
    "cdr_stats/CDRImport-2015-10-26.csv": (Expected("cdr_stats_csv", 5, 5, 110), with_header(11)),
    "cdr_stats/import_cdr.txt": (Expected("cdr_stats_text", 5, 5, 154), cdr_stats_text),
    "cisco_cucm/cdr_StandAloneCluster_02_201510091036_254831": (Expected("cisco_cucm", 3, 3, 4_020), cucm),
    "cisco_cucm/cdr_StandAloneCluster_04_201601141231_120716.csv": (
        Expected("cisco_cucm", 2, 1, 10, suspended={"spreadsheet_damage": 1}),
        cucm,
    ),
    "cisco_cucm/cmr_StandAloneCluster_02_201510091036_254831": (
        Expected("cisco_cmr", 6, non_billable=6, status="set_aside", reason="quality_records"),
        None,
    ),
    "five9/alexelkin_call_log.csv": (Expected("five9", 5, 5, 174), with_header(10, clock)),
    "freeswitch/Kxingyunliushui_Master.csv": (
        Expected("freeswitch", 10, suspended={"spreadsheet_damage": 10}),
        None,
    ),
    "misc/debashon094_cdr_NULLs.csv": (Expected(None, 5, suspended={"unknown_layout": 5}, **UNKNOWN), None),
    "misc/digideskio_cdrs_wholeline_quoted.csv": (
        Expected(None, 16, suspended={"unknown_layout": 16}, **UNKNOWN),
        None,
    ),
    "misc/johnnyguo_mixed_dates.csv": (Expected(None, 8, suspended={"unknown_layout": 8}, **UNKNOWN), None),
    "misc/roslinmahmud_call_log_BOM_12h.csv": (Expected(None, 51, suspended={"unknown_layout": 51}, **UNKNOWN), None),
    "misc/skarware_cdrs_epoch.csv": (Expected(None, 11, suspended={"unknown_layout": 11}, **UNKNOWN), None),
    "mobile_pipe/thilina_pipe_delimited.csv": (
        Expected("mobile_pipe", 284, 76, 8_848, non_billable=205, suspended={"missing_field": 3}),
        mobile,
    ),
    "softswitch_neol/matheusmbs_Teste2_CDR.txt": (Expected("neol_softswitch", 1_839, 1_839, 352_155), neol),
    "twilio/yuriybabenko_calls.csv": (
        Expected("twilio", 5_000, 3_026, 5_417_326, suspended={"contradictory": 1_974}),
        twilio,
    ),
    "wholesale_gamma_uk/romilly_cdr.csv": (
        Expected("gamma_wholesale", 17, 16, 1_138, suspended={"missing_field": 1}),
        gamma,
    ),
}


@pytest.fixture(scope="module")
def samples(shared_dir: Path) -> Path:
    return shared_dir / "data" / "cdr_samples"


def files_of(folder: Path) -> Iterator[str]:
    return (str(path.relative_to(folder)) for path in folder.glob("*/*") if path.name != "README.md")


@pytest.mark.shared
def test_every_file_has_its_figures(samples):
    assert sorted(files_of(samples)) == sorted(FILES)


@pytest.mark.shared
@pytest.mark.parametrize("name", [name for name, (_, second) in FILES.items() if second])
def test_the_figures_are_found_a_second_time(samples, name):
    expected, second = FILES[name]
    assert second is not None
    text = (samples / name).read_bytes().decode("utf-8", errors="replace")
    assert second(text) == (expected.rows, expected.calls, expected.seconds)


@pytest.fixture(scope="module")
def found(samples: Path) -> dict[str, FileCheck]:
    files = [CdrContent(Path(name).name, (samples / name).read_bytes()) for name in FILES]
    return dict(zip(FILES, check_files(files, ANY, day=DAY, max_call_s=86_400), strict=True))


@pytest.mark.shared
@pytest.mark.parametrize("name", FILES)
def test_a_real_file_is_read_or_set_aside_for_the_right_reason(found, name):
    expected, file = FILES[name][0], found[name]
    assert Expected.of(file) == expected, file.detail
    assert Counter(dict(file.suspended)).total() + file.calls + file.non_billable + file.duplicates == file.rows
