"""Masking: personal values are shown in part only, in messages, metadata and samples."""

import re

PHONE = re.compile(r"\+?[0-9]{7,15}")
SHOWN_HEAD = 4
SHOWN_TAIL = 2


def mask(value: str) -> str:
    """Hide phone numbers and other long digit runs but for country or area and the last two digits.

    Text without such a run is kept: keys, dates and codes must stay readable.
    """
    return PHONE.sub(lambda found: _hide_middle(found.group()), value)


def conceal(value: str) -> str:
    """Hide a personal text, such as a name or a street, but for its first letter and its length."""
    return value[:1] + "*" * (len(value) - 1)


def _hide_middle(digits: str) -> str:
    hidden = len(digits) - SHOWN_HEAD - SHOWN_TAIL
    return digits[:SHOWN_HEAD] + "*" * hidden + digits[-SHOWN_TAIL:]
