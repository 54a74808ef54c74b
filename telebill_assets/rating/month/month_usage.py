"""A month's calls of destination groups that have allowances or tiers, and the allowances they use."""

from datetime import timedelta
from itertools import chain
from typing import Any

import polars as pl
from polars import selectors

from telebill_assets.rating.month.allowances import Used, use_allowances
from telebill_assets.rating.month.exact import CHARGE, CHARGE_DECIMALS, decimal, half_up, whole
from telebill_assets.rating.month.month import Month
from telebill_assets.rating.month.subscriptions import active_plans
from telebill_assets.rating.tariff import Tariff
from telebill_assets.tables.reference.month_rules import MOST_MONTHS_KEPT

CALL_KEYS = (
    *("account_id", "plan_id", "currency", "service_id", "call_date", "direction"),
    *("rate_id", "destination", "destination_group", "jurisdiction", "usage_type", "band"),
)
GRANT = ("allowance", "granted_month", "unit", "per_service", "of_service")
"""What an allowance in use is: `granted_month` is an earlier one if units rolled over, `of_service` is * unless one
service alone has left them.
"""
RULES = pl.Schema(
    {
        "plan_id": pl.String(),
        "allowance": pl.String(),
        "position": pl.Int64(),
        "units": pl.Int64(),
        "unit": pl.String(),
        "per_service": pl.Boolean(),
        "destinations": pl.List(pl.String),
        "since": pl.Date(),
        "until": pl.Date(),
        "rollover_months": pl.Int64(),
    }
)
GROUP_KEYS = ("plan_id", "destination_group", "messages", "direction")
GROUPS = pl.Schema(
    {
        "plan_id": pl.String(),
        "destination_group": pl.String(),
        "messages": pl.Boolean(),
        "direction": pl.String(),
        "tiers": pl.String(),
        "unit": pl.String(),
    }
)
ANY = "*"
ALL_SERVICES = "*"
MESSAGE = "message"
TIES = ("rate_id", "service_id", "direction", "jurisdiction", "usage_type", "band")
"""Order of calls of a day that cost the same."""
FINE = 20
"""Decimals of a charge's last decimal by which prices of a unit are compared."""


def month_usage(aggregates: pl.DataFrame, granted: pl.DataFrame, tariff: Tariff) -> Used:
    """Let the month's calls use allowances: in call-date order, the dearest first within a day.

    Calls are summed over the days on which they arrived first, so arrival decides nothing.

    Args:
        aggregates: daily_aggregates of all landing days of the month; faster if `alphabetical`.
        granted: allowances that may be used, made by `grants`.
        tariff: the published tariff.

    Returns:
        Events and uses of `use_allowances` with CALL_KEYS, charge, tiers (the plan's tiers that price the group, or
        null), unit and units (billed seconds, calls or messages); uses with the columns of GRANT too. Groups without
        allowance and tiers are left out, and so are calls that cost nothing, unless tiers price them.
    """
    calls = (
        aggregates.select(*CALL_KEYS, "calls", "units", "billed_s", "charge", messages=pl.col("usage_type") == "sms")
        .join(_groups(tariff, aggregates), on=GROUP_KEYS)
        .with_columns(units=_counted())
    )
    events = (
        calls.group_by(*CALL_KEYS, "tiers", "unit")
        .agg(pl.col("units").sum(), pl.col("charge").sum().cast(CHARGE))
        .filter((pl.col("charge") > 0) | pl.col("tiers").is_not_null())
        .sort("call_date", _dearest_first(), *TIES)
        .with_columns(selectors.enum().cast(pl.String))
        .with_columns(owner=_owner())
    )
    used = use_allowances(events, granted)
    return Used(used.events, used.uses.drop("unit").join(granted.select("grant", *GRANT), on="grant"))


def grants(subscribers: pl.DataFrame, tariff: Tariff, month: Month, carried: pl.DataFrame | None) -> pl.DataFrame:
    """What accounts may use in a month: the allowances of their plans, and before them what they have left.

    Args:
        subscribers: account_id and plan_id of the month's calls; a late call's plan may have ended.
        tariff: the published tariff.
        month: the billing month.
        carried: allowance_balances of the month before.

    Returns:
        OFFER_COLUMNS of `use_allowances`, GRANT, account_id, plan_id and rollover_months. `grant` is a number.
    """
    rules = pl.DataFrame(_rules(tariff, month), schema=RULES, orient="row")
    subscribed = active_plans(tariff, month).select("account_id", "plan_id")
    owners = pl.concat([subscribed, subscribers.select("account_id", "plan_id")]).unique()
    own = owners.join(rules, on="plan_id").with_columns(
        granted_month=pl.lit(month.first), of_service=pl.lit(ALL_SERVICES), age=pl.lit(0, pl.Int64)
    )
    parts = [own] if carried is None else [own, _left_of_earlier_months(carried, rules, month)]
    return (
        pl.concat(parts, how="diagonal")
        .with_columns(
            owner=_owner(),
            turn=pl.col("position") * (MOST_MONTHS_KEPT + 1) + MOST_MONTHS_KEPT - pl.col("age"),
            service=pl.when(pl.col("of_service") != ALL_SERVICES).then("of_service"),
        )
        .drop("position", "age")
        .with_row_index("grant")
    )


