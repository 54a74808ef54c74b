"""What the reference files must say together: every reference leads somewhere, and nothing is said twice."""

import codecs
import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from zoneinfo import available_timezones

import polars as pl
from babel import Locale, UnknownLocaleError
from babel.numbers import get_currency_precision

from telebill_assets.rating.call.bands import DAY_S, is_date, week_of
from telebill_assets.rating.call.rate_groups import RateTooLargeError, grouped_rate
from telebill_assets.reference.findings import Finding
from telebill_assets.reference.month_rules import month_rule_inconsistencies
from telebill_assets.reference.rows import Rows
from telebill_assets.reference.tables import Tables, sharing
from telebill_assets.tables.validated_usage import JURISDICTIONS

ANY = "*"
WEEK_S = 7 * DAY_S

REFERENCES = (
    ("accounts", "seller_id", "sellers"),
    ("services", "account_id", "accounts"),
    ("subscriptions", "account_id", "accounts"),
    ("subscriptions", "plan_id", "plans"),
    ("plan_fees", "product", "products"),
    ("plan_tiers", "product", "products"),
    ("plan_maximums", "product", "products"),
    ("plan_minimums", "product", "products"),
    ("charges", "account_id", "accounts"),
    ("charges", "product", "products"),
    ("rates", "destination", "destinations"),
    ("plans", "rate_deck", "rates"),
    ("plan_decks", "rate_deck", "rates"),
)
"""Table, its column, and the table in which the value must be found in the column of the same name."""

VALIDITIES = (
    ("services", ("source", "service_key")),
    ("subscriptions", ("account_id",)),
    ("destinations", ("prefix",)),
    ("rates", ("rate_deck", "destination", "usage_type", "jurisdiction", "direction", "band", "from_s")),
)
"""Tables whose rows with the same key must not be valid on the same day."""


def inconsistencies(tables: Tables, layouts: Iterable[str]) -> list[Finding]:
    """Everything that is wrong between rows and between files, as far as they could be read.

    What needs rows that have faults of their own is left out, so nothing is said that mending those would unsay.
    """
    known_layouts, zones = sorted(layouts), available_timezones()
    return [
        *_dangling(tables),
        *_overlapping(tables),
        *_each(
            tables["sources"],
            "layout",
            lambda v: set(v.split()) <= set(known_layouts),
            f"layouts among {', '.join(known_layouts)}",
        ),
        *_each(tables["sources"], "encoding", _known_encoding, "a character encoding such as latin-1"),
        *_each(tables["sources"], "time_zone", zones.__contains__, "an IANA time zone"),
        *_each(tables["accounts"], "time_zone", zones.__contains__, "an IANA time zone"),
        *_each(tables["accounts"], "locale", _known_locale, "a locale such as de_DE"),
        *_each(tables["accounts"], "currency", _two_decimals, "a currency with two decimals"),
        *_each(tables["plans"], "currency", _two_decimals, "a currency with two decimals"),
        *_service_sources(tables),
        *_controlled_sources(tables),
        *_accounts_without_plan(tables),
        *_subscription_currencies(tables),
        *_product_categories(tables),
        *_usage_products(tables),
        *_bands_cover_the_week(tables),
        *_dates_exist(tables),
        *month_rule_inconsistencies(tables),
        *_destinations_agree(tables),
        *_rate_groups(tables),
        *_rate_bands(tables),
    ]


RATE_KEY = ("rate_deck", "destination", "usage_type", "jurisdiction", "direction", "band", "valid_from")
"""Rows of rates.csv with the same key are the groups of one rate."""
FIRST_GROUP = "0 in the first group of a rate"
POSSIBLE = "a price that a call of a week can be multiplied with"
GROUP = ("from_s", "connect_fee", "rate", "unit_s", "increment_s")
"""What a rate group costs."""


def _each(rows: Rows, field: str, holds: Callable[[Any], bool], expected: str) -> list[Finding]:
    """Rows whose value does not hold; each distinct value is asked once."""
    wrong = [value for value in rows.values(field) if not holds(value)]
    return (
        _wrong(
            rows,
            pl.col(field).is_in(pl.Series(wrong, dtype=rows.frame.schema[field]).implode(), nulls_equal=True),
            field,
            expected,
        )
        if wrong
        else []
    )


def _wrong(rows: Rows, which: pl.Expr, field: str, expected: str) -> list[Finding]:
    return [row.wrong(field, expected) for row in rows.where(which)]


def _known_locale(name: str) -> bool:
    try:
        Locale.parse(name)
    except (UnknownLocaleError, ValueError):
        return False
    return True


def _known_encoding(name: str | None) -> bool:
    try:
        return name is None or bool(codecs.lookup(name))
    except LookupError:
        return False


def _two_decimals(currency: str) -> bool:
    return get_currency_precision(currency) == 2


def _dangling(tables: Tables) -> Iterator[Finding]:
    for table, column, target in REFERENCES:
        if target not in tables.unread:
            known = tables.known(target, column)
            yield from _each(tables[table], column, known.__contains__, f"a {column} of {target}")


def _service_sources(tables: Tables) -> Iterator[Finding]:
    if "sources" not in tables.unread:
        known = {ANY, *tables.known("sources", "source")}
        yield from _each(tables["services"], "source", known.__contains__, "a source of sources.csv, or *")


