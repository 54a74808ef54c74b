"""Writes the demo operator's reference files, as an operator would keep them."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from importlib import resources
from pathlib import Path

from telebill_assets.demo import rate_decks
from telebill_assets.demo.customers import SINCE, Customer, customers

STATIC = ("sellers.csv", "sources.csv", "products.csv", "destinations.csv", "plans.yaml", "gl_accounts.csv")
SAMPLE_ACCOUNT = "S-1001"
NO_PLAN_KEY = "trunk-ended"
"""A service key that is still mapped, of an account whose subscription has ended."""
ENDED_ACCOUNT = "US-1040"

ACCOUNT_COLUMNS = (
    "account_id",
    "seller_id",
    "name",
    "attention",
    "street",
    "city",
    "state",
    "postal_code",
    "country",
    "locale",
    "language",
    "time_zone",
    "currency",
    "sales_type",
    "exemptions",
    "vat_id",
    "call_detail",
)
CHARGE_COLUMNS = (
    "charge_id",
    "account_id",
    "kind",
    "product",
    "article_nr",
    "description",
    "quantity",
    "unit",
    "unit_price",
    "valid_from",
    "valid_to",
)
FOOD_PHOTOGRAPHY = (
    "Food photography for summer menu. Menu design and printing on glossy cardboard DIN A5 double sided 50 pieces."
)

Row = Sequence[object]


def write_reference_files(folder: Path) -> None:
    """Write all reference files into a folder, replacing what is there."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in STATIC:
        text = resources.files(__package__).joinpath("reference", name).read_text(encoding="utf-8")
        (folder / name).write_text(text, encoding="utf-8")
    known = list(customers())
    _write(folder / "accounts.csv", ACCOUNT_COLUMNS, _accounts(known))
    services = ["source", "service_key", "account_id", "service_id", "valid_from", "valid_to"]
    _write(folder / "services.csv", services, _services(known))
    subscriptions = ["account_id", "plan_id", "quantity", "valid_from", "valid_to"]
    _write(folder / "subscriptions.csv", subscriptions, _subscriptions(known))
    _write(folder / "rates.csv", rate_decks.COLUMNS, rate_decks.rate_rows())
    _write(folder / "charges.csv", CHARGE_COLUMNS, _charges(known))


def _write(path: Path, columns: Sequence[str], rows: Iterable[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def _accounts(known: Sequence[Customer]) -> Iterator[Row]:
    for customer in known:
        market, place = customer.market, customer.place
        exempt = customer.index % 13 == 5 and place.country == "US"
        yield (
            customer.account_id,
            market.seller_id,
            customer.name,
            "",
            customer.street,
            place.city,
            place.state,
            place.postal_code,
            place.country,
            market.locale,
            market.language,
            place.time_zone,
            market.currency,
            "B",
            "24" if exempt else "00",
            "DE987654321" if place.country == "DE" else "",
            ("none", "masked", "full")[customer.index % 3],
        )
    yield (
        SAMPLE_ACCOUNT,
        "STU",
        "Current Name",
        "Ms",
        "Street Name 1",
        "City Name",
        "",
        "70000",
        "DE",
        "de_DE",
        "en",
        "Europe/Berlin",
        "EUR",
        "R",
        "00",
        "",
        "none",
    )


def _services(known: Sequence[Customer]) -> Iterator[Row]:
    for customer in known:
        for service in customer.services:
            yield service.source, service.service_key, service.account_id, service.service_id, SINCE, ""
    yield "*", NO_PLAN_KEY, ENDED_ACCOUNT, f"{ENDED_ACCOUNT}-9", SINCE, ""


def _subscriptions(known: Sequence[Customer]) -> Iterator[Row]:
    """Two customers change in the middle of the month, one has left before it."""
    for customer in known:
        account_id, plan_id, quantity = customer.account_id, customer.plan_id, customer.quantity
        if account_id == ENDED_ACCOUNT:
            yield account_id, plan_id, quantity, SINCE, "2020-01-31"
        elif account_id == "US-1003":
            yield account_id, plan_id, quantity, SINCE, "2020-04-10"
            yield account_id, "us-six", quantity + 2, "2020-04-11", ""
        else:
            yield account_id, plan_id, quantity, SINCE, ""
    yield SAMPLE_ACCOUNT, "studio", 1, SINCE, ""


def _charges(known: Sequence[Customer]) -> Iterator[Row]:
    for customer in known:
        account_id, number = customer.account_id, customer.index + 1
        if account_id == ENDED_ACCOUNT:
            continue
        if number % 4 == 0:
            yield (
                f"R-{number}",
                account_id,
                "recurring",
                "number_rental",
                "",
                "Number rental",
                4,
                "pcs",
                "1.25",
                SINCE,
                "",
            )
        if number % 6 == 0:
            yield (
                f"P-{number}",
                account_id,
                "recurring",
                "recording",
                "",
                "Call recording",
                2,
                "seat",
                "12.00",
                "2020-04-09",
                "",
            )
        if number % 5 == 0:
            yield (
                f"O-{number}",
                account_id,
                "one_off",
                "activation",
                "ACT-1",
                "Activation",
                1,
                "pcs",
                "49.00",
                "2020-04-03",
                "",
            )
        if number % 9 == 0:
            yield (
                f"T-{number}",
                account_id,
                "one_off",
                "training",
                "",
                "Training on site",
                "1.5",
                "h",
                "140.00",
                "2020-04-21",
                "",
            )
    supply = "2020-04-24"
    yield "S-1", SAMPLE_ACCOUNT, "one_off", "photography", "", FOOD_PHOTOGRAPHY, 1, "pcs", "273.11", supply, ""
    yield (
        "S-2",
        SAMPLE_ACCOUNT,
        "one_off",
        "photography",
        "",
        "Single product photo on white background",
        1,
        "pcs",
        "2.52",
        supply,
        "",
    )
    yield (
        "S-3",
        SAMPLE_ACCOUNT,
        "pass_through",
        "licence_pass_through",
        "",
        "Photo Licenses for Certificates",
        1,
        "pcs",
        "16.80",
        supply,
        "",
    )
