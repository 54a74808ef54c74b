"""Calls to be quoted: brought into the form of validated_usage by the enrichment that records go through."""

import csv
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from telebill_assets.errors import InvalidInputError
from telebill_assets.mediation.enrich import enrich
from telebill_assets.mediation.service_map import Reference
from telebill_assets.quote.fields import clock_time
from telebill_assets.tables.raw_cdr import RawCdr
from telebill_assets.tables.reference.services import Services
from telebill_assets.tables.reference.sources import Sources
from telebill_assets.tables.table import from_rows
from telebill_assets.tables.validated_usage import DIRECTIONS, JURISDICTIONS, USAGE_TYPES

NEEDED = ("account", "to", "start", "seconds")
OPTIONAL = ("from", "direction", "usage_type", "units", "jurisdiction")
WORDS = {"direction": DIRECTIONS, "usage_type": USAGE_TYPES, "jurisdiction": JURISDICTIONS}
LONGEST_S = 10**9
MOST_UNITS = 10**6
EVER = datetime(1900, 1, 1).date()  # noqa: DTZ001


class WrongCallsError(InvalidInputError):
    """Calls that cannot be quoted; the message has a line for everything that is wrong."""


@dataclass(frozen=True)
class QuotedCall:
    """A call as it was asked for: `start` is an instant, numbers are as dialled."""

    place: str
    account: str
    caller: str | None
    callee: str
    start: datetime
    seconds: int
    direction: str
    usage_type: str
    units: int
    jurisdiction: str | None


def read_calls(path: Path, zones: Mapping[str, str]) -> list[QuotedCall]:
    """Read calls from a CSV file with the columns account, to, start, seconds and any of OPTIONAL.

    Args:
        path: the file.
        zones: time zone by account; `start` is a time in it unless it ends with Z or an offset.

    Raises:
        WrongCallsError: naming everything that is wrong with the file.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            header = list(reader.fieldnames or [])
            rows = [(f"{path.name}:{reader.line_num}", row) for row in reader]
    except (OSError, UnicodeDecodeError) as error:
        raise WrongCallsError(f"{path}: it cannot be read; expected a CSV file in UTF-8") from error
    missing = [name for name in NEEDED if name not in header]
    unknown = [name for name in header if name not in (*NEEDED, *OPTIONAL)]
    if missing or unknown:
        faults = [f"{path.name}:1: header has no column {name}" for name in missing]
        faults += [f"{path.name}:1: header has {name}, expected {', '.join((*NEEDED, *OPTIONAL))}" for name in unknown]
        raise WrongCallsError("\n".join(faults))
    return checked_calls(rows, zones)


def checked_calls(rows: Iterable[tuple[str, Mapping[str, Any]]], zones: Mapping[str, str]) -> list[QuotedCall]:
    """Check calls, each with the place it was written at.

    Raises:
        WrongCallsError: naming every field that is wrong.
    """
    calls: list[QuotedCall] = []
    faults: list[str] = []
    for place, row in rows:
        texts = {name: (row.get(name) or "").strip() for name in (*NEEDED, *OPTIONAL)}
        wrong = list(_wrong(texts, zones))
        faults += [f"{place}: {fault}" for fault in wrong]
        if not wrong:
            calls.append(_call(place, texts, zones))
    if faults:
        raise WrongCallsError("\n".join(faults))
    return calls


def _wrong(texts: Mapping[str, str], zones: Mapping[str, str]) -> Iterable[str]:
    if texts["account"] not in zones:
        yield f"account is '{texts['account']}', expected an account of accounts.csv"
    if not texts["to"]:
        yield "to is missing, expected the called number"
    try:
        clock_time(texts["start"])
    except ValueError:
        yield f"start is '{texts['start']}', expected a time in whole seconds such as 2020-04-01T08:30:00"
    for name, least, most in (("seconds", 0, LONGEST_S), ("units", 1, MOST_UNITS)):
        text = texts[name] or ("1" if name == "units" else "")
        if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
            yield f"{name} is '{texts[name]}', expected a whole number from {least} to {most}"
    for name, known in WORDS.items():
        if texts[name] and texts[name] not in known:
            yield f"{name} is '{texts[name]}', expected one of {', '.join(known)}"


def _call(place: str, texts: Mapping[str, str], zones: Mapping[str, str]) -> QuotedCall:
    return QuotedCall(
        place=place,
        account=texts["account"],
        caller=texts["from"] or None,
        callee=texts["to"],
        start=_instant(texts["start"], zones[texts["account"]]),
        seconds=int(texts["seconds"]),
        direction=texts["direction"] or "outbound",
        usage_type=texts["usage_type"] or "voice",
        units=int(texts["units"] or "1"),
        jurisdiction=texts["jurisdiction"] or None,
    )


def _instant(text: str, zone: str) -> datetime:
    """A time in the account's zone; with Z or an offset it is an instant already."""
    clock = clock_time(text)
    suffix = text[len("2020-04-01") :]
    if "Z" in suffix or "UTC" in suffix or "+" in suffix or "-" in suffix:
        return datetime.fromisoformat(text.strip().replace("UTC", "Z").replace(" Z", "Z")).astimezone(UTC)
    return clock.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def usage_of(calls: Sequence[QuotedCall], tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """The calls as rows of validated_usage, and their number as `line`, in their order.

    Numbers are dialled as at the first source of the account's country; without one, only numbers with a plus are
    known. callee is null where a number cannot be dialled.
    """
    countries = dict(tables["accounts"].select("account_id", "country").iter_rows())
    reference = Reference.build(
        _dialling({countries[call.account] for call in calls}, tables["sources"]),
        _service_keys({call.account: countries[call.account] for call in calls}),
        tables["accounts"],
    )
    raw = from_rows([_raw(line, call, countries[call.account]) for line, call in enumerate(calls)], RawCdr)
    given = pl.Series("given", [call.jurisdiction for call in calls], pl.String)
    return (
        enrich(raw, reference)
        .sort("line")
        .drop("caller", "callee")
        .rename({"caller_e164": "caller", "callee_e164": "callee"})
        .with_columns(pl.coalesce(given, "jurisdiction").alias("jurisdiction"))
    )


def _dialling(countries: Collection[str], sources: pl.DataFrame) -> pl.DataFrame:
    """A source for every country, named by it, where numbers are dialled as at the country's first one."""
    declared = {row["country"]: row for row in reversed(sources.to_dicts())}
    unknown = {"country_code": "0", "international_prefix": "+"}
    return from_rows([{**declared.get(name, unknown), "source": name} for name in sorted(countries)], Sources)


def _service_keys(countries: Mapping[str, str]) -> pl.DataFrame:
    """A service for every account, with the account as its key at the source of its country."""
    return from_rows(
        [
            {"source": country, "service_key": name, "account_id": name, "service_id": name, "valid_from": EVER}
            for name, country in sorted(countries.items())
        ],
        Services,
    )


def _raw(line: int, call: QuotedCall, source: str) -> dict[str, Any]:
    same = ("caller", "callee", "direction", "usage_type", "units")
    return {name: getattr(call, name) for name in same} | {
        "line": line,
        "source": source,
        "service_key": call.account,
        "call_id": str(line),
        "start_at": call.start,
        "answer_at": call.start,
        "talk_s": call.seconds,
    }
