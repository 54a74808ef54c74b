"""Formats: numbers, dates and amounts as the invoice's locale writes them. Nothing is rounded here unseen."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from babel import Locale
from babel.dates import format_date, format_interval, format_skeleton, format_time
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_precision

EN_DASH = "\N{EN DASH}"
CALL_DECIMALS = Decimal("0.0001")


@dataclass(frozen=True)
class Formats:
    """How one invoice writes its values.

    Args:
        locale: such as de_DE.
        currency: ISO 4217 code.
    """

    locale: str
    currency: str

    def money(self, amount: Decimal) -> str:
        """An amount in the currency.

        Raises:
            ValueError: the amount is not rounded to the minor unit; Babel would round it half-even.
        """
        digits = get_currency_precision(self.currency)
        if amount != round(amount, digits):
            raise ValueError(f"amount {amount} is not rounded to the {digits} decimals of {self.currency}")
        return str(format_currency(amount, self.currency, locale=self.locale))

    def price(self, price: Decimal) -> str:
        """A unit price with all its decimals."""
        exact = price.normalize()
        return str(format_currency(exact, self.currency, locale=self.locale, decimal_quantization=False))

    def number(self, value: Decimal) -> str:
        """A quantity with all its decimals."""
        return str(format_decimal(value.normalize(), locale=self.locale, decimal_quantization=False))

    def percent(self, rate: Decimal, decimals: int = 0) -> str:
        """A rate given as a fraction, with all its decimals and at least as many as asked for."""
        pattern = Locale.parse(self.locale).percent_formats[None].pattern
        padded = pattern.replace("0", "0." + "0" * decimals) if decimals else pattern
        return str(format_percent(rate.normalize(), padded, locale=self.locale, decimal_quantization=False))

    def call_charge(self, charge: Decimal) -> str:
        """The charge of one call with four decimals, half-up; it explains a line and is never summed from print."""
        shown = charge.quantize(CALL_DECIMALS, ROUND_HALF_UP)
        return str(format_decimal(shown, "#,##0.0000", locale=self.locale))

    def minutes(self, seconds: int) -> str:
        """Minutes and seconds, such as 1,234:05."""
        whole, rest = divmod(abs(seconds), 60)
        return f"{format_decimal(whole, locale=self.locale)}:{rest:02d}"

    def day(self, day: date) -> str:
        """A date in the locale's medium form: 24.04.2020, Nov 1, 2026."""
        return str(format_date(day, "medium", locale=self.locale))

    def long_day(self, day: date) -> str:
        """A date with the month's name: November 1, 2026."""
        return str(format_date(day, "long", locale=self.locale))

    def days(self, first: date, last: date) -> str:
        """One date, or the first and the last."""
        return self.day(first) if first == last else f"{self.day(first)} {EN_DASH} {self.day(last)}"

    def span(self, first: date, last: date) -> str:
        """A period with the month's name, as short as the locale has it; the year is not said twice."""
        return str(format_interval(first, last, "yMMMd", locale=self.locale))

    def call_day(self, moment: datetime) -> str:
        """Day and month of a call."""
        return str(format_skeleton("MMMd", moment, locale=self.locale))

    def call_time(self, moment: datetime) -> str:
        """Local time of a call, to the second."""
        return str(format_time(moment, "HH:mm:ss", locale=self.locale))


def percent_decimals(rates: Iterable[Decimal]) -> int:
    """Decimals that the percentages of a table need so that none is cut."""
    return max((-int((rate * 100).normalize().as_tuple().exponent) for rate in rates if rate), default=0)
