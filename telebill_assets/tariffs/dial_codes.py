"""Dial codes of a carrier's rate deck become prefixes: lists, ranges, and a country code in a column of its own."""

import re

from telebill_assets.tariffs.deck_cells import UnreadableCellError

LONGEST = 15
WIDEST_RANGE = 1000
SEPARATORS = re.compile(r"\s*[,;/|&\s]\s*")
EXPECTED = "dial codes such as 4420, lists such as 1204,1226, or ranges such as 4420-4425 (or --no-ranges)"


def read_prefixes(text: str, country_code: str, *, ranges: bool) -> list[str]:
    """Prefixes of a cell, E.164 digits without plus, in the order of the cell.

    Args:
        text: one dial code, or several separated by commas, semicolons, slashes, bars or spaces.
        country_code: put before every code; empty if the codes have it. May be written +44 or 0044. With a country
            code, an empty text is the whole country.
        ranges: 4420-4425 is six prefixes; otherwise a dash within a code is punctuation, as in 212-555.

    Raises:
        UnreadableCellError: a code has other characters, more than 15 digits, or is a range that makes no sense.
    """
    if text.isascii() and text.isdigit() and not country_code and text[0] != "0" and len(text) <= LONGEST:
        return [text]  # nearly all codes of most decks
    country = _bare(country_code)
    if not re.fullmatch("[0-9]{0,4}", country):
        raise UnreadableCellError("a country code such as 44")
    joined = re.sub(r"\s*[-\u2013]\s*", "-" if ranges else "", text.strip())
    codes = [code for code in SEPARATORS.split(joined) if code]
    if not codes and not country:
        raise UnreadableCellError(EXPECTED)
    found = [prefix for code in codes or [""] for prefix in _expanded(code, country)]
    if any(len(prefix) > LONGEST or prefix.startswith("0") for prefix in found):
        raise UnreadableCellError(f"dial codes that begin with a country code and have at most {LONGEST} digits")
    return found


def _expanded(code: str, country: str) -> list[str]:
    """A single code, or all codes of a range."""
    first, dash, last = code.partition("-")
    low, high = (first if country else _bare(first)), (last if country else _bare(last))
    if not re.fullmatch("[0-9]*", low + high) or not (low or country):
        raise UnreadableCellError(EXPECTED)
    if not dash:
        return [country + low]
    if len(low) != len(high) or not low <= high:
        raise UnreadableCellError("a range whose ends have the same number of digits and rise, such as 4420-4425")
    width = int(high) - int(low) + 1
    if width > WIDEST_RANGE:
        raise UnreadableCellError(f"a range of at most {WIDEST_RANGE:,} dial codes")
    return [country + str(int(low) + i).zfill(len(low)) for i in range(width)]


def _bare(code: str) -> str:
    """Without the plus or 00 that may stand before a country code."""
    return re.sub(r"^(\+|00)", "", code.strip())
