"""`telebill ingest`."""

import time
from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from telebill_assets.compute.billed_months import billed_months
from telebill_assets.errors import InvalidInputError, OperatorError
from telebill_assets.ingestion.ingest import PARALLEL, Ingestion, Result, landed_names
from telebill_assets.ingestion.missing_files import missing_files
from telebill_assets.ingestion.plan import Place, Plan, plan
from telebill_assets.ingestion.summary import Summary, show, summarise
from telebill_assets.lake.lake import Lake
from telebill_assets.reference.known_sources import known_sources
from telebill_assets.settings import Settings
from telebill_assets.tables.file_register import FileRegister


def ingest(  # noqa: PLR0917
    origin: Annotated[str, typer.Argument(metavar="DIR|FILE|URI", help="The sender's files, such as s3://bucket/out")],
    source: Annotated[str, typer.Option(help="Source they come from; a row of sources.csv")],
    day: Annotated[str | None, typer.Option(help="Landing day; default: today in the billing zone")] = None,
    zone: Annotated[str | None, typer.Option(help="Landing zone; default: the configured one")] = None,
    parallel: Annotated[int, typer.Option(min=1, max=128, help="Files copied at the same time")] = PARALLEL,
    force: Annotated[bool, typer.Option("--force", help="Ingest into a day of a closed month")] = False,  # noqa: FBT002
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as one JSON object")] = False,  # noqa: FBT002
) -> None:
    """Copy a sender's files into the landing zone, verified, in parallel; run it again to go on after a break.

    Exit codes: 0 every file is there, 1 some were held or failed, 2 nothing was done.
    """
    settings = Settings()
    landing_day = _landing_day(day, settings)
    lake = Lake.open(settings)
    _require_source(source, settings, lake)
    _require_open(landing_day, lake, force=force)
    landing = zone or settings.landing_zone
    planned = plan(origin, landing, source, landing_day)
    begin = time.monotonic()
    try:
        results = _carried_out(planned, parallel)
        missing = missing_files(Place.of(landing).under(source), landing_day)
    except OSError as error:
        raise OperatorError(f"{planned.target.address} cannot be used: {error}") from None
    seconds = time.monotonic() - begin
    notes = _notes(landing_day, lake, results)
    summary = summarise(planned, source, landing_day, results, missing.items(), seconds, notes)
    _report(summary, as_json=as_json)
    if not summary.complete:
        raise typer.Exit(1)


def _landing_day(text: str | None, settings: Settings) -> date:
    today = datetime.now(ZoneInfo(settings.billing_zone)).date()
    if text is None:
        return today
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise InvalidInputError(f"--day {text} is no date such as {today}") from None
    if day > today:
        raise InvalidInputError(f"--day {text} is in the future: today is {today} in {settings.billing_zone}")
    if day < settings.first_day:
        raise InvalidInputError(f"--day {text} is before the first landing day {settings.first_day}")
    return day


def _require_source(source: str, settings: Settings, lake: Lake) -> None:
    known = known_sources(settings.reference_dir, lake)
    if source not in known:
        listed = ", ".join(known) or "none: there is no sources.csv"
        raise InvalidInputError(f"--source {source} is unknown; known are {listed}")


def _require_open(day: date, lake: Lake, *, force: bool) -> None:
    if not force and day.replace(day=1) in billed_months(lake):
        raise InvalidInputError(
            f"{day} lies in a month that is closed: calls that land there now are on no invoice until "
            "`telebill rerate` bills them with the next open month. Ingest into today, or add --force"
        )


def _carried_out(planned: Plan, parallel: int) -> list[Result]:
    console = Console(stderr=True)
    columns = (TextColumn("Ingesting"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    results = []
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("files", total=len(planned.incoming))
        for result in Ingestion(planned, parallel).results():
            results.append(result)
            bar.advance(task)
    return list(_confirmed(results, landed_names(planned.target)))


def _confirmed(results: Iterable[Result], there: dict[str, int]) -> Iterable[Result]:
    """The results, where what was copied is still there when all is done."""
    for result in results:
        gone = result.outcome == "copied" and there.get(result.file.name) != result.file.size
        yield Result(result.file, "failed", "copied, but not there any more") if gone else result


def _notes(day: date, lake: Lake, results: list[Result]) -> list[str]:
    copied = any(result.outcome == "copied" for result in results)
    published = {partition["landing_day"] for partition in lake.published_partitions(FileRegister)}
    notes = [] if results else ["there was no file to ingest"]
    if copied and day in published:
        notes.append(f"{day} was landed before: run the day again to take the new files in")
    return notes


def _report(summary: Summary, *, as_json: bool) -> None:
    if as_json:
        typer.echo(summary.model_dump_json(indent=2))
    else:
        show(summary, Console(soft_wrap=True, highlight=False, markup=False))
