"""Published cases of allowances, answered by the function that a month's calls use allowances by."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pyspark.sql import SparkSession

from telebill_assets.quote.fields import WrongCaseError, clock_time, objects, one_of, wrong
from telebill_assets.quote.values import number, plain, required
from telebill_assets.rating.allowances import use_allowances

UNITS = "decimal(24,8)"
DIGITS, DECIMALS = 16, 8
EVENTS = f"owner string, nr int, service_id string, destination_group string, call_date timestamp_ntz, units {UNITS}"
ALLOWANCES = (
    f"owner string, grant int, turn int, units {UNITS}, per_service boolean, service string, "
    "destinations array<string>, since timestamp_ntz, until timestamp_ntz"
)
Row = tuple[Any, ...]


def answer(spark: SparkSession, cases: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Answer cases {"id", "allowances": [...], "events": [...]}; see docs/tariffs.md for their fields.

    Returns:
        {"id", "events": [{"id", "included", "over"}]} with the events in their order, or {"id", "error"} for a wrong
        case, in the order of the cases. All cases use their allowances in one job.
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
        spark.createDataFrame(events, EVENTS),
        spark.createDataFrame(allowances, ALLOWANCES),
        turns=range(max((row[2] + 1 for row in allowances), default=0)),
        order=["nr"],
    )
    for row in used.select("owner", "nr", "units", "over").collect():
        answers[int(row["owner"])]["events"][row["nr"]] |= {
            "included": plain(row["units"] - row["over"]),
            "over": plain(row["over"]),
        }
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
