"""A small file of every layout, written by hand: recognised among all layouts, and read to the figures below."""

from datetime import date
from pathlib import Path

import pytest

from telebill_assets.mediation.check import CdrContent, FileCheck, check_files
from telebill_assets.mediation.layouts import LAYOUTS
from telebill_assets.mediation.source import Source
from telebill_assets_tests.unit.mediation.expected import Expected

SAMPLES = Path(__file__).with_name("samples")
ANY = Source(tuple(LAYOUTS), "UTC")
FIGURES: dict[str, tuple[Expected, int]] = {
    # A call of 60 s twice, an unanswered one, a negative one; the trailer says 4 records and 60 + 60 + 0 - 40 seconds.
    "telebill_csv.csv": (Expected("telebill_csv", 4, 2, 60, suspended={"negative_duration": 1}), 1),
    # 65 s and its dialled child of 56 s are both priced; busy with 30 s contradicts itself.
    "twilio.csv": (Expected("twilio", 4, 3, 121, suspended={"contradictory": 1}), 0),
    # 25 s; 97 s with a transfer of 40 s in the same call; busy.
    "five9.csv": (Expected("five9", 4, 3, 122, non_billable=1), 0),
    # 65,400 ms of talk, a leg of 30,000 ms in the same conversation, one abandoned, one chat.
    "genesys_cloud.csv": (Expected("genesys_cloud", 4, 2, 65, non_billable=2), 0),
    # Queue 60 s, member 59 s and a member that did not answer are one call; an outbound call failed without end.
    "grandstream_ucm.csv": (Expected("grandstream_ucm", 4, 2, 60, non_billable=2), 0),
    # 65 s twice, 12 s inbound, 9 s to nobody.
    "gamma_wholesale.csv": (Expected("gamma_wholesale", 4, 2, 77, suspended={"missing_field": 1}), 1),
    "cdr_stats_csv.csv": (Expected("cdr_stats_csv", 2, 2, 50), 0),
    "cdr_stats_text.txt": (Expected("cdr_stats_text", 2, 2, 11), 0),
    "cisco_cmr.csv": (Expected("cisco_cmr", 1, non_billable=1, status="set_aside", reason="quality_records"), 0),
    # 60 s; legs of 20 s and 100 s; never connected; a recording leg: with both header lines, and without.
    "cisco_cucm.csv": (Expected("cisco_cucm", 5, 3, 160, non_billable=2), 0),
    "cisco_cucm-without-header.csv": (Expected("cisco_cucm", 5, 3, 160, non_billable=2), 0),
    "asterisk_report.csv": (Expected("asterisk_report", 2, 2, 6), 0),
    "agent_report.csv": (Expected("agent_report", 1, non_billable=1, status="set_aside", reason="report"), 0),
    "queue_report.csv": (Expected("queue_report", 1, non_billable=1, status="set_aside", reason="report"), 0),
    # Three BEG records; legs of 60 s and 59 s; a busy leg.
    "telcobridges.log": (Expected("telcobridges", 6, 2, 60, non_billable=4), 0),
    # 60.4 s originating and 60.3 s terminating of one call; one not answered.
    "broadworks.csv": (Expected("broadworks", 3, 2, 60, non_billable=1), 0),
    "neol_softswitch.txt": (Expected("neol_softswitch", 2, 2, 65), 0),
    # A call of 65 s, a message, and data with its volume in the duration.
    "mobile_pipe.csv": (Expected("mobile_pipe", 3, 1, 65, non_billable=2), 0),
    "threecx.csv": (Expected("3cx", 2, 2, 65), 0),
    # A segment of 20 s that says more follows, its last one of 65 s, and an unanswered call.
    "avaya_ip_office.csv": (Expected("avaya_ip_office", 3, 2, 65, non_billable=1), 0),
    # A name with quotes inside quotes; a busy call that was written twice.
    "freeswitch.csv": (Expected("freeswitch", 3, 2, 60), 1),
    # Two legs of one linked call, and one with a line break inside quotes.
    "asterisk_master.csv": (Expected("asterisk_master", 3, 2, 75, non_billable=1), 0),
    "asterisk_custom.csv": (Expected("asterisk_custom", 1, 1, 60), 0),
    # A busy call with 2 billable seconds.
    "freepbx_table.csv": (Expected("freepbx_table", 2, 1, 60, suspended={"contradictory": 1}), 0),
    # 1.1 minutes out, 0.2 minutes in, and a ring record beside a call.
    "avaya_cm.txt": (Expected("avaya_cm", 3, 2, 78, non_billable=1), 0),
}


def test_every_layout_has_a_sample():
    assert {expected.layout for expected, _ in FIGURES.values()} == set(LAYOUTS)
    assert sorted(path.name for path in SAMPLES.iterdir()) == sorted(FIGURES)


@pytest.fixture(scope="module")
def found() -> dict[str, FileCheck]:
    files = [CdrContent(name, (SAMPLES / name).read_bytes()) for name in FIGURES]
    return dict(zip(FIGURES, check_files(files, ANY, day=date(2020, 4, 13), max_call_s=86_400), strict=True))


@pytest.mark.parametrize("name", FIGURES)
def test_a_sample_is_recognised_and_read(found, name):
    (expected, duplicates), file = FIGURES[name], found[name]
    assert Expected.of(file) == expected, file.detail
    assert file.duplicates == duplicates
    assert file.rows == file.calls + file.non_billable + file.duplicates + sum(file.suspended.values())
