"""Decks in the layouts of carriers, and the rows of destinations.csv and rates.csv that they must become."""

import csv
import json
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from telebill_assets.cli import app
from telebill_assets.demo.reference_files import write_reference_files
from telebill_assets.errors import InvalidInputError
from telebill_assets.mediation.layouts import LAYOUTS
from telebill_assets.reference.findings import InvalidReferenceError
from telebill_assets.reference.load import load
from telebill_assets.tariffs.deck_import import Choices, Imported, import_deck, propose, write
from telebill_assets.tariffs.layout import layout_of

RATE = "destination,jurisdiction,direction,band,valid_from,valid_to,from_s,connect_fee,rate,unit_s,increment_s"
MAY = date(2020, 5, 1)
A_Z = {"prefix": "Code", "name": "Destination", "rate": "Rate"}


@pytest.fixture
def folder(tmp_path) -> Path:
    """A small operator: the United Kingdom and its mobiles in two decks."""
    reference = tmp_path / "reference"
    reference.mkdir()
    (reference / "destinations.csv").write_text(
        "prefix,destination,name,country,destination_group\n"
        "44,uk,United Kingdom,GB,europe\n447,uk-mobile,United Kingdom mobile,GB,europe\n1,us,United States,US,us\n"
    )
    (reference / "rates.csv").write_text(
        f"rate_deck,{RATE}\n"
        "gold,uk,*,*,*,2020-01-01,,0,0,0.0160,60,60\ngold,uk-mobile,*,*,*,2020-01-01,,0,0,0.0390,60,60\n"
        "silver,uk,*,*,*,2020-01-01,,0,0,0.0200,60,60\n"
    )
    return reference


def imported(folder: Path, text: str, columns: dict[str, str], *, deck="gold", choices=None, **options) -> Imported:
    path = folder.parent / "deck.csv"
    path.write_text(text, encoding="utf-8")
    layout = layout_of(options, [f"{name}={column}" for name, column in columns.items()])
    return import_deck(path, layout, folder, choices or Choices(deck))


def rates(found: Imported, deck="gold") -> set[str]:
    """Rates of a deck as lines of rates.csv without the deck."""
    names = RATE.split(",")
    return {
        ",".join("" if row[name] is None else str(row[name]) for name in names)
        for row in found.rates
        if row["rate_deck"] == deck
    }


def destinations(found: Imported) -> dict[str, str]:
    return {row["prefix"]: row["destination"] for row in found.destinations}


def said(folder: Path, text: str, columns: dict[str, str], **options) -> list[str]:
    with pytest.raises(InvalidReferenceError) as caught:
        imported(folder, text, columns, **options)
    return [str(finding) for finding in caught.value.findings]


BEFORE = {"uk,*,*,*,2020-01-01,,0,0,0.0160,60,60", "uk-mobile,*,*,*,2020-01-01,,0,0,0.0390,60,60"}


def test_a_changed_price_closes_the_one_before_and_an_equal_one_stays(folder):
    text = (
        "Destination,Code,Rate,Effective,Increment\n"
        "UK mobile,447,0.0450,2020-05-01,30/6\nUK,44,0.0160,2020-05-01,60/60\n"
    )
    found = imported(folder, text, A_Z | {"effective": "Effective", "interval": "Increment"})
    assert rates(found) == {
        "uk,*,*,*,2020-01-01,,0,0,0.0160,60,60",
        "uk-mobile,*,*,*,2020-01-01,2020-04-30,0,0,0.0390,60,60",
        "uk-mobile,*,*,*,2020-05-01,,0,0,0.0450,60,30",
        "uk-mobile,*,*,*,2020-05-01,,30,0,0.0450,60,6",
    }
    assert {name: found.counts[f"{name} rates"] for name in ("new", "changed", "unchanged", "closed")} == {
        "new": 0,
        "changed": 1,
        "unchanged": 1,
        "closed": 0,
    }
    assert len(destinations(found)) == 3


def test_semicolons_decimal_commas_a_late_header_and_lists_of_codes(folder):
    text = (
        "Carrier Ltd;;;;;\nValid from May;;;;;\nZiel;Code;Preis;Ab;Takt;Gebühr\n"
        "Andorra mobil;3763,3764-3765;1.000,22;01.05.2020;60+60;0,05\n"
    )
    columns = {"prefix": "code", "name": "Ziel", "rate": "Preis", "effective": "Ab", "interval": "Takt"}
    columns["connect_fee"] = "Gebühr"
    found = imported(folder, text, columns, decimal=",", thousands=".", dates="DD.MM.YYYY")
    assert rates(found) - BEFORE == {"andorra-mobil,*,*,*,2020-05-01,,0,0.05,1000.22,60,60"}
    assert {prefix for prefix, name in destinations(found).items() if name == "andorra-mobil"} == {
        "3763",
        "3764",
        "3765",
    }
    (row,) = [row for row in found.destinations if row["prefix"] == "3764"]
    assert (row["name"], row["country"], row["destination_group"]) == ("Andorra mobil", "AD", "ad")


