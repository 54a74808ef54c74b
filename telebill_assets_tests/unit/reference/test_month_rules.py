"""Month rules in plans.yaml: what a person writes becomes rows, and what contradicts itself is said with its line."""

from datetime import date
from decimal import Decimal

import pytest

from telebill_assets.demo.reference_files import write_reference_files
from telebill_assets.mediation.layouts import LAYOUTS
from telebill_assets.reference.findings import InvalidReferenceError
from telebill_assets.reference.load import load

ACCOUNT, DECK = "DE-1001", "de-business"
PLAN = """plans:
  - plan: P
    name: P
    currency: EUR
    rate_deck: de-business
    rounding: {method: half_up, decimals: 2, point: line}
    bands:
      - {band: off_peak, days: "1234567", from: "00:00", to: "24:00", weight: 0}
      - {band: peak, days: "12345", from: "08:00", to: "18:00", weight: 10}
"""


@pytest.fixture
def folder(tmp_path):
    """The demo's files with one account, one plan that it has, and the plan's deck."""
    write_reference_files(tmp_path)
    kept = {"accounts.csv": ACCOUNT, "services.csv": "", "charges.csv": "", "subscriptions.csv": "", "rates.csv": DECK}
    for name, start in kept.items():
        path = tmp_path / name
        header, *lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        path.write_text(header + "".join(line for line in lines if start and line.startswith(start)), encoding="utf-8")
    with (tmp_path / "subscriptions.csv").open("a", encoding="utf-8") as file:
        file.write(f"{ACCOUNT},P,1,2020-01-01,\n")
    return tmp_path


def tables(folder, rules: str):
    (folder / "plans.yaml").write_text(PLAN + rules, encoding="utf-8")
    return {name: table.to_dicts() for name, table in load(folder, LAYOUTS).tables.items()}


def test_allowances_are_kept_in_seconds_or_calls_in_the_order_of_the_file(folder):
    rows = tables(
        folder,
        """    allowances:
      - {allowance: a, minutes: 2, destination_group: europe}
      - {allowance: b, seconds: 90, scope: service, destination_groups: [europe, pacific], rollover_months: 2}
      - {allowance: c, messages: 7, destination_groups: [satellite], from: 2020-04-01, to: 2020-04-30}
""",
    )["plan_allowances"]
    assert [(row["position"], row["units"], row["unit"], row["scope"]) for row in rows] == [
        (1, 120, "s", "account"),
        (2, 90, "s", "service"),
        (3, 7, "message", "account"),
    ]
    assert [row["destination_groups"] for row in rows] == ["europe", "europe,pacific", "satellite"]
    assert [row["rollover_months"] for row in rows] == [0, 2, 0]
    assert (rows[2]["valid_from"], rows[2]["valid_to"]) == (date(2020, 4, 1), date(2020, 4, 30))


def test_every_step_of_tiers_is_a_row(folder):
    rows = tables(
        folder,
        """    tiers:
      - tiers: Europe
        model: graduated
        unit: minutes
        destination_groups: [europe]
        product: usage_national
        steps:
          - {up_to: 100, flat: "2.50"}
          - {up_to: null, unit_price: "0.0123", increment: 10}
""",
    )["plan_tiers"]
    found = [(row["tier"], row["up_to"], row["unit_price"], row["flat"], row["increment"], row["unit"]) for row in rows]
    assert found == [
        (1, Decimal(100), None, Decimal("2.50"), None, "min"),
        (2, None, Decimal("0.0123"), None, Decimal(10), "min"),
    ]


def test_fees_discounts_maximums_and_minimums_have_defaults(folder):
    found = tables(
        folder,
        """    fees:
      - {product: sip_trunk, description: Trunk, unit: trunk, unit_price: "9.90"}
    discounts:
      - {discount: d, amount: "5.00"}
      - {discount: e, percent: "10", destination_groups: [europe]}
    maximums:
      - {maximum: at most, amount: "20.00", product: sip_trunk}
      - {maximum: calls, amount: "15.00", scope: usage, product: usage_national}
    minimums:
      - {minimum: m, amount: "20.00", product: sip_trunk}
""",
    )
    assert [row["billed"] for row in found["plan_fees"]] == ["arrears"]
    assert [(row["scope"], row["destination_groups"]) for row in found["plan_discounts"]] == [
        ("all", "*"),
        ("usage", "europe"),
    ]
    assert [(row["maximum"], row["amount"], row["scope"]) for row in found["plan_maximums"]] == [
        ("at most", Decimal(20), "all"),
        ("calls", Decimal(15), "usage"),
    ]
    assert [row["scope"] for row in found["plan_minimums"]] == ["all"]


def test_a_minimum_of_all_may_stand_beside_a_maximum_of_usage(folder):
    assert tables(folder, limits("usage", "all", least="50"))["plan_maximums"]


