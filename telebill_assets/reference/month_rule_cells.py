"""The month rules of plans.yaml: the fields a person writes, and the cells of the tables they become."""

from collections.abc import Mapping
from dataclasses import dataclass

from telebill_assets.tables.reference.month_rules import (
    PlanAllowances,
    PlanDiscounts,
    PlanFees,
    PlanMaximums,
    PlanMinimums,
    PlanTiers,
)
from telebill_assets.tables.table import TableModel

Wrong = tuple[str, str, str]
"""Field, value, and what is expected."""


@dataclass(frozen=True)
class MonthRule:
    """A list of a plan: its table, the fields of an item, and what holds for cells that are not written."""

    model: TableModel
    fields: set[str]
    defaults: Mapping[str, str]


GROUPS = ("destination_group", "destination_groups")
DATES = {"from": "valid_from", "to": "valid_to"}
SIZES = {"seconds": ("s", 1), "minutes": ("s", 60), "calls": ("call", 1), "messages": ("message", 1)}
"""How an allowance may be given: the unit it is kept in, and how many of them."""
UNITS = {"seconds": "s", "minutes": "min", "calls": "call", "messages": "message"}
TIER_STEP = {"up_to", "unit_price", "flat", "increment"}

MONTH_RULES = {
    "allowances": MonthRule(
        PlanAllowances,
        {"allowance", "scope", "rollover_months", *SIZES, *GROUPS, *DATES},
        {"scope": "account", "rollover_months": "0", "destination_groups": "*"},
    ),
    "tiers": MonthRule(
        PlanTiers,
        {"tiers", "model", "unit", "product", "direction", "steps", *GROUPS},
        {"destination_groups": "*", "direction": "outbound"},
    ),
    "fees": MonthRule(
        PlanFees,
        {"product", "description", "unit", "unit_price", "billed"},
        {"billed": "arrears"},
    ),
    "discounts": MonthRule(
        PlanDiscounts,
        {"discount", "percent", "amount", "scope", *GROUPS, *DATES},
        {"scope": "all", "destination_groups": "*"},
    ),
    "maximums": MonthRule(PlanMaximums, {"maximum", "amount", "scope", "product"}, {"scope": "all"}),
    "minimums": MonthRule(PlanMinimums, {"minimum", "amount", "scope", "product"}, {"scope": "all"}),
}


def rule_cells(name: str, texts: Mapping[str, str]) -> tuple[dict[str, str], list[Wrong]]:
    """The cells of a rule's table, and what is wrong with the texts that are not cells themselves."""
    cells = {**MONTH_RULES[name].defaults} | {DATES.get(field, field): text for field, text in texts.items()}
    if "destination_group" in cells:
        cells["destination_groups"] = cells.pop("destination_group")
    if name == "discounts" and cells["destination_groups"] != "*" and "scope" not in texts:
        cells["scope"] = "usage"
    wrong: list[Wrong] = []
    if name == "tiers":
        cells["unit"] = UNITS.get(cells.get("unit", ""), cells.get("unit", ""))
    if name == "allowances":
        given = [size for size in SIZES if size in cells]
        amount = cells.pop(given[0]) if given else ""
        if len(given) != 1:
            wrong.append(("units", ", ".join(given), f"one of {', '.join(SIZES)}"))
        elif not amount.isdecimal() or len(amount) > 12:
            wrong.append((given[0], amount, f"a whole number of {given[0]}"))
        unit, factor = SIZES[given[0] if given else "seconds"]
        cells |= {"unit": unit, "units": str(int(amount) * factor) if not wrong else "1"}
    return dict(cells), wrong