def test_tabs_prices_per_second_two_increment_columns_and_a_first_price(folder):
    text = (
        "CC\tArea\tName\tPrice 1\tPrice N\tI1\tIN\n"
        "+49\t\tGermany\t0.0002\t0.0003\t1\t1\n49\t15,16\tGermany mobile\t0.001\t0.001\t60\t1\n"
    )
    columns = {"country_code": "CC", "prefix": "Area", "name": "Name", "first_rate": "Price 1", "rate": "Price N"}
    found = imported(folder, text, columns | {"first": "I1", "next": "IN"}, per="second", effective=MAY)
    assert rates(found) - BEFORE == {
        "germany,*,*,*,2020-05-01,,0,0,0.0002,1,1",
        "germany,*,*,*,2020-05-01,,1,0,0.0003,1,1",
        "germany-mobile,*,*,*,2020-05-01,,0,0,0.001,1,60",
        "germany-mobile,*,*,*,2020-05-01,,60,0,0.001,1,1",
    }
    assert [destinations(found)[prefix] for prefix in ("49", "4915", "4916")] == ["germany"] + ["germany-mobile"] * 2


def test_a_us_deck_by_npanxx(folder):
    text = "NPA,NXX,Inter,Intra,Indet\n212,555,0.0100,0.0200,0.0250\n"
    columns = {"prefix": "NPA+NXX", "interstate": "Inter", "intrastate": "Intra", "indeterminate": "Indet"}
    found = imported(folder, text, columns, deck="us", country_code="1", interval="6/6", effective=MAY)
    assert rates(found, "us") == {
        "us-1212555,interstate,*,*,2020-05-01,,0,0,0.0100,60,6",
        "us-1212555,intrastate,*,*,2020-05-01,,0,0,0.0200,60,6",
        "us-1212555,local,*,*,2020-05-01,,0,0,0.0200,60,6",
        "us-1212555,*,*,*,2020-05-01,,0,0,0.0250,60,6",
    }
    (row,) = [row for row in found.destinations if row["prefix"] == "1212555"]
    assert (row["name"], row["country"], row["destination_group"]) == ("United States 1212555", "US", "us")


def test_prices_by_band_and_an_end(folder):
    text = "Code,Peak,Off,From,To\n44,0.03,0.01,2020-05-01,2020-12-31\n"
    columns = {"prefix": "Code", "rate.peak": "Peak", "rate.off_peak": "Off", "effective": "From", "end": "To"}
    found = imported(folder, text, columns, interval="1/1", direction="outbound")
    assert rates(found) - BEFORE == {
        "uk,*,outbound,peak,2020-05-01,2020-12-31,0,0,0.03,60,1",
        "uk,*,outbound,off_peak,2020-05-01,2020-12-31,0,0,0.01,60,1",
    }


def test_closed_and_blocked_prefixes_lose_their_price(folder):
    text = "Code,Destination,Rate,Status\n447,UK mobile,,blocked\n"
    found = imported(folder, text, A_Z | {"status": "Status"}, interval="1/1", effective=MAY)
    assert rates(found) == {
        "uk,*,*,*,2020-01-01,,0,0,0.0160,60,60",
        "uk-mobile,*,*,*,2020-01-01,2020-04-30,0,0,0.0390,60,60",
    }


def test_a_complete_deck_closes_what_it_no_longer_has(folder):
    text = "Code,Destination,Rate\n447,UK mobile,0.0390\n"
    choices = Choices("gold", complete=True)
    found = imported(folder, text, A_Z, interval="60/60", effective=MAY, choices=choices)
    assert rates(found) == {
        "uk,*,*,*,2020-01-01,2020-04-30,0,0,0.0160,60,60",
        "uk-mobile,*,*,*,2020-01-01,,0,0,0.0390,60,60",
    }


def test_a_later_price_of_the_same_file_follows_the_earlier_one(folder):
    text = "Code,Destination,Rate,From\n447,UK mobile,0.05,2020-06-01\n447,UK mobile,0.04,2020-05-01\n"
    found = imported(folder, text, A_Z | {"effective": "From"}, interval="60/60")
    assert rates(found) == {
        "uk,*,*,*,2020-01-01,,0,0,0.0160,60,60",
        "uk-mobile,*,*,*,2020-01-01,2020-04-30,0,0,0.0390,60,60",
        "uk-mobile,*,*,*,2020-05-01,2020-05-31,0,0,0.04,60,60",
        "uk-mobile,*,*,*,2020-06-01,,0,0,0.05,60,60",
    }