def group_names(text: str) -> list[str] | None:
    """The destination groups of a rule; None: all."""
    return None if text == ANY else text.split(",")


def charge_of(units: pl.Expr) -> pl.Expr:
    """The part of the calls' charge that falls to the first `units` of them, to ten decimals.

    200 of 600 seconds that cost 1.00 cost 0.3333333333; all 600 cost what is charged.
    """
    part = half_up(whole(pl.col("charge"), CHARGE_DECIMALS) * units.cast(pl.Int128), pl.col("units").cast(pl.Int128))
    return pl.when(units == pl.col("units")).then("charge").otherwise(decimal(part, CHARGE))


def _left_of_earlier_months(carried: pl.DataFrame, rules: pl.DataFrame, month: Month) -> pl.DataFrame:
    """Units that the month before has left, with the terms of their allowance; a service keeps its own."""
    since = pl.col("granted_month")
    age = (month.first.year - since.dt.year()) * 12 + month.first.month - since.dt.month().cast(pl.Int32)
    return (
        carried.filter((pl.col("remaining") > 0) & (pl.col("last_month") >= month.first))
        .select(
            *("account_id", "plan_id", "allowance", "granted_month"),
            of_service="service_id",
            age=age.cast(pl.Int64),
            left="remaining",
        )
        .join(rules, on=["plan_id", "allowance"])
        .filter(pl.col("age") <= pl.col("rollover_months"))
        .with_columns(units="left", per_service=pl.lit(value=False))
        .drop("left")
    )


def _groups(tariff: Tariff, aggregates: pl.DataFrame) -> pl.DataFrame:
    """Plan, destination group, whether messages or calls, direction; the tiers that price them, and the unit that
    counts them: s, call or message. The keys have the types of the aggregates.
    """
    groups = sorted({row["destination_group"] for row in tariff.destinations})
    tiers: dict[tuple[str, str, bool], tuple[str, str]] = {}
    units: dict[tuple[str, str, bool], str] = {}
    for row in chain(*(tariff.tables[name].to_pylist() for name in ("plan_allowances", "plan_tiers"))):
        for group in group_names(row["destination_groups"]) or groups:
            key = row["plan_id"], group, row["unit"] == MESSAGE
            units[key] = "s" if row["unit"] == "min" else row["unit"]
            if "tiers" in row:
                tiers[key] = row["tiers"], row["direction"]
    rows = []
    for key, unit in units.items():
        name, counted = tiers.get(key, (None, ANY))
        rows += [(*key, way, name if counted in {ANY, way} else None, unit) for way in ("outbound", "inbound")]
    texts = [name for name in GROUP_KEYS if name in aggregates.columns]
    return pl.DataFrame(rows, schema=GROUPS, orient="row").with_columns(
        pl.col(name).cast(aggregates.schema[name], strict=False) for name in texts
    )


def _rules(tariff: Tariff, month: Month) -> list[tuple[Any, ...]]:
    """Allowances that may be used in the month, as rows of RULES."""
    return [
        (
            *(row[name] for name in ("plan_id", "allowance", "position", "units", "unit")),
            row["scope"] == "service",
            group_names(row["destination_groups"]),
            row["valid_from"],
            row["valid_to"] and row["valid_to"] + timedelta(days=1),
            row["rollover_months"],
        )
        for row in tariff.tables["plan_allowances"].to_pylist()
        if month.touches(row["valid_from"], row["valid_to"])
    ]


def _owner() -> pl.Expr:
    """Account and plan; messages use other allowances than calls."""
    kind = pl.when(pl.col("unit") == MESSAGE).then(pl.lit("messages")).otherwise(pl.lit("calls"))
    return pl.concat_str("account_id", "plan_id", kind, separator="|")


def _counted() -> pl.Expr:
    by_number = pl.when(pl.col("unit") == "call").then("calls").when(pl.col("unit") == MESSAGE).then("units")
    return pl.coalesce(by_number, "billed_s")


def _dearest_first() -> pl.Expr:
    """Orders calls by what a unit of them costs, exactly; what has no units comes last."""
    charge = whole(pl.col("charge"), CHARGE_DECIMALS)
    return (0 - charge * 10**FINE // pl.col("units").cast(pl.Int128)).fill_null(1)