def limits(most_of: str, least_of: str, *, least: str) -> str:
    """A maximum of 20 on line 11 and a minimum on line 13."""
    product = "sip_trunk" if most_of == "all" else "usage_national"
    return f"""    maximums:
      - {{maximum: most, amount: 20, scope: {most_of}, product: {product}}}
    minimums:
      - {{minimum: least, amount: {least}, scope: {least_of}, product: sip_trunk}}
"""


def tier_list(steps: str, *, groups: str = "[europe]", unit: str = "minutes", name: str = "T") -> str:
    head = f"{{tiers: {name}, model: graduated, unit: {unit}, destination_groups: {groups}, product: usage_national"
    return f"      - {head}, steps: [{steps}]}}\n"


OPEN = '{unit_price: "0.01"}'


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        (
            "    allowances:\n      - {allowance: a, minutes: 2, calls: 3}\n",
            "units is 'minutes, calls', expected one of seconds, minutes, calls, messages",
        ),
        (
            "    allowances:\n      - {allowance: a, minutes: 1.5}\n",
            "minutes is '1.5', expected a whole number of minutes",
        ),
        (
            "    allowances:\n      - {allowance: a, minutes: 1, destination_groups: [moon]}\n",
            "destination_groups is 'moon', expected destination_groups of destinations, or * alone",
        ),
        (
            """    allowances:
      - {allowance: a, minutes: 1}
      - {allowance: b, calls: 1, destination_groups: [europe]}
""",
            "unit is 'call', expected time or calls as on line 11, which counts the same calls",
        ),
        (
            "    tiers:\n" + tier_list('{up_to: 5, unit_price: "1"}, {up_to: 5, unit_price: "1"}, ' + OPEN),
            "up_to is '5', expected more than 5, the end of the tier before",
        ),
        (
            "    tiers:\n" + tier_list('{up_to: 5, unit_price: "1"}'),
            "up_to is '5', expected nothing in the last tier, so that every quantity has a price",
        ),
        ("    tiers:\n" + tier_list("{up_to: 5}, " + OPEN), "unit_price is '', expected a price, here or in flat"),
        (
            "    tiers:\n" + tier_list(OPEN) + tier_list(OPEN, groups='"*"', name="U"),
            "destination_groups is '*', expected groups that the tiers on line 11 do not price already",
        ),
        (
            "    tiers:\n"
            + tier_list(OPEN)
            + "    discounts:\n      - {discount: d, percent: 5, destination_groups: [europe]}\n",
            "destination_groups is 'europe', expected groups that line 11 does not price by tiers",
        ),
        ("    tiers:\n" + tier_list(""), "steps is '', expected a list of tiers"),
        ("    discounts:\n      - {discount: d}\n", "percent is '', expected a number here or in amount, not in both"),
        (
            "    discounts:\n      - {discount: d, amount: 5, from: 2020-04-02}\n",
            "valid_from is '2020-04-02', expected the first day of a month",
        ),
        (
            "    discounts:\n      - {discount: d, amount: 5, to: 2020-04-29}\n",
            "valid_to is '2020-04-29', expected the last day of a month",
        ),
        (
            "    minimums:\n      - {minimum: m, amount: 5, product: gold}\n",
            "product is 'gold', expected a product of products",
        ),
        (
            "    minimums:\n      - {minimum: m, amount: 5, product: licence_pass_through}\n",
            "product is 'licence_pass_through', expected a product that bears tax, not a pass-through item",
        ),
        (
            "    maximums:\n      - {maximum: m, amount: 5, product: gold}\n",
            "product is 'gold', expected a product of products",
        ),
        (
            "    maximums:\n      - {maximum: m, amount: 5, product: licence_pass_through}\n",
            "product is 'licence_pass_through', expected a product that bears tax, not a pass-through item",
        ),
        (
            "    maximums:\n      - {maximum: m, amount: 5, scope: usage, product: sip_trunk}\n",
            "product is 'sip_trunk', expected a product of category usage, as the scope says",
        ),
        (limits("all", "all", least="20.01"), "amount is '20.01', expected at most 20, the maximum on line 11"),
        (limits("usage", "usage", least="21"), "amount is '21', expected at most 20, the maximum on line 11"),
        (limits("all", "usage", least="5"), "scope is 'usage', expected all, like the maximum on line 11"),
    ],
)
def test_what_contradicts_itself_is_said(folder, rules, said):
    with pytest.raises(InvalidReferenceError) as caught:
        tables(folder, rules)
    found = [str(finding).split(": ", 1)[1] for finding in caught.value.findings]
    assert said in found
    assert {finding.file for finding in caught.value.findings} == {"plans.yaml"}
