"""`telebill source check` and `telebill source guess`."""

import json
import sys
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.table import Table

from telebill_assets.errors import InvalidInputError
from telebill_assets.mediation.check import CdrContent, FileCheck, check_files
from telebill_assets.mediation.guess import guess_layout
from telebill_assets.mediation.layouts import LAYOUTS
from telebill_assets.mediation.source import Source, sources_of
from telebill_assets.reference.texts import TextRow, read_csv
from telebill_assets.settings import Settings
from telebill_assets.tables.reference.sources import Sources

app = typer.Typer(help="See how the files of a source are read.", no_args_is_help=True)

FileArgument = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="A CDR file")]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object on standard output")]


@app.command()
def check(
    file: FileArgument,
    source: Annotated[
        str | None, typer.Option(help="A source of sources.csv, or a layout; default: the guessed layout")
    ] = None,
    day: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Landing day; default: today")] = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Show how a file would be read: its layout, its first rows, and the fate of every row. Nothing is written.

    Rows are judged by what they say themselves; accounts, numbers and other files are not looked at. Always
    rows = calls + non_billable + duplicates + suspended.
    """
    settings = Settings()
    landing_day = day.date() if day else _today(settings)
    content = CdrContent(file.name, file.read_bytes())
    (found,) = check_files([content], _source(source, settings), day=landing_day, max_call_s=settings.max_call_s)
    if as_json:
        sys.stdout.write(json.dumps(_as_object(found), default=str) + "\n")
    else:
        _show(found)


@app.command()
def guess(file: FileArgument, *, as_json: JsonOption = False) -> None:
    """Propose the layout that a file is of."""
    found = guess_layout(file.read_bytes(), file.name)
    if as_json:
        sys.stdout.write(json.dumps({"layout": found.layout, "title": found.title, "reason": found.reason}) + "\n")
    else:
        Console().print(f"{found.layout}: {found.title}" if found.layout else f"no known layout: {found.reason}")
    if found.layout is None:
        raise typer.Exit(1)


def _today(settings: Settings) -> date:
    return datetime.now(ZoneInfo(settings.billing_zone)).date()


def _source(name: str | None, settings: Settings) -> Source:
    """The source to read by: of sources.csv, else a layout by its name in UTC, else any layout."""
    if name is None:
        return Source(tuple(LAYOUTS), "UTC")
    if name in LAYOUTS:
        return Source((name,), "UTC")
    known = {row.cells["source"]: row.cells for row in _declared(settings.reference_dir / "sources.csv")}
    if name not in known:
        expected = ", ".join([*known, *LAYOUTS])
        raise InvalidInputError(f"--source is '{name}', expected a source of sources.csv or a layout: {expected}")
    cells = known[name]
    wrong = [layout for layout in cells["layout"].split() if layout not in LAYOUTS]
    if wrong:
        raise InvalidInputError(f"sources.csv: layout of {name} is '{wrong[0]}', expected one of {', '.join(LAYOUTS)}")
    return sources_of([cells])[name]


def _declared(path: Path) -> list[TextRow]:
    return read_csv(path, Sources)[0].rows() if path.is_file() else []


def _as_object(found: FileCheck) -> dict[str, object]:
    """Without `detail`: the names are a documented interface."""
    return {name: value for name, value in asdict(found).items() if name != "detail"}


def _show(found: FileCheck) -> None:
    console = Console(soft_wrap=True, highlight=False)
    console.print(f"layout   {found.layout or 'unknown'}")
    console.print(f"status   {found.status}" + (f" ({found.reason}: {found.detail})" if found.reason else ""))
    for name in ("rows", "calls", "billable_seconds", "non_billable", "duplicates"):
        console.print(f"{name.replace('_', ' '):<17} {getattr(found, name):>12,}")
    for reason, count in found.suspended.items():
        console.print(f"suspended {reason:<20} {count:>9,}")
    if found.first:
        console.print(_first_rows(found))


def _first_rows(found: FileCheck) -> Table:
    table = Table("line", "outcome", "from and to", "start (UTC)", "talk s", "why", box=None)
    for row in found.first:
        ends = f"{row['caller'] or 'withheld'} > {row['callee'] or ''}"
        why = " ".join(str(row[name]) for name in ("reason", "field", "detail") if row[name])
        cells = (row["line"], row["outcome"], ends, row["start_at"], row["talk_s"])
        table.add_row(*("" if cell is None else str(cell) for cell in cells), why or f"{row['disposition']}")
    return table
