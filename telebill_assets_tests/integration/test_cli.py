"""The command line: what a person can mend is one line each, and the exit code is right."""

import json
from datetime import date
from pathlib import Path

import pytest

from telebill_assets.cli import app
from telebill_assets.database.server import DatabaseUnreachableError, database_url
from telebill_assets.lake.lake import Lake
from telebill_assets.settings import Settings
from telebill_assets.spark.session import JavaMissingError, _require_java
from telebill_assets.tables.raw_cdr import RawCdr
from telebill_assets_tests.support.command_line import telebill
from telebill_assets_tests.support.published import publish

DAY = date(2020, 4, 1)


def test_help_explains_every_command(tmp_path):
    done = telebill(tmp_path, "--help")
    assert done.returncode == 0
    groups = [group.name for group in app.registered_groups]
    commands = [command.name or command.callback.__name__ for command in app.registered_commands]
    for command in (*groups, *commands):
        (line,) = [line for line in done.stdout.splitlines() if line.lstrip("│ ").startswith(f"{command} ")]
        assert len(line.split()) > 4


def test_all_bad_settings_are_named_at_once(tmp_path):
    done = telebill(
        tmp_path,
        "reference",
        TELEBILL_BILLING_ZONE="Mars/Base",
        TELEBILL_MAX_CALL_AGE_DAYS="0",
        TELEBILL_SPARK_MEMORY="lots",
    )
    assert done.returncode == 2
    named = [line.split(" is ", 1)[0] for line in done.stderr.splitlines()]
    assert named == ["TELEBILL_BILLING_ZONE", "TELEBILL_MAX_CALL_AGE_DAYS", "TELEBILL_SPARK_MEMORY"]
    assert "Traceback" not in done.stderr


def test_bad_reference_files_exit_with_2_and_name_every_fault(tmp_path):
    folder = tmp_path / "reference"
    assert telebill(tmp_path, "generate", str(tmp_path / "landing"), "--reference", str(folder)).returncode == 0
    accounts = folder / "accounts.csv"
    lines = accounts.read_text().splitlines()
    lines[1] = lines[1].replace(",USD,", ",dollars,").replace(",EUR,", ",dollars,")
    accounts.write_text("\n".join([*lines, "short,line"]) + "\n")
    done = telebill(tmp_path, "reference", str(folder))
    assert done.returncode == 2
    assert any(line.startswith("accounts.csv:2: currency is 'dollars'") for line in done.stderr.splitlines())
    assert any(line.startswith(f"accounts.csv:{len(lines) + 1}:") for line in done.stderr.splitlines())


def test_the_same_seed_generates_the_same_files(tmp_path):
    for name in ("one", "two"):
        assert telebill(tmp_path, "generate", str(tmp_path / name), "--files", "4", "--records", "60").returncode == 0
    files = [
        {path.relative_to(tmp_path / name): path.read_bytes() for path in (tmp_path / name).rglob("*.*")}
        for name in ("one", "two")
    ]
    assert files[0] == files[1]
    assert json.loads(files[0][Path("manifest.json")])["files"] >= 4


def test_numbers_are_masked_in_tables_unless_asked_for(tmp_path):
    row = {"landing_day": DAY, "line": 1, "caller": "+15125550100", "raw": "a,+15125550100,b", "source": "s"}
    publish(Lake.open(Settings(home=tmp_path)), RawCdr, row, landing_day=DAY)
    assert "+15125550100" not in telebill(tmp_path, "tables", "rows", "raw_cdr").stdout
    assert "+15125550100" in telebill(tmp_path, "tables", "rows", "raw_cdr", "--show-personal").stdout
    assert "raw_cdr" in telebill(tmp_path, "tables", "list").stdout
    assert "publish" in telebill(tmp_path, "tables", "snapshots", "raw_cdr").stdout


def test_an_unknown_table_is_one_line(tmp_path):
    done = telebill(tmp_path, "tables", "rows", "nothing")
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert "there is no table nothing" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--days", "2020-04-01", "--approve", "Ann"], "--reason is missing"),
        (["--days", "2020-04-01", "--reason", "new deck"], "--approve is missing"),
        (["--days", "April"], "expected 2020-04-01..2020-04-30, or one day"),
        (["show", "nothing"], "there is no re-rating nothing"),
    ],
)
def test_a_re_rating_that_cannot_be_run_exits_with_2_and_says_why(tmp_path, arguments, said):
    done = telebill(tmp_path, "rerate", *arguments)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert said in done.stderr


def test_an_unreachable_database_is_named_without_its_password(tmp_path):
    settings = Settings(home=tmp_path, database_url="postgresql://biller:hunter2@127.0.0.1:1/billing")
    with pytest.raises(DatabaseUnreachableError, match=r"127\.0\.0\.1:1/billing cannot be reached") as caught:
        database_url(settings)
    assert "hunter2" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_java_is_one_line(monkeypatch, tmp_path):
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(JavaMissingError, match="install a Java 17 runtime") as caught:
        _require_java()
    assert "\n" not in str(caught.value)


def test_an_argument_that_cannot_be_used_exits_with_2_and_runs_nothing(tmp_path):
    for arguments in (("reconcile", "2020-13"), ("export", "April"), ("trace",), ("trace", "X-1", "--record", "a:1")):
        done = telebill(tmp_path, *arguments)
        assert (done.returncode, len(done.stderr.splitlines())) == (2, 1), arguments
    assert "'2020-13' is no month such as 2020-04" in telebill(tmp_path, "reconcile", "2020-13").stderr