def _accounts_without_plan(tables: Tables) -> Iterator[Finding]:
    if "subscriptions" not in tables.unread:
        known = tables.known("subscriptions", "account_id")
        yield from _each(
            tables["accounts"], "account_id", known.__contains__, "an account with a plan, see subscriptions.csv"
        )


def _controlled_sources(tables: Tables) -> Iterator[Finding]:
    if "sources" not in tables.unread:
        known = {None, *tables.known("sources", "source")}
        yield from _each(tables["controls"], "source", known.__contains__, "a source of sources.csv")


def _overlapping(tables: Tables) -> Iterator[Finding]:
    for table, key in VALIDITIES:
        for rows in sharing(tables[table], key):
            ordered = sorted(rows, key=lambda row: row["valid_from"] or date.min)
            for before, after in itertools.pairwise(ordered):
                if (after["valid_from"] or date.min) <= (before["valid_to"] or date.max):
                    yield after.wrong("valid_from", f"a day after the validity of line {before.line} has ended")


def _subscription_currencies(tables: Tables) -> Iterator[Finding]:
    of_account = {row["account_id"]: row["currency"] for row in tables["accounts"]}
    of_plan = {row["plan_id"]: row["currency"] for row in tables["plans"]}
    for row in tables["subscriptions"]:
        wanted, found = of_account.get(row["account_id"]), of_plan.get(row["plan_id"])
        if wanted and found and wanted != found:
            yield row.wrong("plan_id", f"a plan in {wanted}, the currency of the account; this one is in {found}")


def _product_categories(tables: Tables) -> Iterator[Finding]:
    category = {row["product"]: row["category"] for row in tables["products"]}
    for row in tables["charges"]:
        kind = row["kind"].removesuffix("_advance")
        if category.get(row["product"], kind) != kind:
            yield row.wrong("product", f"a product of category {kind}")
    for row in tables["plan_fees"]:
        if category.get(row["product"], "recurring") != "recurring":
            yield row.wrong("product", "a product of category recurring")


def _usage_products(tables: Tables) -> Iterator[Finding]:
    if not tables.whole("products"):
        return
    known = {row["product"] for row in tables["products"] if row["category"] == "usage"}
    for jurisdiction in JURISDICTIONS:
        if f"usage_{jurisdiction}" not in known:
            yield Finding("products.csv", 1, "product", "", f"a usage product usage_{jurisdiction}")


def _bands_cover_the_week(tables: Tables) -> Iterator[Finding]:
    if not tables.whole("plan_bands"):
        return
    for plan in tables["plans"]:
        week = week_of(row.values for row in tables["plan_bands"] if row["plan_id"] == plan["plan_id"])
        if sum(interval.end - interval.start for interval in week) != WEEK_S:
            yield plan.wrong("plan_id", "bands that cover the whole week, Monday 00:00 to Sunday 24:00")


def _dates_exist(tables: Tables) -> list[Finding]:
    return _each(tables["plan_bands"], "dates", _are_dates, "dates of the calendar: YYYY-MM-DD, or --MM-DD every year")


def _are_dates(dates: str | None) -> bool:
    return all(is_date(text) for text in (dates or "").split())


def _destinations_agree(tables: Tables) -> Iterator[Finding]:
    for first, *others in sharing(tables["destinations"], ("destination",)):
        for row in others:
            for field in ("name", "country", "destination_group"):
                if first[field] != row[field]:
                    yield row.wrong(field, f"{first[field]}, as on line {first.line} for the same destination")


def _rate_groups(tables: Tables) -> Iterator[Finding]:
    """Rates begin at 0 s, their groups end together, and their charges fit into whole numbers.

    Most rates of a deck are a single group, and many of those cost the same.
    """
    faulty = tables.faulty["rates"].frame.select(RATE_KEY)
    rates = tables["rates"].without(faulty)
    for groups in sharing(rates, RATE_KEY):
        groups.sort(key=lambda row: int(row["from_s"]))
        if groups[0]["from_s"] != 0:
            yield groups[0].wrong("from_s", FIRST_GROUP)
        if len({row["valid_to"] for row in groups}) > 1:
            yield groups[-1].wrong("valid_to", "the same day in all groups of a rate")
        if not _is_possible([row.values for row in groups]):
            yield groups[0].wrong("rate", POSSIBLE)
    single = rates.where(pl.struct(RATE_KEY).is_unique())
    yield from _wrong(single, pl.col("from_s") != 0, "from_s", FIRST_GROUP)
    prices = single.frame.select(GROUP).unique()
    impossible = [not _is_possible([price]) for price in prices.iter_rows(named=True)]
    yield from (row.wrong("rate", POSSIBLE) for row in single.among(prices.filter(impossible)))


def _is_possible(groups: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the charge of a call of a week can be computed."""
    try:
        grouped_rate("", groups)
    except RateTooLargeError:
        return False
    return True


def _rate_bands(tables: Tables) -> Iterator[Finding]:
    """A rate for a band that no plan of its deck has would never be used."""
    if not tables.whole("plans", "plan_decks", "plan_bands"):
        return
    decks = defaultdict(set)
    for row in (*tables["plans"], *tables["plan_decks"]):
        decks[row["plan_id"]].add(row["rate_deck"])
    bands = defaultdict(set)
    for row in tables["plan_bands"]:
        for deck in decks[row["plan_id"]]:
            bands[deck].add(row["band"])
    for row in tables["rates"].where(pl.col("band") != ANY):
        if row["band"] not in bands[row["rate_deck"]]:
            yield row.wrong("band", "a band of a plan with this rate deck, or *")
