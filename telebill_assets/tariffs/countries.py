"""Which country a prefix belongs to: ITU-T E.164 country codes, and area codes within country code 1."""

import csv
from functools import cache
from importlib import resources

from telebill_assets.mediation.numbering import area_codes


@cache
def _codes() -> dict[str, str]:
    text = resources.files(__package__).joinpath("data/country_codes.csv").read_text(encoding="utf-8")
    codes = {row["code"]: row["country"] for row in csv.DictReader(text.splitlines())}
    return codes | {f"1{row['npa']}": row["country"] for row in area_codes().iter_rows(named=True)}


def country_of(prefix: str) -> str | None:
    """ISO country of an E.164 prefix without plus, 001 for global services; None if no country has the prefix."""
    found = (_codes().get(prefix[:length]) for length in range(min(len(prefix), 7), 0, -1))
    return next((country for country in found if country), None)
