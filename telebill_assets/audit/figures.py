"""Numbers as people read them: one function writes the figures of all checks, differences and reconciliations."""

from decimal import Decimal


def figure(value: int | Decimal | None) -> str:
    """A number with commas between thousands, exact: no digit is rounded away.

    Counts have no decimals: 1200 is written as 1,200. Amounts have at least two decimals and as many more as they
    need: 10.5 is written as 10.50, and 1234.1125000000 as 1,234.1125. What is absent is written as `missing`.
    """
    if value is None:
        return "missing"
    if isinstance(value, int):
        return f"{value:,}"
    whole, _, decimals = f"{value:,f}".partition(".")
    return f"{whole}.{decimals.rstrip('0'):0<2}"


def signed_figure(value: int | Decimal) -> str:
    """A difference with its sign: +1,200 or -0.01."""
    return f"+{figure(value)}" if value > 0 else figure(value)
