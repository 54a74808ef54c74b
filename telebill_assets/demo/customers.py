"""The demo operator's customers: who they are, what they subscribe to, and which service keys are theirs.

All names are invented. All numbers are set aside for fiction: 555-01xx in North America, Ofcom's and the
Bundesnetzagentur's numbers for drama.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

SINCE = date(2020, 1, 1)
WORDS = (
    *("Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fern", "Ginkgo", "Hazel", "Iris", "Juniper"),
    *("Kelp", "Larch", "Maple", "Nettle", "Oak", "Pine", "Quince", "Rowan", "Spruce", "Tulip"),
)
TRADES = ("Contact", "Helpdesk", "Support", "Services")


@dataclass(frozen=True)
class Place:
    """Where customers are: address, tax and time zone, and an area code whose numbers may be used in fiction."""

    country: str
    state: str
    city: str
    postal_code: str
    time_zone: str
    number_prefix: str
    """E.164 start of the customers' own numbers; two digits follow."""


US_PLACES = (
    Place("US", "TX", "Austin", "78701", "America/Chicago", "+151255501"),
    Place("US", "NY", "New York", "10001", "America/New_York", "+121255501"),
    Place("US", "CA", "Los Angeles", "90012", "America/Los_Angeles", "+121355501"),
    Place("US", "FL", "Miami", "33101", "America/New_York", "+130555501"),
    Place("US", "IL", "Chicago", "60601", "America/Chicago", "+131255501"),
    Place("US", "WA", "Seattle", "98101", "America/Los_Angeles", "+120655501"),
    Place("US", "CO", "Denver", "80202", "America/Denver", "+130355501"),
    Place("US", "GA", "Atlanta", "30303", "America/New_York", "+140455501"),
    Place("US", "MA", "Boston", "02108", "America/New_York", "+161755501"),
    Place("US", "AZ", "Phoenix", "85003", "America/Phoenix", "+160255501"),
)
DE_PLACES = (
    Place("DE", "", "Berlin", "10115", "Europe/Berlin", "+4930231250"),
    Place("DE", "", "Hamburg", "20095", "Europe/Berlin", "+4940669690"),
    Place("DE", "", "München", "80331", "Europe/Berlin", "+4989999980"),
)
UK_PLACES = (
    Place("GB", "", "London", "EC1A 1BB", "Europe/London", "+4420794600"),
    Place("GB", "", "Leeds", "LS1 1UR", "Europe/London", "+4411349600"),
)
CA_PLACES = (
    Place("CA", "ON", "Toronto", "M5H 2N2", "America/Toronto", "+141655501"),
    Place("CA", "QC", "Montréal", "H2Y 1C6", "America/Toronto", "+151455501"),
    Place("CA", "BC", "Vancouver", "V6B 1A1", "America/Vancouver", "+160455501"),
)


@dataclass(frozen=True)
class Market:
    """Customers of one country: seller, plans in turn, sources in turn, and how invoices are worded."""

    seller_id: str
    places: tuple[Place, ...]
    customers: int
    plans: tuple[str, ...]
    sources: tuple[str, ...]
    locale: str
    language: str
    currency: str
    company: str


MARKETS = (
    Market(
        "NLT",
        US_PLACES,
        40,
        ("us-minute", "us-six", "us-second"),
        ("sbc-east", "pbx-austin", "cucm-chicago", "sbc-east"),
        "en_US",
        "en",
        "USD",
        "Inc.",
    ),
    Market("NLD", DE_PLACES, 8, ("de-business",), ("pbx-berlin",), "de_DE", "de", "EUR", "GmbH"),
    Market("NLU", UK_PLACES, 6, ("uk-business",), ("sbc-east",), "en_GB", "en", "GBP", "Ltd"),
    Market("NLC", CA_PLACES, 5, ("ca-business",), ("sbc-east",), "en_CA", "en", "CAD", "Ltd"),
)


@dataclass(frozen=True)
class Service:
    """A service of a customer, as the source names it in its records."""

    source: str
    service_key: str
    account_id: str
    service_id: str
    number: str
    """The service's own number, E.164."""


@dataclass(frozen=True)
class Customer:
    """An account of the demo operator, with its services and plan."""

    account_id: str
    name: str
    street: str
    place: Place
    market: Market
    plan_id: str
    quantity: int
    services: tuple[Service, ...]
    index: int


def customers() -> Iterator[Customer]:
    """The telephony customers of the demo operator; every call of the function gives the same."""
    index = 0
    for market in MARKETS:
        for number in range(market.customers):
            place = market.places[number % len(market.places)]
            account_id = f"{market.places[0].country}-{1001 + number}"
            source = market.sources[number % len(market.sources)]
            own = [f"{place.number_prefix}{(number * 2 + i) % 100:02d}" for i in range(2)]
            yield Customer(
                account_id=account_id,
                name=f"{WORDS[index % len(WORDS)]} {TRADES[index // len(WORDS) % len(TRADES)]} {market.company}",
                street=f"{100 + number} Example Street" if market.language == "en" else f"Beispielweg {number + 1}",
                place=place,
                market=market,
                plan_id=market.plans[number % len(market.plans)],
                quantity=1 + number % 7,
                services=tuple(
                    Service(source, _service_key(source, index, i), account_id, f"{account_id}-{i + 1}", own[i])
                    for i in range(2)
                ),
                index=index,
            )
            index += 1


def _service_key(source: str, index: int, i: int) -> str:
    if source == "cucm-chicago":
        return f"SEP0011223300{index * 2 + i:02X}"
    return f"{'trunk' if source == 'sbc-east' else 'acct'}-{index + 1:03d}-{i + 1}"
