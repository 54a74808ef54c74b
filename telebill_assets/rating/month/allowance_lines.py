"""What allowances did in a month: credit lines for the calls that they cover, and the units that are left."""

import polars as pl

from telebill_assets.rating.month.allowances import Used
from telebill_assets.rating.month.charge_kind import ChargeKind
from telebill_assets.rating.month.exact import CHARGE, QUANTITY
from telebill_assets.rating.month.month import Month
from telebill_assets.rating.month.month_usage import MESSAGE, charge_of
from telebill_assets.rating.month.usage_lines import destination_and_jurisdiction, minutes, with_destination_name
from telebill_assets.rating.tariff import Tariff

LINE_KEYS = ("account_id", "plan_id", "currency", "allowance", "granted_month", "unit")
CALL_KEYS = ("direction", "destination", "jurisdiction")
BALANCE_KEYS = ("account_id", "plan_id", "allowance", "granted_month", "service_id")


def allowance_lines(usage: Used, tariff: Tariff, month: Month) -> pl.DataFrame:
    """One negative line per account, allowance, direction, destination and jurisdiction that used it.

    Calls that are only partly covered are credited in proportion to their units. Units of an earlier month have
    lines of their own.

    Args:
        usage: made by `month_usage`.
        tariff: the published tariff.
        month: the billing month.
    """
    credit = charge_of(pl.col("before") + pl.col("used")) - charge_of(pl.col("before"))
    summed = (
        usage.uses.with_columns(credit=credit)
        .group_by(*LINE_KEYS, *CALL_KEYS)
        .agg(
            pl.col("used").sum(),
            pl.col("credit").sum(),
            pl.col("call_date").min().alias("service_from"),
            pl.col("call_date").max().alias("service_to"),
        )
        .with_columns(since=pl.col("granted_month").dt.strftime("%Y-%m"))
    )
    rolled_over = pl.col("granted_month") < month.first
    names = ["account_id", pl.lit("allowance"), "plan_id", "allowance", "since", *CALL_KEYS]
    return with_destination_name(summed, tariff).select(
        *("account_id", "plan_id", "currency", *CALL_KEYS, "service_from", "service_to"),
        pl.concat_str(names, separator="-").alias("line_id"),
        pl.lit("allowance").alias("line_kind"),
        pl.format("usage_{}", "jurisdiction").alias("product"),
        pl.format(
            "Included: {}{}, {}{}",
            "allowance",
            pl.when(rolled_over).then(pl.format(" (of {})", "since")).otherwise(pl.lit("")),
            destination_and_jurisdiction(),
            pl.when(pl.col("direction") == "inbound").then(pl.lit(", inbound")).otherwise(pl.lit("")),
        ).alias("description"),
        counted(pl.col("used"), pl.col("unit")).alias("quantity"),
        shown_unit(pl.col("unit")).alias("unit"),
        (-pl.col("credit")).cast(CHARGE).alias("exact_amount"),
    )


def allowance_balances(granted: pl.DataFrame, usage: Used, tariff: Tariff, month: Month) -> pl.DataFrame:
    """Rows of allowance_balances: every grant of the month, what was used of it and what remains.

    Args:
        granted: made by `grants`.
        usage: made by `month_usage` from it.
        tariff: the published tariff.
        month: the billing month.
    """
    service = pl.when("per_service").then("service_id").otherwise("of_service")
    used = usage.uses.with_columns(service_id=service).group_by(*BALANCE_KEYS).agg(pl.col("used").sum())
    shared = granted.filter(~pl.col("per_service")).with_columns(service_id="of_service")
    apart = granted.filter("per_service").join(_services(usage, tariff, month), on="account_id")
    return (
        pl.concat([shared, apart], how="diagonal")
        .join(used, on=BALANCE_KEYS, how="left")
        .with_columns(used=pl.col("used").fill_null(0), available="units", billing_month=pl.lit(month.first))
        .select(
            *("billing_month", "account_id", "plan_id", "allowance", "service_id", "granted_month", "unit"),
            *("available", "used"),
            (pl.col("available") - pl.col("used")).alias("remaining"),
            pl.col("granted_month").dt.offset_by(pl.format("{}mo", "rollover_months")).alias("last_month"),
        )
    )


def counted(units: pl.Expr, unit: pl.Expr) -> pl.Expr:
    """Seconds as minutes, calls and messages as they are."""
    return pl.when(unit == "s").then(minutes(units)).otherwise(units.cast(QUANTITY))


def shown_unit(unit: pl.Expr) -> pl.Expr:
    """The unit of `counted`."""
    return unit.replace({"s": "min", MESSAGE: "msg"})


def _services(usage: Used, tariff: Tariff, month: Month) -> pl.DataFrame:
    """Services of every account in the month, whether they called or not."""
    active = month.overlaps(pl.col("valid_from"), pl.col("valid_to"))
    known = tariff.frame("services").filter(active).select("account_id", "service_id")
    return pl.concat([known, usage.events.select("account_id", "service_id")]).unique()


ALLOWANCE = ChargeKind(
    line_kinds=("allowance",),
    lines=lambda given: allowance_lines(given.usage, given.tariff, given.month),
    product="that of the calls which are credited",
    reads=("plan_allowances", "destinations", "subscriptions"),
    declared_in="plan_allowances",
)
