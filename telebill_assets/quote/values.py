"""Numbers of published cases that fit the tables' decimals, and numbers as plain text again."""

from decimal import Decimal

from telebill_assets.quote.fields import Case, decimal, wrong
from telebill_assets.rating.call.exact import decimals_of


def number(case: Case, field: str, digits: int, decimals: int) -> Decimal | None:
    """A field's number, or None if it is null or absent.

    Raises:
        WrongCaseError: it is no number, or has more digits before or after the point than fit.
    """
    found = decimal(case, field, field)
    if found and (found.adjusted() >= digits or decimals_of(found) > decimals):
        raise wrong(field, plain(found), f"a number with at most {digits} digits and {decimals} decimals")
    return found


def required(value: Decimal | None, field: str) -> Decimal:
    """A number that must be there and not negative.

    Raises:
        WrongCaseError: it is missing or negative.
    """
    if value is None or value < 0:
        raise wrong(field, None if value is None else plain(value), "a number, 0 or more")
    return value


def plain(value: Decimal) -> str:
    """Plain decimal notation without needless zeros, of any number of digits."""
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) if value else "0"
