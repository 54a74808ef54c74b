"""The service map: which service of which account a record's service key means, and from when to when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import polars as pl

from telebill_assets.mediation.numbering import DialPlan
from telebill_assets.tables.reference.validity import FOREVER

ANY = "*"
LAST_DAY = date.fromisoformat(FOREVER)
OWNER = ("account_id", "service_id", "time_zone", "account_country", "account_state")
"""What a service says about a record."""


@dataclass(frozen=True)
class Reference:
    """All reference data that records are enriched with: small, prepared once, and sent to every task."""

    dial_plans: Mapping[str, DialPlan]
    services: pl.DataFrame

    @classmethod
    def build(cls, sources: pl.DataFrame, services: pl.DataFrame, accounts: pl.DataFrame) -> "Reference":
        """Prepare the reference tables of these names."""
        columns = ("country_code", "trunk_prefix", "international_prefix")
        plans = {source: DialPlan(*plan) for source, *plan in sources.select("source", *columns).iter_rows()}
        return cls(plans, service_map(services, accounts))

    def dial_plan(self, source: str) -> DialPlan:
        """How numbers are dialled at a source."""
        return self.dial_plans.get(source, DialPlan())

    def services_of(self, source: str) -> pl.DataFrame:
        """The services whose keys hold at a source: its own, and those of `*` whose key it does not declare itself.

        Column version counts the validities of a key, the first being 0: it may have meant another service before.
        """
        own = self.services.filter(pl.col("source") == source)
        of_any = self.services.filter(pl.lit(source in self.dial_plans) & (pl.col("source") == ANY))
        shared = of_any.join(own, on="service_key", how="anti")
        version = pl.int_range(pl.len()).over("service_key")
        return pl.concat([own, shared]).with_columns(version=version)


def service_map(services: pl.DataFrame, accounts: pl.DataFrame) -> pl.DataFrame:
    """The services with the time zone, country and state of their account, and the instants between which they hold.

    Dates are those of the account's zone; valid_since and valid_until (exclusive) are their instants, so that no call
    is taken to the zone of every service that it might belong to. Example: valid_to 2020-04-02 of an account in
    America/Chicago is valid_until 2020-04-03 05:00 UTC.
    """
    owners = accounts.select(
        "account_id", "time_zone", pl.col("country").alias("account_country"), pl.col("state").alias("account_state")
    )
    owned = services.join(owners, on="account_id").sort("source", "service_key", "valid_from")
    day_after = pl.when(pl.col("valid_to") < LAST_DAY).then(pl.col("valid_to").dt.offset_by("1d"))
    return owned.select(
        "source",
        "service_key",
        *OWNER,
        _begins_of(owned.select("time_zone", day="valid_from")).alias("valid_since"),
        _begins_of(owned.select("time_zone", day=day_after.fill_null(LAST_DAY))).alias("valid_until"),
    )


def _begins_of(days: pl.DataFrame) -> pl.Series:
    """When days begin in their zones. A begin that a clock change skips is as much later as the clock jumps."""
    distinct = days.unique()
    begins = [datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC) for zone, day in distinct.iter_rows()]
    known = distinct.with_columns(pl.Series("begin", begins, pl.Datetime("us", "UTC")))
    return days.join(known, on=["time_zone", "day"], how="left", maintain_order="left")["begin"]


def with_service(records: pl.DataFrame, services: pl.DataFrame) -> pl.DataFrame:
    """Add the columns of OWNER to the records of one source; null where no service has their key at their start.

    `services` are those from `Reference.services_of`. Where a key passes from one account to another further east, the
    days of both overlap by some hours: there the later validity counts.
    """
    numbered = services.select("service_key", "version", "valid_since", "valid_until").with_row_index("service")
    found = pl.Series("service", [None], pl.UInt32).new_from_index(0, records.height)
    for version in numbered.partition_by("version", maintain_order=True):
        asked = records.select("service_key", "start_at").join(
            version, on="service_key", how="left", maintain_order="left"
        )
        valid = (pl.col("start_at") >= pl.col("valid_since")) & (pl.col("start_at") < pl.col("valid_until"))
        found = asked.select(pl.when(valid).then("service").otherwise(found).alias("service")).to_series()
    return records.with_columns([services[name].gather(found) for name in OWNER])


def local_times(instants: pl.Series, zones: pl.Series) -> pl.Series:
    """What clocks showed at these instants in these zones; null where either is."""
    local = pl.Series(instants.name, [None], pl.Datetime("us")).new_from_index(0, len(instants))
    for zone in zones.drop_nulls().unique(maintain_order=True):
        there = (zones == zone).arg_true()
        shown = instants.gather(there).dt.convert_time_zone(zone).dt.replace_time_zone(None)
        local = local.scatter(there, shown)
    return local
