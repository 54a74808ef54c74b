"""`telebill quote`: nothing but answers on standard output, and prices as production would make them."""

import csv
import json

import pytest

from telebill_assets.demo.reference_files import write_reference_files
from telebill_assets.errors import InvalidInputError
from telebill_assets.mediation.layouts import LAYOUTS
from telebill_assets.quote.calls import WrongCallsError, checked_calls, read_calls
from telebill_assets.quote.cases import Kind, UnreadableCasesError, answers
from telebill_assets.quote.commands import quote
from telebill_assets.quote.quote_calls import quote_calls
from telebill_assets.reference.load import load

RATES = [{"from_s": 0, "connect_fee": "0", "rate": 0.1, "unit_s": 60, "increment_s": 60}]
ZONES = {"US-1002": "America/New_York"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reference")
    write_reference_files(folder)
    return folder


def call(**changes):
    sane = {"account": "US-1002", "to": "+442079460100", "start": "2020-04-03T10:00:00", "seconds": "60"}
    return sane | changes


def test_cases_are_answered_line_by_line_and_bad_lines_too(tmp_path):
    path = tmp_path / "cases.jsonl"
    lines = [
        json.dumps({"id": "a\u2028b", "rates": RATES, "duration_s": 61}, ensure_ascii=False),
        "no json",
        "",
        "[1]",
        '{"id": 2.5, "rates": null, "duration_s": NaN}',
        json.dumps({"id": 3, "rates": RATES, "duration_s": "x"}),
        json.dumps({"rates": RATES, "duration_s": 1}),
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    found = [json.loads(line) for line in answers(path, Kind.CALL)]
    assert found[0] == {"id": "a\u2028b", "charge": "0.2", "billed_s": "120", "segments": [[None, "61"]]}
    assert [each["error"].split(":")[0] for each in found[1:4]] == [
        "line 2 is no JSON",
        "line 4 is no JSON object",
        "line 5 is no JSON",
    ]
    assert found[4] == {"id": 3, "error": "duration_s is 'x', expected a number"}
    assert found[5]["id"] is None
    assert found[5]["charge"] == "0.1"


def test_a_missing_file_of_cases_is_named(tmp_path):
    with pytest.raises(UnreadableCasesError, match="it cannot be read"):
        list(answers(tmp_path / "none.jsonl", Kind.PREFIX))


def test_four_hundred_cases_are_answered_in_order_and_nothing_else_is_printed(tmp_path, capfd):
    path = tmp_path / "cases.jsonl"
    cases = [{"id": i, "rates": RATES, "duration_s": i} for i in range(400)]
    path.write_text("\n".join(map(json.dumps, cases)))
    quote(cases=path)
    found = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert [each["id"] for each in found] == list(range(400))
    assert found[61]["charge"] == "0.2"


def test_calls_are_quoted_with_the_lines_of_their_rates(folder):
    tables = load(folder, LAYOUTS).tables
    zones = dict(tables["accounts"].select("account_id", "time_zone").iter_rows())
    german = next(account for account in zones if account.startswith("DE-"))
    rows = [
        call(**{"account": german, "from": "+4930123456", "to": "+4930999999", "start": "2020-04-03T07:59:59"}),
        call(**{"account": german, "from": "+4930123456", "to": "030999999", "start": "2020-04-03T06:00:00Z"}),
        call(account=german, to="+870773555010"),
    ]
    off, peak, satellite = quote_calls(
        checked_calls([(str(i), row) for i, row in enumerate(rows)], zones), tables, folder / "rates.csv"
    )
    assert (off.prefix, off.destination, off.bands, off.billed_s) == ("49", "germany", ["off_peak"], 60)
    assert (off.exact_charge, off.charge, off.rounding) == ("0.012", "0.012", "half_up to 4 decimals")
    assert (peak.bands, peak.charge) == (["peak"], "0.019")
    assert [(piece["from_s"], piece["billed"]) for piece in peak.pieces] == [(0, 30), (30, 30)]
    with (folder / "rates.csv").open(encoding="utf-8") as file:
        lines = file.read().splitlines()
    row = next(csv.reader([lines[int(peak.rate_row.split(":")[1].split(" ")[0]) - 1]]))
    assert row[:5] == ["de-business", "germany", "*", "*", "peak"]
    assert (satellite.unpriced, satellite.charge) == ("no_rate", None)


def test_everything_that_is_wrong_with_calls_is_said_at_once(tmp_path):
    rows = [("1", call(account="X", seconds="1.5")), ("2", call(start="yesterday", to="")), ("3", call(direction="up"))]
    with pytest.raises(WrongCallsError) as caught:
        checked_calls(rows, ZONES)
    assert [line.split(" is ")[0] for line in str(caught.value).splitlines()] == [
        "1: account",
        "1: seconds",
        "2: to",
        "2: start",
        "3: direction",
    ]
    path = tmp_path / "calls.csv"
    path.write_text("account,to,seconds,colour\nUS-1002,1,1,red\n")
    with pytest.raises(WrongCallsError, match="header has no column start"):
        read_calls(path, ZONES)


def test_a_call_needs_an_account_or_a_file():
    with pytest.raises(InvalidInputError, match="Name a CSV file of calls"):
        quote()


def test_a_call_is_shown_with_every_step(folder, capsys):
    quote(account="US-1002", callee="+442079460100", start="2020-04-03T10:00:00", seconds="60", reference=folder)
    shown = capsys.readouterr().out.splitlines()
    assert shown[0] == "command line: 60 s, account US-1002"
    assert "second 0 to 60: 60 billed in band" in shown[-1]
