"""Published cases of allowances, answered by the function that a month's calls use allowances by."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import polars as pl

from telebill_assets.quote.fields import WrongCaseError, clock_time, objects, one_of, wrong
from telebill_assets.quote.values import number, plain, required
from telebill_assets.rating.month.allowances import use_allowances

DIGITS, DECIMALS = 16, 8
UNITS = pl.Decimal(DIGITS + DECIMALS, DECIMALS)
EVENTS = {
    "owner": pl.String(),
    "nr": pl.Int64(),
    "service_id": pl.String(),
    "destination_group": pl.String(),
    "call_date": pl.Datetime("us"),
    "units": UNITS,
}
ALLOWANCES = {
    "owner": pl.String(),
    "grant": pl.Int64(),
    "turn": pl.Int64(),
    "units": UNITS,
    "per_service": pl.Boolean(),
    "service": pl.String(),
    "destinations": pl.List(pl.String()),
    "since": pl.Datetime("us"),
    "until": pl.Datetime("us"),
}
Row = tuple[Any, ...]


def answer(cases: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Answer cases {"id", "allowances": [...], "events": [...]}; see docs/tariffs.md for their fields.

    Returns:
        {"id", "events": [{"id", "included", "over"}]} with the events in their order, or {"id", "error"} for a wrong
        case, in the order of the cases. All cases use their allowances at once.
    """
    allowances: list[Row] = []
    events: list[Row] = []
    answers: list[dict[str, Any]] = []
    for nr, case in enumerate(cases):
        answers.append({"id": case.get("id")})
        try:
            offered, wanted = _allowances(str(nr), case), _events(str(nr), case)
        except WrongCaseError as error:
            answers[nr]["error"] = str(error)
        else:
            allowances += offered
            events += wanted
            answers[nr]["events"] = [{"id": event.get("id")} for event in case.get("events") or ()]
    used = use_allowances(
        pl.DataFrame(events, EVENTS, orient="row"), pl.DataFrame(allowances, ALLOWANCES, orient="row")
    )
    for owner, nr, units, over in used.events.select("owner", "nr", "units", "over").iter_rows():
        answers[int(owner)]["events"][nr] |= {"included": plain(units - over), "over": plain(over)}
    return answers


def _allowances(owner: str, case: Mapping[str, Any]) -> list[Row]:
    return [
        (
            owner,
            turn,
            turn,
            required(number(item, "units", DIGITS, DECIMALS), "units"),
            one_of(item, "scope", ("account", "service"), "account") == "service",
            None,
            _destinations(item),
            _moment(item, "from"),
            _moment(item, "to"),
        )
        for turn, item in enumerate(objects(case, "allowances", "allowances") or ())
    ]


def _events(owner: str, case: Mapping[str, Any]) -> list[Row]:
    return [
        (
            owner,
            nr,
            str(event.get("service")),
            str(event.get("destination")),
            _moment(event, "date"),
            required(number(event, "units", DIGITS, DECIMALS), "units"),
        )
        for nr, event in enumerate(objects(case, "events", "events") or ())
    ]


def _destinations(item: Mapping[str, Any]) -> list[str] | None:
    value = item.get("destinations")
    if value is None:
        return None
    if not isinstance(value, list | tuple):
        raise wrong("destinations", value, "a list, or null for all")
    return [str(name) for name in value]


def _moment(item: Mapping[str, Any], field: str) -> datetime | None:
    """A day, which begins at midnight, or a moment of it."""
    value = item.get(field)
    if value is None:
        return None
    try:
        return clock_time(value)
    except ValueError:
        raise wrong(field, value, "a date such as 2020-04-01") from None
