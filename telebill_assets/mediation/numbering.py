"""Telephone numbers: into E.164, and what two numbers say about a call's jurisdiction.

Country codes: ITU-T E.164. North American area codes: data/npa.csv, from public numbering-plan data as of
2026; country 001 marks toll-free codes. Codes of the Caribbean and of US territories are not domestic.
"""

from functools import cache
from importlib import resources

import pyarrow as pa
import pyarrow.csv as pacsv
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

TWO_DIGIT_CODES = {"20", "27", *map(str, (*range(30, 35), 36, 39, 40, 41, *range(43, 50), *range(51, 59)))} | {
    *map(str, (*range(60, 67), 81, 82, 84, 86, *range(90, 96), 98))
}

E164 = r"^\+[1-9][0-9]{3,14}$"
NANP = r"^\+1([2-9][0-9]{2}[2-9][0-9]{6}|[2-9]11|988)$"
SERVICE_CODE = r"^([2-9]11|988|112|110|118|999|000)$"
DIGITS = r"^\+?[0-9]+$"
URI = r"(?i)^(sips?|tel):|[@;].*$"
PUNCTUATION = r"[ ().\-/]"
MOST_PREFIXES = 3
"""International prefixes that a source may have."""


@cache
def area_codes() -> pa.Table:
    """The North American area codes: npa, country (ISO, or 001 for toll-free), state (US only)."""
    text = pa.string()
    with resources.files(__package__).joinpath("data/npa.csv").open("rb") as file:
        options = pacsv.ConvertOptions(column_types={"npa": text, "country": text, "state": text})
        return pacsv.read_csv(file, convert_options=options)


def e164(number: Column, country_code: Column, trunk_prefix: Column, international_prefixes: Column) -> Column:
    """Bring a dialled number into E.164; null if it cannot be (extensions, names, withheld).

    The prefixes are those of the source: `trunk_prefix` may be null, then national numbers are dialled without one.
    `international_prefixes` are separated by spaces; `none` among them says that long numbers without prefix are
    international. SIP and tel URIs are read as their number. Of country code 1 a national number has ten digits and
    an area code and exchange that do not begin with 0 or 1. Emergency and service codes of three digits (911, 411,
    112) become the country code with the code.
    """
    bare = F.regexp_replace(F.regexp_replace(number, URI, ""), PUNCTUATION, "")
    dialled = F.when(number.rlike(DIGITS), number).otherwise(bare)  # most are; replacing costs more than asking
    national = F.concat(F.lit("+"), country_code, _after(dialled, trunk_prefix))
    digits = F.length(dialled)
    plus = F.coalesce(
        F.when(dialled.startswith("+"), dialled),
        *(_international(dialled, F.get(F.split(international_prefixes, " "), F.lit(i))) for i in range(MOST_PREFIXES)),
        F.when(dialled.rlike(SERVICE_CODE), F.concat(F.lit("+"), country_code, dialled)),
        F.when((country_code == "1") & (digits == 10), F.concat(F.lit("+1"), dialled)),
        F.when(_starts_with(dialled, trunk_prefix), national),
        F.when(
            F.array_contains(F.split(international_prefixes, " "), "none") & (digits > 7), F.concat(F.lit("+"), dialled)
        ),
        F.when(
            trunk_prefix.isNull() & (country_code != "1") & (digits > 6), F.concat(F.lit("+"), country_code, dialled)
        ),
    )
    return F.when(plus.rlike(E164) & (~plus.startswith("+1") | plus.rlike(NANP)), plus)


def _international(dialled: Column, prefix: Column) -> Column:
    return F.when(_starts_with(dialled, prefix), F.concat(F.lit("+"), _after(dialled, prefix)))


def _starts_with(text: Column, prefix: Column) -> Column:
    return prefix.isNotNull() & text.startswith(prefix)


def _after(text: Column, prefix: Column) -> Column:
    return text.substr(F.length(prefix) + 1, F.length(text))


def calling_code(number: Column) -> Column:
    """Country calling code of an E.164 number, without plus."""
    two = number.substr(2, 2)
    return (
        F.when(number.substr(2, 1).isin("1", "7"), number.substr(2, 1))
        .when(two.isin(TWO_DIGIT_CODES), two)
        .otherwise(number.substr(2, 3))
    )


def with_area(calls: DataFrame, number: str, prefix: str) -> DataFrame:
    """Add <prefix>_country (ISO for code 1, else +code), <prefix>_state and <prefix>_npa of an E.164 column."""
    spark: SparkSession = calls.sparkSession
    areas = spark.createDataFrame(area_codes()).select(
        F.col("npa").alias(f"{prefix}_npa"),
        F.col("country").alias("area_country"),
        F.nullif("state", F.lit("")).alias(f"{prefix}_state"),
    )
    npa = F.when(F.col("code") == "1", F.col(number).substr(3, 3))
    return (
        calls.withColumn("code", calling_code(F.col(number)))
        .withColumn(f"{prefix}_npa", npa)
        .join(F.broadcast(areas), f"{prefix}_npa", "left")
        .withColumn(f"{prefix}_country", F.coalesce("area_country", F.concat(F.lit("+"), "code")))
        .drop("area_country", "code")
    )


def jurisdiction(calling: str = "calling", called: str = "called") -> Column:
    """Jurisdiction of a call from the area columns of both ends.

    toll_free: either end is a toll-free number. US calls are local (same area code), intrastate (same state) or
    interstate; calls within another country are national; all others international.
    """
    from_country, to_country = F.col(f"{calling}_country"), F.col(f"{called}_country")
    same_npa = F.col(f"{calling}_npa") == F.col(f"{called}_npa")
    same_state = F.col(f"{calling}_state") == F.col(f"{called}_state")
    domestic_us = (from_country == "US") & (to_country == "US")
    return (
        F.when((from_country == "001") | (to_country == "001"), "toll_free")
        .when(domestic_us & same_npa, "local")
        .when(domestic_us & same_state, "intrastate")
        .when(domestic_us, "interstate")
        .when(from_country == to_country, "national")
        .otherwise("international")
    )
