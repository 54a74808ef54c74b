"""Suspense counted, aged, shown and exported: nothing is left out, and no number is shown in full."""

import csv
import json
from datetime import date

import pytest

from telebill_assets.audit.ageing import age_bucket
from telebill_assets.errors import InvalidInputError
from telebill_assets.suspense.selection import select
from telebill_assets_tests.integration.suspense.conftest import april
from telebill_assets_tests.support.command_line import telebill

AS_OF = ("--as-of", "2020-04-30")


@pytest.fixture
def listed(suspense, settings):  # noqa: ARG001  # the lake that the command opens
    def run(*options):
        done = telebill(settings.home, "suspense", "list", "--json", *AS_OF, *options)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


def counts(answer, *columns):
    return {tuple(row[column] for column in ("kind", *columns)): row["count"] for row in answer["rows"]}


@pytest.mark.parametrize(
    ("days", "bucket"),
    [
        (0, "0-1"),
        (1, "0-1"),
        (2, "2-7"),
        (7, "2-7"),
        (8, "8-30"),
        (30, "8-30"),
        (31, "31-60"),
        (60, "31-60"),
        (61, ">60"),
    ],
)
def test_buckets_of_age(days, bucket):
    today = date(2020, 6, 30)
    assert age_bucket(date.fromordinal(today.toordinal() - days), today) == bucket


def test_all_suspense_by_reason(listed):
    answer = listed()
    assert counts(answer, "reason") == {
        ("record", "bad_number"): 2,
        ("record", "no_rate"): 2,
        ("record", "unknown_service"): 2,
        ("record", "malformed"): 1,
        ("file", "truncated_file"): 1,
        ("file", "same_name"): 1,
    }
    (bad_number,) = [row for row in answer["rows"] if row["reason"] == "bad_number"]
    assert (bad_number["talk_s"], bad_number["oldest"]) == (55, "2020-04-01")
    assert answer["records"]["count"] == 7
    assert answer["records"]["talk_s"] == 60 - 5 + 10 + 0 + 10 + 1 + 10
    assert answer["records"]["ages"] == {"0-1": 0, "2-7": 4, "8-30": 3, "31-60": 0, ">60": 0}
    assert answer["files"]["ages"]["2-7"] == answer["files"]["count"] == 2


def test_by_source_and_day(listed):
    assert counts(listed("--by", "source"), "source") == {
        ("record", "pbx"): 5,
        ("record", "sbc"): 2,
        ("file", "pbx"): 1,
        ("file", "sbc"): 1,
    }
    by_both = counts(listed("--by", "day", "--by", "source", "--reason", "no_rate"), "landing_day", "source")
    assert by_both == {("record", "2020-04-01", "sbc"): 1, ("record", "2020-04-25", "pbx"): 1}


@pytest.mark.parametrize(
    ("options", "records", "files"),
    [
        (("--source", "sbc"), 2, 1),
        (("--source", "sbc", "--source", "pbx"), 7, 2),
        (("--reason", "malformed", "--reason", "truncated_file"), 1, 1),
        (("--days", "2020-04-25"), 2, 2),
        (("--days", "2020-04-02..2020-04-28"), 4, 2),
        (("--days", "..2020-04-25"), 5, 2),
        (("--age", "8.."), 3, 0),
        (("--age", "2..5"), 4, 2),
        (("--age", "5"), 2, 2),
        (("--as-of", "2020-04-25"), 5, 2),  # what landed later was not there yet
    ],
)
def test_selections(listed, options, records, files):
    answer = listed(*options)
    assert (answer["records"]["count"], answer["files"]["count"]) == (records, files)


@pytest.mark.parametrize(
    "wrong",
    [{"reasons": ["ugly"]}, {"days": "soon"}, {"days": "2020-04-03..2020-04-01"}, {"age": "old"}, {"age": "9..8"}],
)
def test_options_that_cannot_be_read(wrong):
    with pytest.raises(InvalidInputError):
        select(april(30), **wrong)


def test_tables_for_people(suspense, settings):  # noqa: ARG001
    done = telebill(settings.home, "suspense", "list", *AS_OF)
    (line,) = [line for line in done.stdout.splitlines() if "bad_number" in line]
    cells = [cell.strip() for cell in line.split("│")[1:-1]]
    assert cells == ["record", "bad_number", "2", "55", "2020-04-01", "0", "0", "2", "0", "0"]


def test_an_empty_lake_has_no_suspense(tmp_path):
    done = telebill(tmp_path, "suspense", "list", "--json")
    assert json.loads(done.stdout)["records"]["count"] == 0
    assert telebill(tmp_path, "suspense", "show").stdout == "no suspended record\n"
    assert telebill(tmp_path, "suspense", "retry").returncode == 0


def test_show_masks_numbers(suspense, settings):  # noqa: ARG001
    for options in ((), ("--json",)):
        done = telebill(settings.home, "suspense", "show", "--days", "2020-04-28", *options)
        assert done.returncode == 0
        assert "pbx/2020-04-28/a.csv" in done.stdout.replace("\n", "")
        assert "+151" in done.stdout
        assert "5550100" not in done.stdout
    (malformed,) = [row for row in json.loads(done.stdout)["records"] if row["reason"] == "malformed"]
    assert (malformed["line"], malformed["field"], malformed["detail"]) == (7, "start_at", "a time")
    assert malformed["raw"] == '"",+151******00,"=cmd",2020-04-01 10:00:00'


def test_show_stops_at_its_limit(suspense, settings):  # noqa: ARG001
    done = telebill(settings.home, "suspense", "show", "--limit", "2", "--json")
    assert {name: len(rows) for name, rows in json.loads(done.stdout).items()} == {"records": 2, "files": 2}


@pytest.mark.parametrize("name", ["work.csv", "work.jsonl"])
def test_an_export_is_whole_and_for_its_owner_only(suspense, settings, name):  # noqa: ARG001
    path = settings.home / name
    path.write_text("older")
    path.chmod(0o644)
    done = telebill(settings.home, "suspense", "export", str(path), "--days", "2020-04-25", *AS_OF)
    assert done.returncode == 0
    assert "personal data" in done.stdout
    assert path.stat().st_mode & 0o777 == 0o600
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file)) if name.endswith("csv") else [json.loads(line) for line in file]
    assert [(row["kind"], row["reason"], row["source"]) for row in rows] == [
        ("record", "no_rate", "pbx"),
        ("record", "unknown_service", "sbc"),
        ("file", "truncated_file", "pbx"),
        ("file", "same_name", "sbc"),
    ]
    assert {str(row["age_days"]) for row in rows} == {"5"}
    assert rows[0]["raw"] == '"",+15125550100,"=cmd",2020-04-01 10:00:00'  # the original text, to work on


def test_an_export_of_another_kind_is_refused(suspense, settings):  # noqa: ARG001
    done = telebill(settings.home, "suspense", "export", str(settings.home / "work.xlsx"))
    assert (done.returncode, "must end in .csv or .jsonl" in done.stderr) == (2, True)
