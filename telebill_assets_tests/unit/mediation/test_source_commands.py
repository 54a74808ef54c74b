"""`telebill source`: one JSON object, the documented identity, and exit codes."""

import json

import pytest
from typer.testing import CliRunner

from telebill_assets.cli import app
from telebill_assets.errors import InvalidInputError
from telebill_assets_tests.unit.mediation.test_samples import SAMPLES

KEYS = ["layout", "status", "reason", "rows", "calls", "billable_seconds", "non_billable", "duplicates", "suspended"]
SOURCES = (
    "source,layout,time_zone,country,country_code,trunk_prefix,international_prefix\n"
    "pbx,asterisk_master asterisk_report,Europe/Berlin,DE,49,0,00\n"
)


@pytest.fixture
def telebill(monkeypatch, tmp_path):
    """The command with a reference folder that declares one source."""
    monkeypatch.setenv("TELEBILL_HOME", str(tmp_path))
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference" / "sources.csv").write_text(SOURCES)
    return lambda *words: CliRunner().invoke(app, ["source", *map(str, words)])


def test_check_prints_one_object_with_the_documented_names(telebill):
    done = telebill("check", SAMPLES / "grandstream_ucm.csv", "--json")
    found = json.loads(done.stdout)
    assert done.exit_code == 0
    assert list(found) == [*KEYS, "first"]
    assert found["rows"] == found["calls"] + found["non_billable"] + found["duplicates"] + sum(
        found["suspended"].values()
    )
    assert (found["layout"], found["billable_seconds"], found["first"][0]["line"]) == ("grandstream_ucm", 60, 2)
    assert "5125550100" not in done.stdout  # numbers are masked


def test_check_reads_by_the_source_and_its_zone(telebill):
    found = json.loads(telebill("check", SAMPLES / "asterisk_report.csv", "--source", "pbx", "--json").stdout)
    assert found["layout"] == "asterisk_report"
    assert found["first"][0]["start_at"] == "2020-04-03 07:02:11"  # Berlin is two hours ahead in April


def test_check_says_what_it_expected_of_a_file_of_another_layout(telebill):
    found = json.loads(telebill("check", SAMPLES / "twilio.csv", "--source", "five9", "--json").stdout)
    assert (found["status"], found["reason"], found["suspended"]) == (
        "suspended",
        "unknown_layout",
        {"unknown_layout": 5},
    )


def test_check_refuses_an_unknown_source(telebill):
    done = telebill("check", SAMPLES / "twilio.csv", "--source", "nobody")
    assert isinstance(done.exception, InvalidInputError)
    assert "expected a source of sources.csv or a layout: pbx, telebill_csv" in str(done.exception)


def test_guess_proposes_a_layout_or_fails(telebill, tmp_path):
    assert telebill("guess", SAMPLES / "broadworks.csv").stdout.startswith("broadworks: BroadWorks")
    (tmp_path / "letter.txt").write_text("Dear Sir,\n")
    done = telebill("guess", tmp_path / "letter.txt", "--json")
    assert (done.exit_code, json.loads(done.stdout)["layout"]) == (1, None)
