"""How suspense is shown: tables for people, JSON for programs. Numbers of subscribers are masked in both."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import typer
from rich.console import Console
from rich.table import Table

from telebill_assets.audit.ageing import AGES
from telebill_assets.audit.masking import mask
from telebill_assets.suspense.retry import DayRetried

RECORD = (
    *("landing_day", "reason", "rule", "field", "detail", "source", "path", "line", "record_key"),
    *("start_at", "talk_s", "account_id", "raw"),
)
FILE = ("landing_day", "status", "reason", "detail", "source", "path", "file_id", "bytes", "records")
WIDE = 200
"""Width of a table that goes into a file or a pipe."""


def as_json(content: Mapping[str, Any]) -> None:
    """Print one JSON object; dates in ISO 8601."""
    typer.echo(json.dumps(content, indent=2, default=_jsonable))


def plain(console: Console, text: str) -> None:
    """Print a line as it is."""
    console.print(text, soft_wrap=True, highlight=False, markup=False)


def masked(records: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Records whose original text shows numbers in part only."""
    return [record | {"raw": mask(record["raw"])} for record in records]


def counts_table(
    console: Console, by: Sequence[str], groups: Sequence[Mapping[str, Any]], sums: Mapping[str, Mapping[str, Any]]
) -> None:
    """Groups of suspense with their ages in days, then the sums."""
    table = Table("kind", *by)
    for heading in ("count", "talk seconds", "oldest", *(f"{age} d" for age in AGES)):
        table.add_column(heading, justify="right")
    for row in groups:
        table.add_row(row["kind"], *(str(row[name]) for name in by), *_figures(row))
    table.add_section()
    for name, row in sums.items():
        table.add_row(f"all {name}", *("" for _ in by), *_figures(row))
    _wide(console).print(table)


def records_table(console: Console, records: Sequence[Mapping[str, Any]]) -> None:
    """One row per record; `raw` is masked already."""
    table = Table("day", "reason", "rule", "field", "expected", "file:line", "record key", "start (UTC)", "s", "raw")
    for row in records:
        table.add_row(
            *(_cell(row[name]) for name in ("landing_day", "reason", "rule", "field", "detail")),
            f"{row['path']}:{row['line']}",
            *(_cell(row[name]) for name in ("record_key", "start_at", "talk_s", "raw")),
        )
    if records:
        _wide(console).print(table)
    else:
        plain(console, "no suspended record")


def files_table(console: Console, files: Sequence[Mapping[str, Any]]) -> None:
    """One row per suspended or held file."""
    table = Table("day", "status", "reason", "what was found", "file", "bytes")
    for row in files:
        table.add_row(*(_cell(row[name]) for name in ("landing_day", "status", "reason", "detail", "path", "bytes")))
    if files:
        _wide(console).print(table)


def days_to_run(console: Console, days: Sequence[date], closed: Mapping[date, Counter[str]]) -> None:
    """Which days are run again, and which are not because their month is billed."""
    plain(console, f"{len(days):,} landing days to run again{': ' if days else ''}{', '.join(map(str, days))}")
    for day, reasons in closed.items():
        plain(console, f"  not {day}: its month is closed; {_listed(reasons)} wait to be billed as adjustments")


def day_retried(console: Console, done: DayRetried, *, follows: bool) -> None:
    """One line per day as soon as it is done."""
    outcome = f"failed: {done.failure}" if done.failure else f"{done.cleared.total():,} cleared"
    why = " (holds copies of calls that an earlier day has cleared)" if follows else ""
    plain(console, f"  {done.day}{why}: {outcome}, {done.after.total():,} suspended")


def retry_table(console: Console, retried: Sequence[DayRetried]) -> None:
    """A table of what a retry did: suspended records before and after by reason, summed over the days."""
    table = Table("reason")
    for heading in ("before", "cleared", "suspended now"):
        table.add_column(heading, justify="right")
    columns = [sum((part(done) for done in retried), start=Counter()) for part in (_before, _cleared, _after)]
    for reason in sorted(set().union(*columns)):
        table.add_row(reason, *(f"{column[reason]:,}" for column in columns))
    table.add_section()
    table.add_row("all", *(f"{column.total():,}" for column in columns))
    console.print(table)


def _before(done: DayRetried) -> Counter[str]:
    return done.before


def _cleared(done: DayRetried) -> Counter[str]:
    return done.cleared


def _after(done: DayRetried) -> Counter[str]:
    return done.after


def _figures(row: Mapping[str, Any]) -> list[str]:
    ages = [f"{row['ages'][age]:,}" for age in AGES]
    return [f"{row['count']:,}", f"{row['talk_s']:,}", _cell(row["oldest"]), *ages]


def _listed(reasons: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {reason}" for reason, count in sorted(reasons.items()))


def _cell(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    return "" if value is None else str(value)


def _wide(console: Console) -> Console:
    return console if console.is_terminal else Console(width=WIDE)


def _jsonable(value: Any) -> Any:
    return vars(value) if isinstance(value, DayRetried) else value.isoformat()
