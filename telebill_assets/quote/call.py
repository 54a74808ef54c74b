"""Published cases of calls: each becomes an account with a plan and a deck of its own, all priced at once."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from itertools import groupby
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import polars as pl
import pyarrow as pa

from telebill_assets.quote.case_tariff import CaseTerms, read_terms
from telebill_assets.quote.fields import Case, WrongCaseError, clock_time, decimal, wrong
from telebill_assets.rating.call.exact import plain_decimal
from telebill_assets.rating.call.explain_calls import Bought, Explanation, explain_calls
from telebill_assets.rating.tariff import Tariff

NUMBER = "+1"
DESTINATION = "any"
SINCE = date(1900, 1, 1)
LONGEST_S = 10**9
ANY_TIME = datetime(2020, 1, 1)  # noqa: DTZ001
AMOUNT = pa.decimal256(76, 38)
CALLS = {
    "account_id": pl.String(),
    "call_date": pl.Date(),
    "start_at": pl.Datetime("us", "UTC"),
    "direction": pl.String(),
    "caller": pl.String(),
    "callee": pl.String(),
    "talk_s": pl.Int64(),
    "jurisdiction": pl.String(),
}


def answer(cases: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Answer cases of calls with tariffs of their own; see docs/tariffs.md for their fields.

    Returns:
        {"id", "charge", "billed_s", "segments"}, or {"id", "error"} for a wrong case, in the order of the cases.
        Numbers are texts in plain decimal notation. All cases are priced at once, by the charging of price_calls.
    """
    answers: list[dict[str, Any]] = [{"id": case.get("id")} for case in cases]
    asked: dict[str, _Call] = {}
    for nr, case in enumerate(cases):
        try:
            asked[str(nr)] = _read(case)
        except WrongCaseError as error:
            answers[nr]["error"] = str(error)
    if asked:
        calls = pl.DataFrame([call.row(name) for name, call in asked.items()], CALLS, orient="row")
        for name, found in zip(asked, explain_calls(calls, _tariff(asked)), strict=True):
            answers[int(name)] |= asked[name].answer(found)
    return answers


class _Call:
    """A case that can be priced."""

    def __init__(self, terms: CaseTerms, start: datetime, zone: str, duration: Decimal) -> None:
        self.terms, self.start, self.zone, self.duration = terms, start, zone, duration

    def row(self, name: str) -> tuple[Any, ...]:
        """The call as a row of CALLS. A started second counts as a whole one, which no increment distinguishes."""
        start = self.start.replace(tzinfo=ZoneInfo(self.zone)).astimezone(UTC)
        return name, self.start.date(), start, "outbound", NUMBER, NUMBER, ceil(self.duration), "interstate"

    def answer(self, found: Explanation) -> dict[str, Any]:
        """What the explanation says, in the words of the case."""
        if self.duration == 0:
            return {"charge": "0", "billed_s": "0", "segments": []}
        if found.charge is None:
            return {"error": self._unrated(found)}
        return {
            "charge": found.charge if self.terms.rounds else found.exact_charge,
            "billed_s": str(found.billed_s),
            "segments": self._segments(found.pieces),
        }

    def _segments(self, pieces: Sequence[Bought]) -> list[list[str | None]]:
        """Real seconds by band; the last second may be a part of one."""
        segments: list[list[str | None]] = []
        for name, group in groupby(pieces, key=lambda piece: self.terms.name_of(piece.band)):
            listed = list(group)
            end = min(Decimal(listed[-1].until_s), self.duration)
            segments.append([name, plain_decimal(end - listed[0].from_s)])
        return segments

    def _unrated(self, found: Explanation) -> str:
        at = self.start + timedelta(seconds=found.unrated_s if self.terms.split else 0)
        if found.unrated_band is None:
            return f"bands leave a gap: no band holds at {at.isoformat(sep=' ')}"
        name = self.terms.name_of(found.unrated_band)
        return f"rates is missing, expected rates in band '{name}', or rates for all bands"


def _read(case: Case) -> _Call:
    terms = read_terms(case)
    duration = decimal(case, "duration_s", "duration_s")
    if duration is None or not 0 <= duration <= LONGEST_S:
        raise wrong("duration_s", case.get("duration_s"), f"seconds from 0 to {LONGEST_S}")
    zone = case.get("time_zone") or "UTC"
    if zone not in _known_zones():
        raise wrong("time_zone", zone, "an IANA time zone such as Europe/Berlin")
    return _Call(terms, _start(case, needed=case.get("bands") is not None), str(zone), duration)


@cache
def _known_zones() -> set[str]:
    return available_timezones()


def _start(case: Case, *, needed: bool) -> datetime:
    value = case.get("start")
    if value is None and not needed:
        return ANY_TIME
    try:
        return clock_time(value)
    except ValueError as error:
        expected = "a time from 1900 to 2199 in whole seconds, such as 2020-04-01T08:30:00"
        raise wrong("start", value, expected) from error


def _tariff(asked: Mapping[str, _Call]) -> Tariff:
    """One tariff of all cases: the account, the plan and the deck of a case have its name."""
    names = list(asked)
    terms = {name: call.terms for name, call in asked.items()}
    rates = [row for name in names for row in terms[name].rate_rows(name)]
    rates = [row | {"destination": DESTINATION, "valid_from": SINCE, "valid_to": None} for row in rates]
    bands = [row for name in names for row in terms[name].band_rows(name)]
    tables: dict[str, list[dict[str, Any]]] = {
        "accounts": [{"account_id": name, "time_zone": call.zone} for name, call in asked.items()],
        "plans": [terms[name].plan_row(name) for name in names],
        "plan_decks": [],
        "plan_bands": bands,
        "subscriptions": [{"account_id": n, "plan_id": n, "valid_from": SINCE, "valid_to": None} for n in names],
        "destinations": [
            {"prefix": NUMBER[1:], "destination": DESTINATION, "name": DESTINATION, "destination_group": DESTINATION}
        ],
        "rates": rates,
    }
    return Tariff.build({name: _table(rows) for name, rows in tables.items()})


def _table(rows: Sequence[dict[str, Any]]) -> pa.Table:
    """Rows as a table with room for amounts of any size."""
    columns = {name: [row[name] for row in rows] for name in (rows[0] if rows else ())}
    return pa.table({name: pa.array(values, _type_of(name, values)) for name, values in columns.items()})


def _type_of(name: str, values: Sequence[object]) -> pa.DataType | None:
    if name in {"valid_from", "valid_to"}:
        return pa.date32()
    return AMOUNT if any(isinstance(value, Decimal) for value in values) else None
