"""`telebill tariff check`: every error of every file at once, and warnings apart from errors."""

import json

import pytest
from typer.testing import CliRunner

from telebill_assets.cli import app
from telebill_assets.demo.reference_files import write_reference_files
from telebill_assets.mediation.layouts import LAYOUTS
from telebill_assets.reference.load import examine


@pytest.fixture
def folder(tmp_path):
    write_reference_files(tmp_path)
    return tmp_path


def replace(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def append(path, *lines):
    with path.open("a", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)


def lines_of(path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def errors(folder) -> list[str]:
    return [str(finding) for finding in examine(folder, LAYOUTS).errors]


def warnings(folder) -> list[str]:
    return [str(finding) for finding in examine(folder, LAYOUTS).warnings]


def test_faults_of_rows_files_and_references_are_said_together(folder):
    """A bad increment hides neither an unknown destination, nor an overlap, nor an account without a plan."""
    rates = folder / "rates.csv"
    last = lines_of(rates)
    append(
        rates,
        "us-six,us,intrastate,*,*,2020-01-01,,0,0,0.01,60,0",
        "us-six,atlantis,*,*,*,2020-01-01,,0,0,0.01,60,60",
        "us-six,uk-mobile,*,*,*,2020-04-20,,0,0,0.01,60,60",
        "us-six,us,interstate,*,*,2020-05-01,2020-04-01,0,0,0.123456789,60,60",
        "us-six,us-alaska,interstate,*,*,2020-05-01,2020-04-01,0,0,0.1,60,60",
    )
    replace(folder / "plans.yaml", "method: half_up", "method: sometimes")
    accounts = folder / "accounts.csv"
    (sample,) = [line for line in accounts.read_text(encoding="utf-8").splitlines() if line.startswith("S-1001,")]
    append(accounts, sample.replace("S-1001", "S-1002"))
    found = errors(folder)
    number, decimals = lines_of(accounts), "a decimal number with at most 8 decimals, such as 0.0125"
    assert found == [
        f"accounts.csv:{number}: account_id is 'S-1002', expected an account with a plan, see subscriptions.csv",
        "plans.yaml:3: rounding_method is 'sometimes', expected one of half_up, up, down",
        f"rates.csv:{last + 1}: increment_s is '0', expected more than 0",
        f"rates.csv:{last + 2}: destination is 'atlantis', expected a destination of destinations",
        *[
            line
            for line in found
            if line.startswith(f"rates.csv:{last + 3}: valid_from is '2020-04-20', expected a day")
        ],
        f"rates.csv:{last + 4}: rate is '0.123456789', expected {decimals}",
        f"rates.csv:{last + 5}: valid_to is '2020-04-01', expected no day before valid_from 2020-05-01",
    ]
    assert len(found) == 7


def test_a_missing_file_is_an_error_and_what_refers_to_it_is_not(folder):
    (folder / "destinations.csv").unlink()
    assert [line.split(" is ")[0] for line in errors(folder)] == ["destinations.csv:1: file"]


def test_a_row_with_a_fault_is_still_known_to_those_that_refer_to_it(folder):
    replace(folder / "destinations.csv", "44,uk,", "4x4,uk,")
    (line,) = errors(folder)
    assert "prefix is '4x4'" in line


def test_a_file_in_another_encoding_names_the_line(folder):
    path = folder / "plans.yaml"
    assert "Geschäft" in path.read_text(encoding="utf-8")
    products = folder / "products.csv"
    products.write_bytes(
        products.read_bytes() + "training2,Schulungsgebühr,one_off,990101,99,false\n".encode("latin-1")
    )
    (line,) = errors(folder)
    assert line.startswith(f"products.csv:{lines_of_bytes(products)}: line is 'byte ")


def lines_of_bytes(path) -> int:
    return path.read_bytes().count(b"\n")


def test_gaps_are_warnings_apart_from_errors(folder):
    before = warnings(folder)
    replace(folder / "subscriptions.csv", "2020-04-11", "2020-04-15")
    append(
        folder / "rates.csv",
        "us-six,satellite,*,*,*,2020-01-01,2020-01-31,0,0,5,60,60",
        "us-six,satellite,*,*,*,2020-03-01,,0,0,5,60,60",
    )
    assert errors(folder) == []
    found = [line for line in warnings(folder) if line not in before]
    assert any("subscriptions.csv" in line and "expected 2020-04-11, or there is a gap" in line for line in found)
    last = lines_of(folder / "rates.csv")
    assert (
        f"rates.csv:{last}: valid_from is '2020-03-01', expected 2020-02-01, or there is a gap after line {last - 1}"
        in found
    )
    services = [line for line in found if line.startswith("services.csv")]
    assert services
    assert all("also on 2020-04-11" in line for line in services)


def test_what_is_never_used_or_lacks_a_rate_is_a_warning(folder):
    append(
        folder / "rates.csv",
        "unused,uk,*,*,*,2020-01-01,,0,0,1,60,60",
        "us-six,satellite,*,*,*,2020-01-01,,0,0,5,60,60",
        "us-six,satellite,*,*,*,2020-01-01,,90,0,5,60,6",
    )
    last = lines_of(folder / "rates.csv")
    found = warnings(folder)
    assert f"rates.csv:{last - 2}: rate_deck is 'unused', expected a deck that a plan has" in found
    assert f"rates.csv:{last}: from_s is '90', expected 0 and whole increments of 60 s, as on line {last - 1}" in found
    assert not any("us-six" in line and "have none" in line for line in found)
    assert any("'us-minute', expected rates for all destinations; 1 have none: satellite" in line for line in found)


def test_the_command_says_it_in_json_and_by_its_exit_code(folder, tmp_path):
    environment = {"TELEBILL_HOME": str(tmp_path / "home")}
    done = CliRunner().invoke(app, ["tariff", "check", str(folder), "--json"], env=environment)
    found = json.loads(done.stdout)
    assert (done.exit_code, found["valid"], found["errors"], found["rows"]["accounts"]) == (0, True, [], 60)
    assert {warning["file"] for warning in found["warnings"]} == {"plans.yaml", "services.csv"}
    assert (
        CliRunner().invoke(app, ["tariff", "check", str(folder), "--json", "--strict"], env=environment).exit_code == 2
    )
    replace(folder / "rates.csv", "0.0140", "1.4e-2")
    done = CliRunner().invoke(app, ["tariff", "check", str(folder), "--json"], env=environment)
    found = json.loads(done.stdout)
    assert (done.exit_code, found["valid"]) == (2, False)
    (error,) = found["errors"]
    assert (error["file"], error["line"], error["field"], error["value"]) == ("rates.csv", 2, "rate", "1.4e-2")
    assert error["expected"].startswith("a decimal number")


def test_the_rules_of_a_table_as_json_schema(tmp_path):
    done = CliRunner().invoke(app, ["tariff", "schema", "rates"], env={"TELEBILL_HOME": str(tmp_path)})
    found = json.loads(done.stdout)
    assert found["title"] == "rates"
    assert found["properties"]["increment_s"] | {"description": ""} == {
        "description": "",
        "type": "integer",
        "exclusiveMinimum": 0,
        "maximum": 3600,
    }
    assert found["properties"]["rate"]["pattern"] == r"^[0-9]{1,10}(\.[0-9]{1,8})?$"
    assert found["properties"]["valid_to"]["type"] == ["string", "null"]
    assert "valid_to" not in found["required"]
