"""The tariff: the small reference tables, prepared once per job for pricing."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import polars as pl
import pyarrow as pa

from telebill_assets.rating.call.call_names import CallNames
from telebill_assets.rating.call.contracts import Contract, Subscriptions
from telebill_assets.rating.call.price_list import PriceList
from telebill_assets.rating.call.rate_groups import RateRows

ZONE_OF_STRANGERS = "UTC"
"""Time zone of an account that accounts.csv does not know."""


@dataclass(frozen=True)
class CallTariff:
    """The part of a tariff that prices calls, as arrays: prefixes, rates, bands and the terms of the plans."""

    price_list: PriceList
    account_contracts: Subscriptions
    call_names: CallNames


@dataclass(frozen=True)
class Tariff:
    """Reference tables by name, as published in the lake.

    They are Arrow tables, which have room for more digits than the decimals of the lake: a quoted case may need them.
    """

    tables: Mapping[str, pa.Table]

    OF_ACCOUNTS: ClassVar = ("accounts", "services", "subscriptions", "charges")
    """Tables whose rows belong to one account each."""

    @classmethod
    def build(cls, tables: Mapping[str, pa.Table | pl.DataFrame]) -> "Tariff":
        """Take the tables accounts, services, plans, all that begin with plan_, subscriptions, destinations, rates,
        charges and products.
        """
        return cls({name: _arrow(each) for name, each in tables.items()})

    def frame(self, name: str) -> pl.DataFrame:
        """A table as a Polars frame."""
        return pl.DataFrame(self.tables[name])

    def of_accounts(self, own: pl.Expr) -> "Tariff":
        """The tariff as if there were no other accounts than those whose account_id meets a condition."""
        return Tariff.build({**self.tables, **{name: self.frame(name).filter(own) for name in self.OF_ACCOUNTS}})

    def prepared(self) -> CallTariff:
        """What of the tariff prices calls, ready to be sent to tasks: a third of the whole, and no work for them."""
        return CallTariff(self.price_list, self.account_contracts, self.call_names)

    @cached_property
    def destinations(self) -> list[dict[str, Any]]:
        """Destinations with their number; prefixes refer to it."""
        seen = {row["destination"]: row for row in self.tables["destinations"].to_pylist()}
        return [
            {
                "destination_nr": i,
                "destination": row["destination"],
                "destination_name": row["name"],
                "destination_group": row["destination_group"],
            }
            for i, row in enumerate(seen.values())
        ]

    @cached_property
    def plans(self) -> list[dict[str, Any]]:
        """Plans in the order of their numbers."""
        return self.tables["plans"].to_pylist()

    @cached_property
    def bands(self) -> list[str]:
        """Names of the bands in the order of their numbers."""
        return list(dict.fromkeys(self.tables["plan_bands"]["band"].to_pylist()))

    @cached_property
    def rates(self) -> RateRows:
        """Rates in the order of their numbers."""
        return RateRows(self.tables["rates"])

    @cached_property
    def subscriptions(self) -> list[dict[str, Any]]:
        """Subscriptions to known plans, with the number of the plan and the account's time zone."""
        plans = {plan["plan_id"]: i for i, plan in enumerate(self.plans)}
        accounts = self.tables["accounts"]
        zones = dict(zip(accounts["account_id"].to_pylist(), accounts["time_zone"].to_pylist(), strict=True))
        return [
            row | {"plan": plans[row["plan_id"]], "time_zone": zones.get(row["account_id"]) or ZONE_OF_STRANGERS}
            for row in self.tables["subscriptions"].to_pylist()
            if row["plan_id"] in plans
        ]

    @cached_property
    def contracts(self) -> dict[Contract, int]:
        """Every plan in every time zone of its accounts, with its number."""
        found = dict.fromkeys(Contract(row["plan"], row["time_zone"]) for row in self.subscriptions)
        return {contract: i for i, contract in enumerate(found)}

    @cached_property
    def price_list(self) -> PriceList:
        """The tariff as arrays."""
        numbers = {row["destination"]: row["destination_nr"] for row in self.destinations}
        prefixes = [
            {
                "prefix": row["prefix"],
                "owner": numbers[row["destination"]],
                "valid_from": row.get("valid_from"),
                "valid_to": row.get("valid_to"),
            }
            for row in self.tables["destinations"].to_pylist()
        ]
        return PriceList.build(
            plans=self.plans,
            plan_decks=self.tables["plan_decks"].to_pylist(),
            plan_bands=self.tables["plan_bands"].to_pylist(),
            contracts=list(self.contracts),
            destinations=numbers,
            prefixes=prefixes,
            rates=self.rates,
            bands=self.bands,
        )

    @cached_property
    def account_contracts(self) -> Subscriptions:
        """The contracts of every account by date."""
        return Subscriptions.build(self.subscriptions, self.contracts)

    @cached_property
    def call_names(self) -> CallNames:
        """The names of plans, destinations, bands and rates by number."""
        return CallNames.build(self.plans, self.destinations, self.bands, pl.Series(self.rates.ids))

    @property
    def carries_over(self) -> bool:
        """Whether a month depends on the month before: units roll over, or something is billed in advance."""
        return (
            any(row["rollover_months"] for row in self.tables["plan_allowances"].to_pylist())
            or any(row["billed"] == "advance" for row in self.tables["plan_fees"].to_pylist())
            or "recurring_advance" in self.tables["charges"].column("kind").to_pylist()
        )


def _arrow(table: pa.Table | pl.DataFrame) -> pa.Table:
    """A table as Arrow has it, with texts that all functions of Arrow take."""
    if isinstance(table, pa.Table):
        return table
    found = table.to_arrow()
    texts = [each.with_type(pa.string()) if pa.types.is_large_string(each.type) else each for each in found.schema]
    return found.cast(pa.schema(texts))
