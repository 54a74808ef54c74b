"""The re-rate of a sample: calls are priced a second time by an implementation that shares no code with the first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
import polars_hash as plh

from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.controls.control import Control
from telebill_assets.audit.controls.second_rating import Price, SecondRating

RERATE = Control(
    "rerate_sample", "A second, independent implementation prices a sample of calls exactly the same", blocking=True
)

CALL = ("account_id", "call_date", "direction", "jurisdiction", "caller", "callee", "talk_s", "usage_type", "units")
MOMENTS = {"start_s": "start_at", "answer_s": "answer_at"}
"""Moments as seconds since 1970, which have no time zone to go wrong."""
PRICE = ("plan_id", "destination", "billed_s", "charge", "unpriced")
SEED = "rerate"
LOTTERY = "lottery"


def sample_calls(priced: pl.DataFrame, size: int) -> pl.DataFrame:
    """The calls whose keys have the lowest hashes: the same ones in every run of the day.

    Samples of the parts of a day are merged by `merge_samples`; so no part has to know the others.
    """
    columns = [name for name in ("path", "line", *CALL, *PRICE) if name in priced.columns]
    moments = [pl.col(column).dt.epoch("s").alias(name) for name, column in MOMENTS.items()]
    key = pl.concat_str(pl.lit(SEED), "record_key")
    lottery = plh.col(LOTTERY)
    drawn = priced.select(*columns, *moments, key.alias(LOTTERY)).with_columns(lottery.nchash.xxhash64())
    return _lowest(drawn, size)


def merge_samples(parts: Sequence[pl.DataFrame], size: int) -> pl.DataFrame:
    """The sample of a day from the samples of its parts: what `sample_calls` finds in the whole day."""
    return _lowest(pl.concat(parts), size)


def _lowest(drawn: pl.DataFrame, size: int) -> pl.DataFrame:
    lottery = pl.col(LOTTERY)
    return drawn.filter(lottery <= lottery.bottom_k(size).max()).sort(LOTTERY, "path", "line").head(size)


@dataclass(frozen=True)
class Disagreement:
    """A call of which the two prices differ."""

    place: str
    field: str
    first: Any
    second: Any

    def __str__(self) -> str:
        return f"{self.place}: {self.field} {self.first}, second method {self.second}"


def rerate(calls: Sequence[Mapping[str, Any]], tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> CheckResult:
    """Price the calls again and compare plan, destination, billed seconds, charge and the reason for no price.

    Args:
        calls: the rows of a sample of priced calls, see `sample_calls`.
        tables: rows of the reference tables by name, read independently of the first pricing.
    """
    second = SecondRating(tables)
    found = [each for call in calls for each in _compare(call, second.price(call))]
    wrong = {each.place for each in found}
    return RERATE.result(
        passed=not found,
        figure=f"{len(wrong):,} of {len(calls):,} calls differ",
        threshold="0 differ, to the last decimal",
        failures={"calls": len(wrong)},
        samples=[str(each) for each in found],
    )


def _compare(call: Mapping[str, Any], again: Price) -> Iterable[Disagreement]:
    place = f"{call['path']} line {call['line']}"
    asked = ("plan_id", "unpriced") if again.unpriced else PRICE
    for field in asked:
        first, second = call[field], getattr(again, field)
        if first != second:
            yield Disagreement(place, field, first, second)
