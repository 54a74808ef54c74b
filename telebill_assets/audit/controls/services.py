"""Services and usage: usage without a service is a fault, a service without usage is a question."""

from datetime import date

import polars as pl

from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.controls.control import SAMPLES, Control, percent
from telebill_assets.audit.controls.thresholds import Thresholds
from telebill_assets.audit.tally import Tally, first

KNOWN = Control("known_services", "Every call is billed to a service that its account had on the day", blocking=True)
UNUSED = Control("unused_services", "Services that are active all month have calls", blocking=False)
SERVICE = ("account_id", "service_id")
ACTIVE, WITHOUT_CALL = "active", "unused"


def known_services(aggregates: pl.LazyFrame | pl.DataFrame, services: pl.DataFrame) -> CheckResult:
    """Services in daily_aggregates that the service map does not give to that account on the call date."""
    billed = aggregates.lazy().group_by(*SERVICE, "call_date").agg(pl.col("calls").sum()).collect().with_row_index("nr")
    lasting = (pl.col("call_date") <= pl.col("valid_to")) | pl.col("valid_to").is_null()
    owned = billed.join(services.select(*SERVICE, "valid_from", "valid_to"), on=SERVICE).filter(
        pl.col("call_date") >= pl.col("valid_from"), lasting
    )
    orphans = billed.join(owned, on="nr", how="anti").group_by(SERVICE).agg(pl.col("calls").sum()).sort(SERVICE)
    return KNOWN.result(
        passed=orphans.is_empty(),
        figure=f"{len(orphans):,} services with {orphans['calls'].sum():,} calls belong to another account or to none",
        threshold="0 services",
        failures={"services": len(orphans)},
        samples=[f"account {row['account_id']}: {row['calls']:,} calls" for row in orphans.head(SAMPLES).to_dicts()],
    )


def services_used(services: pl.DataFrame, aggregates: pl.DataFrame, first_day: date, last_day: date) -> Tally:
    """The services of some accounts that were active all the time, and those of them without a call.

    Args:
        services: the service map of these accounts.
        aggregates: the month's daily_aggregates of the same accounts.
        first_day: first day of the month.
        last_day: last day of the month.
    """
    lasting = pl.col("valid_to").is_null() | (pl.col("valid_to") >= last_day)
    active = services.filter(pl.col("valid_from") <= first_day, lasting).select(SERVICE).unique()
    unused = active.join(aggregates.select(SERVICE).unique(), on=SERVICE, how="anti")
    accounts = unused.select(pl.format("account {}", "account_id").unique()).to_series()
    return Tally({ACTIVE: len(active), WITHOUT_CALL: len(unused)}, first(accounts))


def unused_services(found: Tally, thresholds: Thresholds) -> CheckResult:
    """Judge the share of the services without a call, of all accounts together."""
    total, unused = found.of(ACTIVE), found.of(WITHOUT_CALL)
    share = percent(unused, total)
    return UNUSED.result(
        passed=share <= thresholds.unused_services_percent,
        figure=f"{unused:,} of {total:,} active services ({share} %) have no call",
        threshold=f"{thresholds.unused_services_percent} %",
        failures={"services": unused},
        samples=found.samples,
    )
