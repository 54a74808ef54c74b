"""Reference files: everything that is wrong is said at once, with file, line, field, value and expectation."""

import pytest

from telebill_assets.demo.reference_files import write_reference_files
from telebill_assets.mediation.layouts import LAYOUTS
from telebill_assets.reference.findings import InvalidReferenceError
from telebill_assets.reference.load import files, load


@pytest.fixture
def folder(tmp_path):
    write_reference_files(tmp_path)
    return tmp_path


def replace(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def said(folder) -> list[str]:
    with pytest.raises(InvalidReferenceError) as caught:
        load(folder, LAYOUTS)
    return [str(finding) for finding in caught.value.findings]


def test_the_demo_operators_files_are_valid(folder):
    found = load(folder, LAYOUTS)
    assert found.tables["accounts"].height == 60
    assert found.tables["plans"].height == 7


def test_all_unreadable_values_of_all_files_are_said_at_once(folder):
    replace(folder / "rates.csv", "0.0140", "1.4e-2")
    replace(folder / "accounts.csv", "Austin,TX,78701,US", "Austin,TX,78701,usa")
    replace(folder / "plans.yaml", "method: half_up", "method: sometimes")
    assert said(folder) == [
        "accounts.csv:2: country is 'usa', expected a text that matches ^[A-Z]{2}$",
        "plans.yaml:3: rounding_method is 'sometimes', expected one of half_up, up, down",
        "rates.csv:2: rate is '1.4e-2', expected a decimal number with at most 8 decimals, such as 0.0125",
    ]


def test_references_must_lead_somewhere(folder):
    replace(folder / "services.csv", "US-1001,", "US-9999,")
    assert said(folder) == ["services.csv:2: account_id is 'US-9999', expected a account_id of accounts"]


def test_a_validity_must_not_overlap_another(folder):
    replace(folder / "subscriptions.csv", "2020-04-11", "2020-04-10")
    (finding,) = said(folder)
    assert "valid_from is '2020-04-10', expected a day after the validity of line" in finding


def test_personal_values_are_concealed(folder):
    replace(folder / "accounts.csv", "Alder Contact Inc.,,100 Example Street,", "Alder Contact Inc.,,,")
    path = folder / "accounts.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("Current Name,Ms,Street Name 1", "Current Name,Ms,"))
    assert all("Current" not in line for line in said(folder))


@pytest.mark.parametrize("index", range(10))
def test_a_missing_file_is_named(folder, index):
    path = files(folder)[index]
    path.unlink()
    assert any(line.startswith(f"{path.name}:1: file is 'missing'") for line in said(folder))


def test_a_repeated_key_names_the_line_that_has_it(folder):
    path = folder / "products.csv"
    path.write_text(path.read_text() + "training,Training,one_off,990101,99,false\n")
    assert said(folder) == [
        "products.csv:19: product is 'training', expected a key that no other row has; line 14 has it"
    ]
