"""The sandbox's rate table: which taxes a kind of service bears in a place."""

import csv
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources

ANY_SERVICE = "any"
STATEFUL = frozenset({"US", "CA"})
"""Countries whose taxes depend on the state or province."""
NO_TAX = "exempt_product"
SERVICES: Mapping[str, str] = {
    "050158": "interstate",
    "050258": "interstate",
    "010153": "interstate",
    "010156": "interstate",
    "310107": "saas",
    "990101": "general",
    "999999": NO_TAX,
}
"""Transaction types whose service their group does not tell."""
LINE_TYPES = frozenset({"050101", "050110", "050112", "050113", "050115", "050116", "050201", "050212", "050215"})


@dataclass(frozen=True)
class DemoRate:
    """One row of demo_rates.csv."""

    services: frozenset[str]
    tax_type: str
    description: str
    authority: str
    rate: Decimal
    fee_rate: Decimal
    percent_taxable: Decimal


def service_of(trans_type: str) -> str:
    """The kind of service a TransTypeCode stands for; codes that are not listed are usage."""
    if trans_type in LINE_TYPES:
        return "line"
    return SERVICES.get(trans_type, "usage")


@cache
def taxes_of(country: str, state: str, service: str) -> tuple[DemoRate, ...] | None:
    """Taxes of a service in a place; None if the table does not know the place."""
    table = demo_rates()
    places = [(country, "")] + ([(country, state)] if state else [])
    if (country, state) not in table or (country in STATEFUL and not state):
        return None
    return tuple(rate for place in places for rate in table.get(place, []) if {service, ANY_SERVICE} & rate.services)


@cache
def demo_rates() -> Mapping[tuple[str, str], list[DemoRate]]:
    """All rows by country and state."""
    text = resources.files(__package__).joinpath("demo_rates.csv").read_text(encoding="utf-8")
    found: dict[tuple[str, str], list[DemoRate]] = defaultdict(list)
    for row in csv.DictReader(line for line in text.splitlines() if not line.startswith("#")):
        found[row["country"], row["state"]].append(
            DemoRate(
                frozenset(row["services"].split()),
                row["tax_type"],
                row["description"],
                row["authority"],
                *(Decimal(row[name]) for name in ("rate", "fee_rate", "percent_taxable")),
            )
        )
    return dict(found)
