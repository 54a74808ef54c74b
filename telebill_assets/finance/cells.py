"""CSV cells that no spreadsheet takes for a formula.

Rule of OWASP, "CSV Injection": a text that begins with = + - @, tab, carriage return or line feed (or the full-width
form of one of the signs), with or without spaces before it, gets an apostrophe, and every text is quoted. Numbers are
written from numeric columns, bare, so a negative amount stays a number.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")

Value = str | int | Decimal | date | None


def csv_line(values: Iterable[Value]) -> str:
    """One line of CSV (RFC 4180 quoting, comma, line feed)."""
    return ",".join(map(csv_cell, values)) + "\n"


def csv_cell(value: Value) -> str:
    """A value as a cell: empty if null, plain digits with a point for numbers, ISO dates, quoted text."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, int | date):
        return str(value)
    return '"' + no_formula(value).replace('"', '""') + '"'


def no_formula(text: str) -> str:
    """A text that no spreadsheet takes for a formula: `=1+1` and `  =1` get an apostrophe before them, `a=1` does not.

    Spaces before a sign do not count, because some spreadsheets cut them off before they look for a formula.
    """
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_STARTS) else text
