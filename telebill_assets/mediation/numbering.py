"""Telephone numbers: into E.164, and what two numbers say about a call's jurisdiction.

Country codes: ITU-T E.164. North American area codes: data/npa.csv, from public numbering-plan data as of
2026; country 001 marks toll-free codes. Codes of the Caribbean and of US territories are not domestic.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

import polars as pl

TWO_DIGIT_CODES = {"20", "27", *map(str, (*range(30, 35), 36, 39, 40, 41, *range(43, 50), *range(51, 59)))} | {
    *map(str, (*range(60, 67), 81, 82, 84, 86, *range(90, 96), 98))
}
NANP = "[2-9][0-9]{2}[2-9][0-9]{6}|[2-9]11|988"
DIALLABLE = rf"^\+(?:1(?:{NANP})|[2-9][0-9]{{3,14}})$"
"""Numbers in E.164 that a dialled number may mean: of country code 1 ten digits with a possible area code and exchange,
or a service code (+1911); of any other country four to fifteen digits. All are E164 of tables/validated_usage.py.
"""
SERVICE_CODES = [*(f"{n}11" for n in range(2, 10)), "988", "112", "110", "118", "999", "000"]
URI = r"^(?i-u:sips?|tel):|[@;].*$"
PUNCTUATION = r"[ ().\-/]"
MOST_PREFIXES = 3
"""International prefixes that a source may have."""


@dataclass(frozen=True)
class DialPlan:
    """How numbers are dialled at a source; of a source that nobody declared nothing is known."""

    country_code: str | None = None
    trunk_prefix: str | None = None
    """None: national numbers are dialled without one."""
    international_prefix: str | None = None
    """Prefixes separated by spaces; `none` among them: long numbers without prefix are international."""

    @property
    def international_prefixes(self) -> list[str]:
        return (self.international_prefix or "").split(" ") if self.international_prefix is not None else []


@dataclass(frozen=True)
class DialForm:
    """One way to dial a number: what is cut off from its begin, and what comes before the rest, after the plus."""

    dialled: pl.Expr
    cut: int
    code: str


def e164(numbers: pl.Series, plan: DialPlan) -> pl.Series:
    """Bring dialled numbers into E.164; null where that cannot be done (extensions, names, withheld).

    SIP and tel URIs are read as their number. Of country code 1 a national number has ten digits and an area code
    and exchange that do not begin with 0 or 1. Emergency and service codes of three digits (911, 411, 112) become
    the country code with the code. Example: at a source of country code 1 with the international prefix 011,
    `(512) 555-0100` becomes +15125550100, and `011 49 30 23125001` becomes +493023125001.
    """
    found = _read_as(numbers, plan)
    left = (found.is_null() & numbers.is_not_null()).arg_true()
    if left.is_empty():
        return found
    bare = numbers.gather(left).str.replace_all(URI, "").str.replace_all(PUNCTUATION, "")
    return found.scatter(left, _read_as(bare, plan))


def _read_as(numbers: pl.Series, plan: DialPlan) -> pl.Series:
    number = pl.col("number")
    cut, code = pl.lit(None, pl.Int64), pl.lit(None, pl.String)
    for form in reversed(list(_forms(number, plan))):
        cut = pl.when(form.dialled).then(form.cut).otherwise(cut)
        code = pl.when(form.dialled).then(pl.lit(form.code)).otherwise(code)
    read = pl.concat_str(pl.lit("+"), code, number.str.slice(cut))
    frame = numbers.alias("number").to_frame().select(read.alias(numbers.name))
    return frame.select(pl.when(pl.col(numbers.name).str.contains(DIALLABLE)).then(pl.col(numbers.name))).to_series()


def _forms(number: pl.Expr, plan: DialPlan) -> Iterator[DialForm]:
    """The ways to dial at a source; the first one that fits a number counts."""
    digits, code, trunk, prefixes = (
        number.str.len_chars(),
        plan.country_code,
        plan.trunk_prefix,
        plan.international_prefixes,
    )
    yield DialForm(number.str.starts_with("+"), 1, "")
    for prefix in prefixes[:MOST_PREFIXES]:
        yield DialForm(number.str.starts_with(prefix), len(prefix), "")
    if code is not None:
        yield DialForm(number.is_in(SERVICE_CODES), 0, code)
        if code == "1":
            yield DialForm(digits == 10, 0, code)
        if trunk is not None:
            yield DialForm(number.str.starts_with(trunk), len(trunk), code)
    if "none" in prefixes:
        yield DialForm(digits > 7, 0, "")
    if code not in {None, "1"} and trunk is None:
        yield DialForm(digits > 6, 0, str(code))


@cache
def area_codes() -> pl.DataFrame:
    """The North American area codes: npa, country (ISO, or 001 for toll-free), state (US only)."""
    with resources.files(__package__).joinpath("data/npa.csv").open("rb") as file:
        return pl.read_csv(file, schema=dict.fromkeys(("npa", "country", "state"), pl.String))


def calling_code(digits: str) -> str:
    """Country calling code of an E.164 number without its plus."""
    if digits[0] in "17":
        return digits[0]
    return digits[:2] if digits[:2] in TWO_DIGIT_CODES else digits[:3]


@cache
def areas() -> pl.DataFrame:
    """What the first four digits of an E.164 number say; the row number is these digits.

    Columns: country (ISO for code 1, else + and the code; +1 for service codes such as 911) and state (US only).
    """
    known = {f"1{npa}": (country, state) for npa, country, state in area_codes().rows()}
    rows = [known.get(digits, (f"+{calling_code(digits)}", None)) for digits in (f"{n:04}" for n in range(10_000))]
    return pl.DataFrame(rows, schema={"country": pl.String, "state": pl.String}, orient="row")


def area_of(numbers: pl.Series, prefix: str) -> pl.DataFrame:
    """Columns <prefix>_digits (the first four), <prefix>_country and <prefix>_state of E.164 numbers."""
    digits = numbers.str.slice(1, 4).cast(pl.UInt32)
    return pl.DataFrame(
        {f"{prefix}_digits": digits} | {f"{prefix}_{column.name}": column.gather(digits) for column in areas()}
    )


def jurisdiction() -> pl.Expr:
    """Jurisdiction of a call from the columns of `area_of` for its calling and its called end.

    toll_free: either end is a toll-free number. US calls are local (same area code), intrastate (same state) or
    interstate; calls within another country are national; all others international.
    """
    from_country, to_country = pl.col("calling_country"), pl.col("called_country")
    domestic_us = (from_country == "US") & (to_country == "US")
    return (
        pl.when((from_country == "001") | (to_country == "001"))
        .then(pl.lit("toll_free"))
        .when(domestic_us & (pl.col("calling_digits") == pl.col("called_digits")))
        .then(pl.lit("local"))
        .when(domestic_us & (pl.col("calling_state") == pl.col("called_state")))
        .then(pl.lit("intrastate"))
        .when(domestic_us)
        .then(pl.lit("interstate"))
        .when(from_country == to_country)
        .then(pl.lit("national"))
        .otherwise(pl.lit("international"))
    )
