"""What calls of accounts cost by the reference files, and how that comes about."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import polars as pl

from telebill_assets.quote.calls import QuotedCall, usage_of
from telebill_assets.quote.rate_lines import rate_lines
from telebill_assets.rating.call.explain_calls import Bought, Explanation, explain_calls
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


def quote_calls(calls: Sequence[QuotedCall], tables: Mapping[str, pl.DataFrame], rates: Path) -> list[Quote]:
    """Price calls as the daily aggregates would.

    Args:
        calls: the calls.
        tables: the reference tables by name.
        rates: rates.csv, of which the lines are named.

    Returns:
        A quote for every call, in their order.
    """
    usage, tariff = usage_of(calls, tables), Tariff.build(tables)
    found = explain_calls(usage, tariff)
    lines = _Lines(rates, found)
    plans = {plan["plan_id"]: plan for plan in tariff.plans}
    return [
        _quote(explained, callee, jurisdiction, plans.get(explained.plan_id), lines)
        for explained, callee, jurisdiction in zip(found, usage["callee"], usage["jurisdiction"], strict=True)
    ]


class _Lines:
    """Where the rates of explained calls stand in their file."""

    def __init__(self, rates: Path, found: Sequence[Explanation]) -> None:
        wanted = {piece.rate_id for each in found for piece in each.pieces} | {each.rate_id for each in found}
        self._file, self._lines = rates.name, rate_lines(rates, {rate for rate in wanted if rate})

    def of(self, rate_id: str | None, from_s: int = 0) -> str | None:
        return f"{self._file}:{self._lines[rate_id, from_s]} ({rate_id})" if rate_id else None


def _quote(
    found: Explanation, callee: str | None, jurisdiction: str | None, plan: Mapping[str, Any] | None, lines: _Lines
) -> Quote:
    priced = found.charge is not None
    bands = [found.band, *(piece.band for piece in found.pieces)]
    return Quote(
        unpriced=_unpriced(found, callee, priced=priced),
        plan=found.plan_id,
        currency=found.currency,
        jurisdiction=jurisdiction,
        prefix=found.prefix,
        destination=found.destination,
        rate_row=lines.of(found.rate_id),
        bands=list(dict.fromkeys(band for band in bands if band)),
        billed_s=found.billed_s if priced else None,
        exact_charge=found.exact_charge,
        charge=found.charge,
        rounding=_rounding(plan) if plan and priced else None,
        pieces=[_piece(piece, lines) for piece in found.pieces] if priced else [],
    )


def _piece(piece: Bought, lines: _Lines) -> dict[str, Any]:
    return {
        "from_s": piece.from_s,
        "until_s": piece.until_s,
        "billed": piece.billed_s,
        "band": piece.band,
        "from_group_s": piece.from_group_s,
        "rate_row": lines.of(piece.rate_id, piece.from_group_s),
    }


def _rounding(plan: Mapping[str, Any]) -> str:
    if plan["rounding_point"] == "line":
        return "the line is rounded, not the call"
    return f"{plan['rounding_method']} to {plan['rounding_decimals']} decimals"


def _unpriced(found: Explanation, callee: str | None, *, priced: bool) -> str | None:
    if callee is None:
        return "bad_number"
    if found.plan_id is None:
        return "no_plan"
    return None if priced else "no_rate"