def test_calls_to_a_new_destination_keep_their_price_until_it_begins_and_in_other_decks(folder):
    text = "Code,Destination,Rate\n4420,London,0.0100\n"
    found = imported(folder, text, A_Z, interval="60/60", effective=MAY)
    assert rates(found) - BEFORE == {
        "london,*,*,*,2020-01-01,2020-04-30,0,0,0.0160,60,60",
        "london,*,*,*,2020-05-01,,0,0,0.0100,60,60",
    }
    assert "london,*,*,*,2020-01-01,,0,0,0.0200,60,60" in rates(found, "silver")
    bare = imported(folder, text, A_Z, interval="60/60", effective=MAY, choices=Choices("gold", carry_over=False))
    assert rates(bare) - BEFORE == {"london,*,*,*,2020-05-01,,0,0,0.0100,60,60"}
    assert bare.notes == ["deck silver has no rate for 1 new destinations that it priced before"]


def test_a_destination_that_a_new_deck_leaves_to_a_shorter_prefix_has_its_price(folder):
    found = imported(folder, "Code,Destination,Rate\n44,UK,0.0100\n", A_Z, deck="new", interval="60/60", effective=MAY)
    assert rates(found, "new") == {
        "uk,*,*,*,2020-05-01,,0,0,0.0100,60,60",
        "uk-mobile,*,*,*,2020-05-01,,0,0,0.0100,60,60",
    }


def test_prefixes_of_one_destination_with_two_prices_are_a_finding_or_split(folder):
    with (folder / "destinations.csv").open("a") as file:
        file.write("4473,uk-mobile,United Kingdom mobile,GB,europe\n4474,uk-mobile,United Kingdom mobile,GB,europe\n")
    text = "Code,Destination,Rate\n447,UK mobile,0.04\n4473,UK mobile,0.04\n4474,UK mobile Jersey,0.09\n"
    (finding,) = said(folder, text, A_Z, interval="60/60", effective=MAY)
    assert finding.startswith("deck.csv:4: prefix is '4474', expected the price of line 2, because both prefixes are")
    choices = Choices("gold", split=True)
    found = imported(folder, text, A_Z, interval="60/60", effective=MAY, choices=choices)
    assert destinations(found)["4474"] == "uk-mobile-4474"
    assert {line for line in rates(found) if line.startswith("uk-mobile-4474")} == {
        "uk-mobile-4474,*,*,*,2020-01-01,2020-04-30,0,0,0.0390,60,60",
        "uk-mobile-4474,*,*,*,2020-05-01,,0,0,0.09,60,60",
    }


def test_everything_that_is_wrong_with_a_deck_is_said_at_once(folder):
    text = (
        "Code,Destination,Rate,From,To,Increment,Status\n"
        "447,UK mobile,1,2020-05-01,2020-04-01,60/60,new\n"
        "4x,UK,1.123456789,May,,0/6,new\n"
        "44,UK,,2020-05-01,,60/60,new\n"
        "33,France,0.01,2020-05-01,,60/60,maybe\n"
        "33,France,0.01,2020-05-01,,60/60,\n"
        "33,France,0.02,2020-05-01,,60/60,\n"
        "999,Nowhere,0.02,2020-05-01,,60/60,\n"
        "short\n"
    )
    columns = A_Z | {"effective": "From", "end": "To", "interval": "Increment", "status": "Status"}
    found = [line.split(", expected ")[0] for line in said(folder, text, columns)]
    assert sorted(found) == sorted(
        [
            "deck.csv:2: end is '2020-04-01'",
            "deck.csv:3: prefix is '4x'",
            "deck.csv:3: rate is '1.123456789'",
            "deck.csv:3: effective is 'May'",
            "deck.csv:3: interval is '0/6'",
            "deck.csv:4: rate is ''",
            "deck.csv:5: status is 'maybe'",
            "deck.csv:7: prefix is '33'",
            "deck.csv:8: prefix is '999'",
            "deck.csv:9: line is '1'",
        ]
    )


def test_a_price_from_the_same_day_is_replaced_only_if_asked(folder):
    text = "Code,Destination,Rate\n44,UK,0.0100\n"
    (finding,) = said(folder, text, A_Z, interval="60/60", effective=date(2020, 1, 1))
    assert finding.startswith(
        "deck.csv:2: effective is '2020-01-01', expected a day other than that of line 2 of rates.csv"
    )
    choices = Choices("gold", replace=True)
    found = imported(folder, text, A_Z, interval="60/60", effective=date(2020, 1, 1), choices=choices)
    assert "uk,*,*,*,2020-01-01,,0,0,0.0100,60,60" in rates(found)
    assert not any("0.0160" in line for line in rates(found))


