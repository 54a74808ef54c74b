"""What a new tariff changes, prefix by prefix, against changes counted by hand."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from typer.testing import CliRunner

from telebill_assets.cli import app
from telebill_assets.demo.reference_files import write_reference_files
from telebill_assets.tariffs.diff import Prices, differences

JANUARY, MAY = date(2020, 1, 1), date(2020, 5, 1)
DAY = date(2020, 4, 1)


def place(prefix: str, destination: str) -> dict[str, Any]:
    return {"prefix": prefix, "destination": destination}


def rate(destination: str, price: str, *, increment=60, **changes: Any) -> dict[str, Any]:
    return {
        "rate_deck": "gold",
        "destination": destination,
        "jurisdiction": "*",
        "direction": "*",
        "band": "*",
        "valid_from": JANUARY,
        "valid_to": None,
        "from_s": 0,
        "connect_fee": Decimal(0),
        "rate": Decimal(price),
        "unit_s": 60,
        "increment_s": increment,
    } | changes


PLACES = [place("44", "uk"), place("447", "mobile"), place("4473", "mobile"), place("33", "france"), place("49", "de")]
OLD = [rate("uk", "0.10"), rate("mobile", "0.20"), rate("france", "0.05"), rate("de", "0.02", increment=1)]


def changes(new_places, new_rates, on=None) -> tuple[dict[tuple[str, str], tuple], dict[str, int]]:
    """By kind and destination: prefixes, percent, first day; and the counts that are not zero."""
    found = differences(Prices(PLACES, OLD, on), Prices(new_places, new_rates, on))
    listed = {(c.kind, c.destination): (c.prefixes, c.percent, c.effective) for c in found.changes}
    return listed, {kind: number for kind, number in found.counts["gold"].items() if number}


def test_nothing_changes_against_itself():
    assert changes(PLACES, OLD) == ({}, {"unchanged": 5})


def test_up_down_closed_and_new():
    new = [
        rate("uk", "0.11", valid_from=MAY),
        rate("mobile", "0.15", valid_from=MAY),
        rate("france", "0.05", valid_to=date(2020, 4, 30)),
        rate("de", "0.02", increment=60, valid_from=MAY),
        rate("at", "0.03", valid_from=MAY),
    ]
    listed, counts = changes([*PLACES, place("43", "at")], new)
    assert listed == {
        ("up", "uk"): (["44"], Decimal("10.0"), MAY),
        ("down", "mobile"): (["447", "4473"], Decimal("-25.0"), MAY),
        ("closed", "france"): (["33"], Decimal("0.0"), date(2020, 4, 30)),
        ("up", "de"): (["49"], Decimal("0.0"), MAY),
        ("new", "at"): (["43"], None, MAY),
    }
    assert counts == {"new": 1, "up": 2, "down": 2, "closed": 1}


def test_a_prefix_without_a_rate_is_uncovered():
    listed, counts = changes([*PLACES, place("881", "satellite")], [row for row in OLD if row["destination"] != "uk"])
    assert listed == {
        ("closed", "uk"): (["44"], None, None),
        ("uncovered", "satellite"): (["881"], None, None),
    }
    assert counts == {"closed": 1, "uncovered": 2, "unchanged": 4}


def test_a_new_prefix_is_new_only_if_its_calls_cost_something_else():
    same, counts = changes([*PLACES, place("4420", "london")], [*OLD, rate("london", "0.10")])
    assert (same, counts) == ({}, {"unchanged": 6})
    other, _ = changes([*PLACES, place("4420", "london")], [*OLD, rate("london", "0.12")])
    assert other == {("new", "london"): (["4420"], Decimal("20.0"), JANUARY)}


def test_fees_against_increments_are_mixed():
    listed, _ = changes(PLACES, [*OLD[:3], rate("de", "0.02", increment=60, connect_fee=Decimal("0.01"))])
    assert list(listed) == [("up", "de")]
    listed, _ = changes(PLACES, [rate("uk", "0.10", increment=1, connect_fee=Decimal("0.01")), *OLD[1:]])
    assert list(listed) == [("mixed", "uk")]


def test_prices_of_a_day():
    new = [{**OLD[0], "valid_to": date(2020, 4, 30)}, rate("uk", "0.11", valid_from=MAY), *OLD[1:]]
    assert changes(PLACES, new, on=date(2020, 4, 30))[0] == {}
    assert list(changes(PLACES, new, on=MAY)[0]) == [("up", "uk")]


@pytest.fixture
def folders(tmp_path):
    """The demo operator, and the same with dearer UK mobiles for us-minute and no France."""
    for name in ("old", "new"):
        write_reference_files(tmp_path / name)
    path = tmp_path / "new" / "rates.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.startswith("us-minute,france,")]
    dearer = [
        line.replace(",0.0390,", ",0.0590,") if line.startswith("us-minute,uk-mobile,") else line for line in kept
    ]
    path.write_text("\n".join(dearer) + "\n", encoding="utf-8")
    return tmp_path / "old", tmp_path / "new"


def test_the_command_compares_folders(folders, tmp_path):
    done = CliRunner().invoke(
        app, ["tariff", "diff", *map(str, folders), "--json"], env={"TELEBILL_HOME": str(tmp_path)}
    )
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert found["decks"]["us-minute"]["closed"] == 1
    (closed,) = [change for change in found["changes"] if change["kind"] == "closed"]
    assert (closed["destination"], closed["prefixes"]) == ("france", ["33"])
    shown = CliRunner().invoke(app, ["tariff", "diff", f"{folders[0]}:us-minute", f"{folders[1]}:us-six"])
    assert "us-minute -> us-six" in shown.stdout


def test_the_command_compares_two_files_of_a_carrier(tmp_path):
    (tmp_path / "carrier.yaml").write_text(
        "columns: {prefix: Code, name: Name, rate: Rate}\ninterval: 1/1\neffective: 2020-05-01\n", encoding="utf-8"
    )
    (tmp_path / "april.csv").write_text(
        "Code,Name,Rate\n44,UK,0.10\n33,France,0.05\n49,Germany,0.02\n", encoding="utf-8"
    )
    (tmp_path / "may.csv").write_text(
        "Code,Name,Rate\n44,UK,0.12\n49,Germany,0.02\n43,Austria,0.03\n", encoding="utf-8"
    )
    files = [str(tmp_path / name) for name in ("april.csv", "may.csv")]
    environment = {"TELEBILL_HOME": str(tmp_path)}
    options = ("--mapping", str(tmp_path / "carrier.yaml"), "--json")
    done = CliRunner().invoke(app, ["tariff", "diff", *files, *options], env=environment)
    found = json.loads(done.stdout)
    assert {name: number for name, number in found["summary"].items() if number} == {
        "new": 1,
        "up": 1,
        "closed": 1,
        "uncovered": 1,
        "unchanged": 1,
    }
    (up,) = [change for change in found["changes"] if change["kind"] == "up"]
    assert (up["destination"], up["prefixes"], up["percent"]) == ("uk", ["44"], "20.0")
    without = CliRunner().invoke(app, ["tariff", "diff", *files], env=environment)
    assert "is a file; name its folder" in str(without.exception)
