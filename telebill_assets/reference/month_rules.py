"""What a plan's month rules must say together: allowances, tiers, discounts, maximums and minimums."""

import itertools
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal

from telebill_assets.reference.findings import Finding
from telebill_assets.reference.rows import Row
from telebill_assets.reference.tables import Tables

ANY = "*"
GROUPED = ("plan_allowances", "plan_tiers", "plan_discounts")


def month_rule_inconsistencies(tables: Tables) -> Iterator[Finding]:
    """Everything that is wrong between the month rules of a plan."""
    yield from _unknown_groups(tables)
    yield from _units_of_groups(tables)
    yield from _tiers_of_groups(tables)
    yield from _steps(tables["plan_tiers"])
    yield from _products(tables)
    yield from _discounts(tables)
    yield from _minimums_of_maximums(tables)


def _groups(row: Row) -> list[str]:
    return str(row["destination_groups"]).split(",")


def _share(row: Row, other: Row) -> bool:
    groups, others = _groups(row), _groups(other)
    return ANY in groups or ANY in others or bool({*groups} & {*others})


def _unknown_groups(tables: Tables) -> Iterator[Finding]:
    if "destinations" in tables.unread:
        return
    known = {ANY, *tables.known("destinations", "destination_group")}
    for table in GROUPED:
        for row in tables[table]:
            if not {*_groups(row)} <= known or (ANY in _groups(row) and len(_groups(row)) > 1):
                yield row.wrong("destination_groups", "destination_groups of destinations, or * alone")


def _units_of_groups(tables: Tables) -> Iterator[Finding]:
    """The calls of a group are counted in time or one by one, not both; else nobody could say how many are left."""
    of_plan: dict[str, list[Row]] = defaultdict(list)
    for row in [*tables["plan_allowances"], *_lists(tables["plan_tiers"])]:
        for before in of_plan[row["plan_id"]]:
            messages = row["unit"] == "message", before["unit"] == "message"
            if (
                _share(row, before)
                and messages == (False, False)
                and (row["unit"] == "call") != (before["unit"] == "call")
            ):
                yield row.wrong("unit", f"time or calls as on line {before.line}, which counts the same calls")
                break
        of_plan[row["plan_id"]].append(row)


def _tiers_of_groups(tables: Tables) -> Iterator[Finding]:
    lists = _lists(tables["plan_tiers"])
    for before, after in itertools.combinations(lists, 2):
        same_calls = (before["unit"] == "message") == (after["unit"] == "message")
        if before["plan_id"] == after["plan_id"] and same_calls and _share(before, after):
            yield after.wrong("destination_groups", f"groups that the tiers on line {before.line} do not price already")
    for discount in tables["plan_discounts"]:
        if ANY in _groups(discount):
            continue
        for tiers in lists:
            if tiers["plan_id"] == discount["plan_id"] and _share(tiers, discount):
                yield discount.wrong(
                    "destination_groups",
                    f"groups that line {tiers.line} does not price by tiers",
                )


def _lists(rows: Sequence[Row]) -> list[Row]:
    """The first tier of every list."""
    return [row for row in rows if row["tier"] == 1]


def _steps(rows: Sequence[Row]) -> Iterator[Finding]:
    for _, group in itertools.groupby(rows, key=lambda row: (row["plan_id"], row["tiers"])):
        steps = list(group)
        for before, after in itertools.pairwise(steps):
            if before["up_to"] is None:
                yield before.wrong("up_to", "a number in every tier but the last")
            elif after["up_to"] is not None and after["up_to"] <= before["up_to"]:
                yield after.wrong("up_to", f"more than {before.text('up_to')}, the end of the tier before")
        if steps[-1]["up_to"] is not None:
            yield steps[-1].wrong("up_to", "nothing in the last tier, so that every quantity has a price")
        for step in steps:
            if step["unit_price"] is None and step["flat"] is None:
                yield step.wrong("unit_price", "a price, here or in flat")
            if step["unit"] != "min" and any((step[name] or Decimal(0)) % 1 for name in ("up_to", "increment")):
                yield step.wrong("up_to", "whole seconds or calls")


def _products(tables: Tables) -> Iterator[Finding]:
    category = {row["product"]: row["category"] for row in tables["products"]}
    for row in _lists(tables["plan_tiers"]):
        if category.get(row["product"], "usage") != "usage":
            yield row.wrong("product", "a product of category usage")
    for row in tables["plan_minimums"]:
        if category.get(row["product"]) == "pass_through":
            yield row.wrong("product", "a product that bears tax, not a pass-through item")
    for row in tables["plan_maximums"]:
        found = category.get(row["product"])
        if row["scope"] == "all" and found == "pass_through":
            yield row.wrong("product", "a product that bears tax, not a pass-through item")
        if row["scope"] != "all" and found not in {None, row["scope"]}:
            yield row.wrong("product", f"a product of category {row['scope']}, as the scope says")


def _discounts(tables: Tables) -> Iterator[Finding]:
    for row in tables["plan_discounts"]:
        if (row["percent"] is None) == (row["amount"] is None):
            yield row.wrong("percent", "a number here or in amount, not in both")
        if ANY not in _groups(row) and row["scope"] != "usage":
            yield row.wrong("scope", "usage, because only calls have destination groups")
        start, end = row["valid_from"], row["valid_to"]
        if start is not None and start.day != 1:
            yield row.wrong("valid_from", "the first day of a month")
        if end is not None and end != date.max and (end + timedelta(days=1)).day != 1:
            yield row.wrong("valid_to", "the last day of a month")


def _minimums_of_maximums(tables: Tables) -> Iterator[Finding]:
    """Minimums that a maximum covers have its scope and come to no more, else a month would cost more than its maximum.

    A minimum of all beside a maximum of usage is fine: what is missing is charged for the plan, not for usage.
    """
    for maximum in tables["plan_maximums"]:
        due = Decimal(0)
        for minimum in tables["plan_minimums"]:
            if minimum["plan_id"] != maximum["plan_id"] or maximum["scope"] not in {minimum["scope"], "all"}:
                continue
            due += minimum["amount"]
            if minimum["scope"] != maximum["scope"]:
                yield minimum.wrong("scope", f"all, like the maximum on line {maximum.line}")
            elif due > maximum["amount"]:
                yield minimum.wrong("amount", f"at most {maximum.text('amount')}, the maximum on line {maximum.line}")
