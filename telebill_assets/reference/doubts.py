"""What the reference files may mean, but seldom do: warnings, which do not keep them from being used."""

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

import polars as pl

from telebill_assets.reference.consistency import RATE_KEY, VALIDITIES
from telebill_assets.reference.findings import Finding
from telebill_assets.reference.rows import Row, Rows
from telebill_assets.reference.tables import Tables, sharing

DAY = timedelta(days=1)
SHOWN = 5
"""Names that one warning lists before it only counts."""


def doubts(tables: Tables) -> list[Finding]:
    """All warnings. Tables with faulty rows are left out, since their faults may be the reason."""
    return [
        *_gaps(tables),
        *_services_without_plan(tables),
        *_unused_decks(tables),
        *_destinations_without_rate(tables),
        *_groups_off_the_increment(tables),
    ]


def _gaps(tables: Tables) -> Iterator[Finding]:
    """Days between two validities of the same key, on which it has none."""
    for table, key in VALIDITIES:
        if tables.whole(table):
            for rows in sharing(_first_groups(tables[table]), key):
                yield from _gaps_between(sorted(rows, key=lambda row: row["valid_from"] or date.min))


def _first_groups(rows: Rows) -> Rows:
    """One row of each rate; all rows of other tables."""
    return rows.where(pl.col("from_s") == 0) if "from_s" in rows.frame.columns else rows


def _gaps_between(rows: Sequence[Row]) -> Iterator[Finding]:
    for before, after in itertools.pairwise(rows):
        end = before["valid_to"] or date.max
        if end != date.max and (after["valid_from"] or date.min) > end + DAY:
            yield after.wrong("valid_from", f"{end + DAY}, or there is a gap after line {before.line}")


def _services_without_plan(tables: Tables) -> Iterator[Finding]:
    """Services that are in use on days on which their account has no plan; such calls are suspended."""
    if not tables.whole("services", "subscriptions"):
        return
    subscribed: dict[str, list[Row]] = defaultdict(list)
    for row in tables["subscriptions"]:
        subscribed[row["account_id"]].append(row)
    for service in tables["services"]:
        if service["account_id"] in subscribed:  # an account without any is an error already
            day = _first_uncovered(service, subscribed[service["account_id"]])
            if day is not None:
                yield service.wrong("account_id", f"an account with a plan on every day of the service, also on {day}")


def _first_uncovered(service: Row, subscriptions: Iterable[Row]) -> date | None:
    """The first day of the service that no subscription covers."""
    day = service["valid_from"]
    for row in sorted(subscriptions, key=lambda row: row["valid_from"]):
        if row["valid_from"] > day:
            break
        end = row["valid_to"]
        if end is None:
            return None
        day = max(day, end + DAY)
    return day if day <= (service["valid_to"] or date.max) else None


def _unused_decks(tables: Tables) -> Iterator[Finding]:
    if not tables.whole("plans", "plan_decks"):
        return
    used = {row["rate_deck"] for table in ("plans", "plan_decks") for row in tables[table]}
    first = tables["rates"].where(pl.col("rate_deck").is_first_distinct())
    yield from (row.wrong("rate_deck", "a deck that a plan has") for row in first if row["rate_deck"] not in used)


def _destinations_without_rate(tables: Tables) -> Iterator[Finding]:
    """Calls to them are suspended for accounts whose plan has the deck."""
    if not tables.whole("plans", "plan_decks", "rates", "destinations"):
        return
    rated: dict[str, set[str]] = defaultdict(set)
    for deck, destination in tables["rates"].frame.select("rate_deck", "destination").unique().iter_rows():
        rated[deck].add(destination)
    further: dict[str, list[str]] = defaultdict(list)
    for row in tables["plan_decks"]:
        further[row["plan_id"]].append(row["rate_deck"])
    everywhere = sorted(tables["destinations"].values("destination"))
    for plan in tables["plans"]:
        has_rate = rated[plan["rate_deck"]].union(*(rated[deck] for deck in further[plan["plan_id"]]))
        missing = [name for name in everywhere if name not in has_rate]
        if missing:
            listed = ", ".join(missing[:SHOWN]) + (" ..." if len(missing) > SHOWN else "")
            yield plan.wrong("rate_deck", f"rates for all destinations; {len(missing):,} have none: {listed}")


def _groups_off_the_increment(tables: Tables) -> Iterator[Finding]:
    """A group that begins inside an increment of the one before is reached later than it says."""
    if not tables.whole("rates"):
        return
    for groups in sharing(tables["rates"], RATE_KEY):
        for before, after in itertools.pairwise(sorted(groups, key=lambda row: row["from_s"])):
            if (after["from_s"] - before["from_s"]) % before["increment_s"]:
                whole = (
                    f"{before['from_s']} and whole increments of {before['increment_s']} s, as on line {before.line}"
                )
                yield after.wrong("from_s", whole)