def test_a_header_that_lacks_columns_names_them(folder):
    assert said(folder, "Code,Place,Price\n44,UK,1\n", A_Z, interval="60/60", effective=MAY) == [
        "deck.csv:1: name is '', expected a column Destination in the header",
        "deck.csv:1: rate is '', expected a column Rate in the header",
    ]


def test_the_same_deck_again_changes_nothing(folder, tmp_path):
    text = "Code,Destination,Rate\n447,UK mobile,0.0450\n376,Andorra,0.12\n"
    first = imported(folder, text, A_Z, interval="30/6", effective=MAY)
    propose(first, folder, tmp_path / "proposal")
    second = imported(tmp_path / "proposal", text, A_Z, interval="30/6", effective=MAY)
    assert rates(second) == rates(first)
    assert second.counts["unchanged rates"] == 2
    assert second.counts["new destinations"] == second.counts["new rates"] == second.counts["changed rates"] == 0


def test_a_whole_reference_folder_is_changed_only_if_it_stays_valid(tmp_path):
    folder = tmp_path / "reference"
    write_reference_files(folder)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    peak = imported(
        folder, "Code,Rate\n49,0.01\n", {"prefix": "Code", "rate.noon": "Rate"}, interval="1/1", effective=MAY
    )
    with pytest.raises(InvalidReferenceError, match=r"rates.csv:\d+: band is 'noon', expected a band of a plan"):
        write(peak, folder, LAYOUTS, tmp_path / "scratch-1")
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    text = "Code,Destination,Rate\n376,Andorra,0.12\n"
    write(
        imported(folder, text, A_Z, deck="us-six", interval="60/6", effective=MAY),
        folder,
        LAYOUTS,
        tmp_path / "scratch-2",
    )
    load(folder, LAYOUTS)
    with (folder / "destinations.csv").open() as file:
        assert [row["destination"] for row in csv.DictReader(file) if row["prefix"] == "376"] == ["andorra"]


def command(folder: Path, *options: str):
    return CliRunner().invoke(app, ["tariff", "import", *options], env={"TELEBILL_HOME": str(folder.parent / "home")})


def test_the_command_proposes_and_writes_only_when_told(folder, tmp_path):
    deck, mapping, proposal = tmp_path / "az.csv", tmp_path / "carrier.yaml", tmp_path / "proposal"
    deck.write_text("Code;Preis\n447;0,0450\n", encoding="utf-8")
    mapping.write_text(
        "columns: {prefix: Code, rate: Preis}\ndecimal: ','\neffective: 2020-05-01\ninterval: 1/1\n", encoding="utf-8"
    )
    before = (folder / "rates.csv").read_bytes()
    assert layout_of({"effective": MAY, "interval": "1/1"}, ["prefix=A, or B,rate.peak=C,name=D"]).columns == {
        "prefix": "A, or B",
        "rate.peak": "C",
        "name": "D",
    }
    options = (str(deck), "--deck", "gold", "--into", str(folder), "--mapping", str(mapping), "--interval", "60/6")
    done = command(folder, *options, "--proposal", str(proposal), "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["counts"]["changed rates"] == 1
    assert (folder / "rates.csv").read_bytes() == before
    proposed = (proposal / "rates.csv").read_text()
    assert "gold,uk-mobile,*,*,*,2020-05-01,,60,0,0.0450,60,6" in bare(proposed)
    again = command(folder, *options, "--proposal", str(proposal))
    assert isinstance(again.exception, InvalidInputError)
    assert "is not empty" in str(again.exception)
    assert command(folder, *options, "--write").exit_code == 0
    assert (folder / "rates.csv").read_text() == proposed


def bare(rates_csv: str) -> list[str]:
    """Lines with the columns of RATE only."""
    rows = csv.DictReader(rates_csv.splitlines())
    return [",".join(row[name] for name in ("rate_deck", *RATE.split(","))) for row in rows]


def test_everything_that_is_wrong_with_a_layout_is_said_at_once(folder):
    deck = str(folder / "rates.csv")
    done = command(
        folder, deck, "--deck", "gold", "--map", "prefix=Code", "--map", "price=Rate", "--decimal", "_", "--per", "h"
    )
    assert isinstance(done.exception, InvalidInputError)
    lines = str(done.exception).splitlines()
    assert [line.split(":")[1].split(" is ")[0].strip() for line in lines] == ["columns", "per", "decimal"]
    assert "no such field: price" in lines[0]
    done = command(folder, deck, "--deck", "gold", "--map", "prefix=Code", "--map", "rate=Rate", "--interval", "1/1")
    assert str(done.exception) == "layout: effective: expected a column, or one day for the whole deck"
