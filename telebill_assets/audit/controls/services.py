"""Services and usage: usage without a service is a fault, a service without usage is a question."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import polars as pl

from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.controls.control import SAMPLES, Control, percent
from telebill_assets.audit.controls.thresholds import Thresholds

KNOWN = Control("known_services", "Every call is billed to a service that its account had on the day", blocking=True)
UNUSED = Control("unused_services", "Services that are active all month have calls", blocking=False)
SERVICE = ("account_id", "service_id")


@dataclass(frozen=True)
class ServiceUse:
    """Services that were active all month, and those of them without a call, with the first accounts that have such."""

    active: int = 0
    unused: int = 0
    accounts: tuple[str, ...] = ()

    @classmethod
    def total(cls, parts: Iterable["ServiceUse"]) -> "ServiceUse":
        """Of groups of accounts, with every account in one group only."""
        found = list(parts)
        accounts = sorted(account for part in found for account in part.accounts)
        return cls(sum(part.active for part in found), sum(part.unused for part in found), tuple(accounts[:SAMPLES]))


def strangers(aggregates: pl.DataFrame, services: pl.DataFrame) -> pl.DataFrame:
    """account_id, service_id and calls of services that the service map does not give to that account on the call date.

    Args:
        aggregates: rows of daily_aggregates, any part of them; what is found in parts may be put together.
        services: the service map.
    """
    billed = aggregates.group_by(*SERVICE, "call_date").agg(pl.col("calls").sum()).with_row_index("nr")
    lasting = (pl.col("call_date") <= pl.col("valid_to")) | pl.col("valid_to").is_null()
    owned = billed.join(services.select(*SERVICE, "valid_from", "valid_to"), on=SERVICE).filter(
        pl.col("call_date") >= pl.col("valid_from"), lasting
    )
    return billed.join(owned, on="nr", how="anti").group_by(SERVICE).agg(pl.col("calls").sum())


def known_services(found: pl.DataFrame) -> CheckResult:
    """Judge what `strangers` found."""
    each = found.group_by(SERVICE).agg(pl.col("calls").sum()).sort(SERVICE)
    return KNOWN.result(
        passed=each.is_empty(),
        figure=f"{len(each):,} services with {each['calls'].sum():,} calls belong to another account or to none",
        threshold="0 services",
        failures={"services": len(each)},
        samples=[f"account {row['account_id']}: {row['calls']:,} calls" for row in each.head(SAMPLES).to_dicts()],
    )


def service_use(services: pl.DataFrame, aggregates: pl.DataFrame, first: date, last: date) -> ServiceUse:
    """Which services that were active from `first` to `last` have calls in the month's aggregates of their accounts."""
    lasting = pl.col("valid_to").is_null() | (pl.col("valid_to") >= last)
    active = services.filter(pl.col("valid_from") <= first, lasting).select(SERVICE).unique()
    unused = active.join(aggregates.select(SERVICE).unique(), on=SERVICE, how="anti")
    accounts = unused["account_id"].unique().sort().head(SAMPLES)
    return ServiceUse(len(active), len(unused), tuple(accounts))


def unused_services(use: ServiceUse, thresholds: Thresholds) -> CheckResult:
    """Judge the share of the services without a call."""
    share = percent(use.unused, use.active)
    return UNUSED.result(
        passed=share <= thresholds.unused_services_percent,
        figure=f"{use.unused:,} of {use.active:,} active services ({share} %) have no call",
        threshold=f"{thresholds.unused_services_percent} %",
        failures={"services": use.unused},
        samples=[f"account {account}" for account in use.accounts],
    )
