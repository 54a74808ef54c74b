"""What calls of accounts cost by the reference files, and how that comes about."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyspark.sql import SparkSession

from telebill_assets.quote.calls import AskedCall, usage_of
from telebill_assets.quote.rate_lines import rate_lines
from telebill_assets.rating.call.explain_calls import explain_calls
from telebill_assets.rating.tariff import Tariff


@dataclass(frozen=True)
class Quote:
    """The price of one call. Amounts are texts in plain decimal notation, before and after rounding."""

    unpriced: str | None
    plan: str | None
    currency: str | None
    jurisdiction: str | None
    prefix: str | None
    destination: str | None
    rate_row: str | None
    bands: list[str]
    billed_s: int | None
    exact_charge: str | None
    charge: str | None
    rounding: str | None
    pieces: list[dict[str, Any]]

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def quote_calls(
    spark: SparkSession, calls: Sequence[AskedCall], tables: Mapping[str, pa.Table], rates: Path
) -> list[Quote]:
    """Price calls as the daily aggregates would, in one job.

    Args:
        spark: the session.
        calls: the calls.
        tables: the reference tables by name.
        rates: rates.csv, of which the lines are named.

    Returns:
        A quote for every call, in their order.
    """
    tariff = Tariff.build(tables)
    priced = explain_calls(usage_of(spark, calls, tables), tariff)
    rows = sorted(priced.select("line", "callee", "jurisdiction", "plan_id", "currency", "explanation").collect())
    wanted = {piece["rate_id"] for row in rows for piece in row["explanation"]["pieces"]}
    lines = rate_lines(rates, wanted | {row["explanation"]["rate_id"] for row in rows})
    plans = {plan["plan_id"]: plan for plan in tariff.plans}
    return [_quote(row, plans.get(row["plan_id"]), lines, rates.name) for row in rows]


def _quote(row: Any, plan: Mapping[str, Any] | None, lines: Mapping[tuple[str, int], int], file: str) -> Quote:
    found = row["explanation"]
    priced = found["charge"] is not None
    pieces = [
        {
            "from_s": piece["from_s"],
            "until_s": piece["until_s"],
            "billed": piece["billed_s"],
            "band": piece["band"],
            "from_group_s": piece["from_group_s"],
            "rate_row": _row(file, lines, piece["rate_id"], piece["from_group_s"]),
        }
        for piece in found["pieces"]
    ]
    return Quote(
        unpriced=_unpriced(row, priced=priced),
        plan=row["plan_id"],
        currency=row["currency"],
        jurisdiction=row["jurisdiction"],
        prefix=found["prefix"],
        destination=found["destination"],
        rate_row=_row(file, lines, found["rate_id"], 0) if found["rate_id"] else None,
        bands=list(dict.fromkeys([found["band"], *(piece["band"] for piece in pieces)])) if found["band"] else [],
        billed_s=found["billed_s"] if priced else None,
        exact_charge=found["exact_charge"],
        charge=found["charge"],
        rounding=_rounding(plan) if plan and priced else None,
        pieces=pieces if priced else [],
    )


def _row(file: str, lines: Mapping[tuple[str, int], int], rate_id: str, from_s: int) -> str:
    return f"{file}:{lines[rate_id, from_s]} ({rate_id})"


def _rounding(plan: Mapping[str, Any]) -> str:
    if plan["rounding_point"] == "line":
        return "the line is rounded, not the call"
    return f"{plan['rounding_method']} to {plan['rounding_decimals']} decimals"


def _unpriced(row: Any, *, priced: bool) -> str | None:
    if row["callee"] is None:
        return "bad_number"
    if row["plan_id"] is None:
        return "no_plan"
    return None if priced else "no_rate"
