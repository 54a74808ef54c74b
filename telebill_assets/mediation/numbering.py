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

E164 = r"^\+[1-9][0-9]{5,14}$"


@cache
def area_codes() -> pa.Table:
    """The North American area codes: npa, country (ISO, or 001 for toll-free), state (US only)."""
    text = pa.string()
    with resources.files(__package__).joinpath("data/npa.csv").open("rb") as file:
        options = pacsv.ConvertOptions(column_types={"npa": text, "country": text, "state": text})
        return pacsv.read_csv(file, convert_options=options)


def e164(number: Column, country_code: Column, trunk_prefix: Column, international_prefix: Column) -> Column:
    """Bring a dialled number into E.164; null if it cannot be (extensions, names, withheld).

    The prefixes are those of the source: `trunk_prefix` may be null. Of a country with code 1 a number of ten
    digits is national without prefix.
    """
    dialled = F.regexp_replace(number, r"[ ().\-/]", "")
    plus = (
        F.when(dialled.startswith("+"), dialled)
        .when(_starts_with(dialled, international_prefix), F.concat(F.lit("+"), _after(dialled, international_prefix)))
        .when((country_code == "1") & (F.length(dialled) == 10), F.concat(F.lit("+1"), dialled))
        .when(_starts_with(dialled, trunk_prefix), F.concat(F.lit("+"), country_code, _after(dialled, trunk_prefix)))
    )
    return F.when(plus.rlike(E164), plus)


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
