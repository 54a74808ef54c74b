"""`telebill ingest`: its summary, its exit codes, and what it refuses before any work."""

import hashlib
import json
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from telebill_assets.demo.reference_files import write_reference_files
from telebill_assets.errors import InvalidInputError
from telebill_assets.lake.lake import Lake
from telebill_assets.settings import Settings
from telebill_assets.tables.ledger import Ledger
from telebill_assets_tests.support.command_line import telebill
from telebill_assets_tests.support.published import publish

MARCH = date(2021, 3, 1)


@pytest.fixture
def home(tmp_path):
    write_reference_files(tmp_path / "home" / "reference")
    (tmp_path / "sent").mkdir()
    for number in (1, 2, 5):
        (tmp_path / "sent" / f"cdr-{number:04}.csv").write_text(f"file {number}\n")
    return tmp_path / "home"


@pytest.fixture
def ingest(home):
    sent = home.parent / "sent"

    def run(*options, origin=sent, source="pbx-austin", **environment):
        return telebill(home, "ingest", str(origin), "--source", source, *options, **environment)

    return run


def test_the_summary_as_json(ingest, home):
    done = ingest("--day", "2021-03-04", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    summary = json.loads(done.stdout)
    counts = {name: summary[name] for name in ("files", "bytes", "copied", "skipped", "held", "failed", "ignored")}
    assert counts == {"files": 3, "bytes": 21, "copied": 3, "skipped": 0, "held": 0, "failed": 0, "ignored": 0}
    assert summary["gaps"] == [{"series": "cdr-{}", "missing": 2, "ranges": [[3, 4]]}]
    folder = home / "landing" / "pbx-austin" / "2021-03-04"
    assert (folder / "cdr-0005.csv").read_text() == "file 5\n"


def test_held_files_exit_with_1_and_are_named_with_both_hashes(ingest, home):
    assert ingest("--day", "2021-03-04").returncode == 0
    (home.parent / "sent" / "cdr-0002.csv").write_text("other\n")
    done = ingest("--day", "2021-03-04")
    assert done.returncode == 1
    assert "already there 2" in done.stdout
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("  held:")]
    assert "cdr-0002.csv" in line
    other, there = (hashlib.sha256(content).hexdigest() for content in (b"other\n", b"file 2\n"))
    assert f"(sha256 {other}, there {there})" in line


def test_the_day_is_today_in_the_billing_zone(ingest, home):
    zone = "Pacific/Kiritimati"
    before = datetime.now(ZoneInfo(zone)).date()
    assert ingest(TELEBILL_BILLING_ZONE=zone).returncode == 0
    (folder,) = (home / "landing" / "pbx-austin").iterdir()
    assert folder.name in {before.isoformat(), datetime.now(ZoneInfo(zone)).date().isoformat()}


def test_another_zone(ingest, home):
    zone = home.parent / "elsewhere"
    assert ingest("--day", "2021-03-04", "--zone", str(zone)).returncode == 0
    assert len(list((zone / "pbx-austin" / "2021-03-04").iterdir())) == 3
    assert not (home / "landing").exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"source": "pbx-nowhere"}, "--source pbx-nowhere is unknown; known are cucm-chicago, pbx-austin"),
        ({"origin": "/nowhere"}, "/nowhere: there is no such folder or file"),
        ({"origin": "gopher://x/y"}, "gopher://x/y is no folder, file or URI"),
        ({"day": "yesterday"}, "--day yesterday is no date such as"),
        ({"day": "9999-01-01"}, "--day 9999-01-01 is in the future"),
        ({"day": "2020-03-31"}, "--day 2020-03-31 is before the first landing day 2020-04-01"),
    ],
)
def test_what_cannot_be_is_refused_with_2_in_one_line(ingest, home, options, said):
    day = options.pop("day", "2021-03-04")
    done = ingest("--day", day, **options)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert said in done.stderr
    assert not (home / "landing").exists()


def test_a_closed_month_is_refused_unless_forced(ingest, home):
    row = {"period": MARCH, "stage": "invoices", "outcome": "invoice", "records": 1}
    publish(Lake.open(Settings(home=home)), Ledger, row, period=MARCH, stage="invoices")
    done = ingest("--day", "2021-03-31")
    assert (done.returncode, "closed" in done.stderr) == (2, True)
    assert not (home / "landing").exists()
    assert ingest("--day", "2021-04-01").returncode == 0
    assert ingest("--day", "2021-03-31", "--force").returncode == 0


def test_a_landing_zone_elsewhere_is_never_taken_for_an_empty_folder(tmp_path):
    away = Settings(home=tmp_path, landing="s3://bucket/landing")
    assert away.landing_zone == "s3://bucket/landing"
    with pytest.raises(InvalidInputError, match="needs a folder of this machine"):
        _ = away.landing_dir
    assert Settings(home=tmp_path).landing_zone == str(tmp_path / "landing")
