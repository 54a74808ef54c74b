"""The validity of reference rows."""

from typing import Any

from telebill_assets.tables.table import row_check

FOREVER = "9999-12-31"
"""Stands for an empty valid_to where dates are compared."""


def validity_check() -> Any:
    """The row check of every table whose rows are valid from a day and, unless they are open, to a day."""
    return row_check(
        "dates_in_order",
        "valid_from <= valid_to",
        "valid_to is not before valid_from",
        column="valid_to",
        expected="no day before valid_from {valid_from}",
    )
