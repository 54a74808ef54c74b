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
Frame = pl.DataFrame | pl.LazyFrame


def known_services(aggregates: Frame, services: pl.DataFrame) -> CheckResult:
    """Services in daily_aggregates that the service map does not give to that account on the call date."""
    billed = aggregates.lazy().group_by(*SERVICE, "call_date").agg(pl.col("calls").sum())
    owned = services.lazy().select(*SERVICE, "valid_from", "valid_to")
    began = pl.col("call_date") >= pl.col("valid_from")
    not_ended = (pl.col("call_date") <= pl.col("valid_to")).fill_null(value=True)
    known = billed.join(owned, on=SERVICE).filter(began & not_ended).select(*SERVICE, "call_date")
    orphans = billed.join(known, on=[*SERVICE, "call_date"], how="anti").group_by(SERVICE).agg(pl.col("calls").sum())
    found = orphans.sort(SERVICE).collect()
    return KNOWN.result(
        passed=found.is_empty(),
        figure=f"{found.height:,} services with {found['calls'].sum():,} calls belong to another account or to none",
        threshold="0 services",
        failures={"services": found.height},
        samples=[f"account {account}: {calls:,} calls" for account, _, calls in found.head(SAMPLES).iter_rows()],
    )


@dataclass(frozen=True)
class Unused:
    """Of some accounts, how many services were active all month and how many of them had no call, with the accounts."""

    active: int
    unused: int
    accounts: frozenset[str]

    @classmethod
    def of(cls, services: pl.DataFrame, aggregates: pl.DataFrame, first: date, last: date) -> "Unused":
        """Compare the service map of some accounts with the month's aggregates of these accounts."""
        whole = (pl.col("valid_from") <= first) & (pl.col("valid_to") >= last).fill_null(value=True)
        active = services.filter(whole).select(SERVICE).unique()
        unused = active.join(aggregates.select(SERVICE), on=SERVICE, how="anti")
        return cls(active.height, unused.height, frozenset(unused["account_id"]))


def unused_services(parts: Iterable[Unused], thresholds: Thresholds) -> CheckResult:
    """Share of the services that were active all month and have no call in it."""
    listed = list(parts)
    total, unused = (sum(getattr(part, name) for part in listed) for name in ("active", "unused"))
    share = percent(unused, total)
    return UNUSED.result(
        passed=share <= thresholds.unused_services_percent,
        figure=f"{unused:,} of {total:,} active services ({share} %) have no call",
        threshold=f"{thresholds.unused_services_percent} %",
        failures={"services": unused},
        samples=[f"account {account}" for account in sorted({each for part in listed for each in part.accounts})],
    )
