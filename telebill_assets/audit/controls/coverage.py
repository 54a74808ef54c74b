"""Coverage of the tariff: every account has one plan, and every plan reaches every destination."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import pairwise
from typing import Any

from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.controls.control import Control, percent
from telebill_assets.audit.controls.thresholds import Thresholds

PLANS = Control("plan_coverage", "Accounts that can make calls have a plan", blocking=False)
OVERLAPS = Control(
    "plan_overlaps", "No account has two plans on one day, which would price its calls twice", blocking=True
)
RATES = Control("rate_coverage", "The plans in use have a rate for every destination", blocking=False)

Rows = Iterable[Mapping[str, Any]]


def plan_coverage(services: Rows, subscriptions: Rows, day: date, thresholds: Thresholds) -> CheckResult:
    """Share of accounts with a service on the day but no plan."""
    serviced = {row["account_id"] for row in services if _valid(row, day)}
    planned = {row["account_id"] for row in subscriptions if _valid(row, day)}
    without = sorted(serviced - planned)
    share = percent(len(without), len(serviced))
    return PLANS.result(
        passed=share <= thresholds.accounts_without_plan_percent,
        figure=f"{len(without):,} of {len(serviced):,} accounts with a service ({share} %) have no plan",
        threshold=f"{thresholds.accounts_without_plan_percent} %",
        failures={"accounts": len(without)},
        samples=without,
    )


def plan_overlaps(subscriptions: Rows) -> CheckResult:
    """Accounts with two subscriptions valid on the same day, ever."""
    by_account: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in subscriptions:
        by_account[row["account_id"]].append(row)
    overlapping = [
        account
        for account, rows in sorted(by_account.items())
        for before, after in pairwise(sorted(rows, key=lambda row: row["valid_from"]))
        if before["valid_to"] is None or before["valid_to"] >= after["valid_from"]
    ]
    return OVERLAPS.result(
        passed=not overlapping,
        figure=f"{len(overlapping):,} overlaps in the plans of {len(by_account):,} accounts",
        threshold="0 overlaps",
        failures={"overlaps": len(overlapping)},
        samples=overlapping,
    )


def rate_coverage(tables: Mapping[str, Rows], day: date, thresholds: Thresholds) -> CheckResult:
    """For each plan that somebody has on the day: destinations for which none of its rate decks has a valid rate.

    `tables` has the rows of plans, subscriptions, destinations and rates, and of plan_decks if there is such a table.
    """
    subscribed = {row["plan_id"] for row in tables["subscriptions"] if _valid(row, day)}
    decks = {row["plan_id"]: [row["rate_deck"]] for row in tables["plans"] if row["plan_id"] in subscribed}
    for row in tables.get("plan_decks", ()):
        decks.get(row["plan_id"], []).append(row["rate_deck"])
    known = {row["destination"] for row in tables["destinations"] if _valid(row, day)}
    reached: dict[str, set[str]] = defaultdict(set)
    for row in tables["rates"]:
        if _valid(row, day):
            reached[row["rate_deck"]].add(row["destination"])
    missing = {plan: sorted(known.difference(*(reached[deck] for deck in decks[plan]))) for plan in sorted(decks)}
    shares = {plan: percent(len(without), len(known)) for plan, without in missing.items()}
    limit = thresholds.destinations_without_rate_percent
    failed = {plan: len(missing[plan]) for plan, share in shares.items() if share > limit}
    return RATES.result(
        passed=not failed,
        figure=f"{len(failed)} of {len(decks)} plans lack a rate for too many of {len(known):,} destinations",
        threshold=f"{limit} % of the destinations",
        failures=failed,
        samples=[f"{plan}: {name}" for plan in failed for name in missing[plan]],
        breakdown={plan: f"{len(without):,} without a rate ({shares[plan]} %)" for plan, without in missing.items()},
    )


def _valid(row: Mapping[str, Any], day: date) -> bool:
    first, last = row.get("valid_from"), row.get("valid_to")
    return (first is None or first <= day) and (last is None or day <= last)
