"""The demo operator's rate decks, written compactly and unfolded into the rows of rates.csv. Prices per minute."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

ANY = "*"
SINCE = date(2020, 1, 1)
RISE = date(2020, 4, 16)
"""From this day on calls to UK mobiles cost more, so the demo's month has two prices for them."""


@dataclass(frozen=True)
class RateDeck:
    """Increments and prices of a deck: the first `first_s` seconds are one unit, then whole `then_s`."""

    name: str
    first_s: int
    then_s: int
    prices: Mapping[str, str]
    connect_fee: str = "0"
    by_jurisdiction: Mapping[tuple[str, str], str] = field(default_factory=dict)
    inbound: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """Prices of inbound calls by destination and jurisdiction."""
    by_band: Mapping[tuple[str, str], str] = field(default_factory=dict)


WORLD = {
    "canada": "0.0180",
    "bahamas": "0.2150",
    "jamaica": "0.2490",
    "dominican-republic": "0.1190",
    "uk": "0.0160",
    "uk-mobile": "0.0390",
    "uk-freephone": "0",
    "germany": "0.0170",
    "germany-mobile": "0.0480",
    "france": "0.0185",
    "france-mobile": "0.0520",
    "australia": "0.0260",
    "australia-mobile": "0.0690",
    "uk-emergency": "0",
    "germany-emergency": "0",
}
NORTH_AMERICA = {
    "us": "0.0140",
    "us-alaska": "0.0790",
    "us-hawaii": "0.0290",
    "us-toll-free": "0",
    "us-emergency": "0",
    "us-service-codes": "0",
    "us-directory": "1.2500",
    **WORLD,
}
FREE_CODES = {"us-emergency", "us-service-codes", "uk-emergency", "germany-emergency"}
"""Codes that have no connect fee either."""
TOLL_FREE_INBOUND = {
    (place, "toll_free"): price
    for place, price in {"us": "0.0195", "us-alaska": "0.0990", "us-hawaii": "0.0450", "canada": "0.0310"}.items()
}
ANY_INBOUND = {("us", ANY): "0.0045", ("us-toll-free", ANY): "0.0195"}

DECKS = (
    RateDeck(
        "us-minute",
        60,
        60,
        NORTH_AMERICA,
        by_jurisdiction={("us", "local"): "0.0080", ("us", "intrastate"): "0.0150"},
        inbound=TOLL_FREE_INBOUND | ANY_INBOUND,
    ),
    RateDeck(
        "us-six",
        60,
        6,
        NORTH_AMERICA | {"us": "0.0119"},
        connect_fee="0.0050",
        by_jurisdiction={("us", "local"): "0.0065"},
        inbound=TOLL_FREE_INBOUND | ANY_INBOUND,
    ),
    RateDeck("us-second", 1, 1, NORTH_AMERICA | {"us": "0.0165"}, inbound=TOLL_FREE_INBOUND | ANY_INBOUND),
    RateDeck(
        "de-business",
        30,
        6,
        WORLD | {"germany": "0.0120", "us": "0.0290", "us-toll-free": "0"},
        inbound={("germany", ANY): "0"},
        by_band={("germany", "peak"): "0.0190", ("germany-mobile", "peak"): "0.0590"},
    ),
    RateDeck(
        "uk-business",
        1,
        1,
        WORLD | {"us": "0.0240", "us-toll-free": "0"},
        connect_fee="0.0100",
        inbound={("uk", ANY): "0"},
        by_band={("uk", "day"): "0.0210", ("uk-mobile", "day"): "0.0610"},
    ),
    RateDeck(
        "ca-business", 60, 6, NORTH_AMERICA | {"us": "0.0210", "canada": "0.0125"}, inbound={("canada", ANY): "0.0050"}
    ),
)

COLUMNS = (
    "rate_deck",
    "destination",
    "jurisdiction",
    "direction",
    "band",
    "valid_from",
    "valid_to",
    "from_s",
    "connect_fee",
    "rate",
    "unit_s",
    "increment_s",
)


def rate_rows() -> Iterator[tuple[str, ...]]:
    """Rows of rates.csv in the order of COLUMNS."""
    for deck in DECKS:
        for destination, price in deck.prices.items():
            key = (destination, ANY, ANY, ANY)
            if destination == "uk-mobile":
                yield from _groups(deck, key, price, SINCE.isoformat(), "2020-04-15")
                yield from _groups(deck, key, "0.0450", RISE.isoformat(), "")
            else:
                yield from _groups(deck, key, price, SINCE.isoformat(), "")
        for (destination, jurisdiction), price in deck.by_jurisdiction.items():
            yield from _groups(deck, (destination, jurisdiction, "outbound", ANY), price, SINCE.isoformat(), "")
        for (destination, jurisdiction), price in deck.inbound.items():
            yield from _groups(deck, (destination, jurisdiction, "inbound", ANY), price, SINCE.isoformat(), "")
        for (destination, band), price in deck.by_band.items():
            yield from _groups(deck, (destination, ANY, ANY, band), price, SINCE.isoformat(), "")


def _groups(
    deck: RateDeck, key: tuple[str, str, str, str], price: str, valid_from: str, valid_to: str
) -> Iterator[tuple[str, ...]]:
    """One group if all increments are equal, else one for the first unit and one for the rest."""
    start = (deck.name, *key, valid_from, valid_to)
    connect_fee = "0" if key[0] in FREE_CODES else deck.connect_fee
    yield (*start, "0", connect_fee, price, "60", str(deck.first_s))
    if deck.first_s != deck.then_s:
        yield (*start, str(deck.first_s), "0", price, "60", str(deck.then_s))
