"""`telebill held`: look at what the audit held back, and decide about it."""

from datetime import date, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from telebill_assets.audit.check import CheckResult
from telebill_assets.compute.differences import differences
from telebill_assets.compute.holds import Hold, find_hold, holds, obstacles
from telebill_assets.errors import InvalidInputError
from telebill_assets.lake.lake import Lake
from telebill_assets.settings import Settings
from telebill_assets.tables.held_partitions import HELD

WIDTH_OF_FILES = 200

app = typer.Typer(help="Partitions that the audit held back: look, release, discard.", no_args_is_help=True)
Asset = Annotated[str, typer.Argument(help="Name of the asset, such as raw_cdr")]
Partition = Annotated[str, typer.Argument(help="Landing day such as 2020-04-03, or month such as 2020-04")]
By = Annotated[str, typer.Option(help="Who decides: your name, kept with the decision")]
Reason = Annotated[str, typer.Option(help="Why; kept with the decision")]


@app.command(name="list")
def list_held(
    decided: Annotated[bool, typer.Option("--all", help="Also what was released, discarded or superseded")] = False,  # noqa: FBT002
) -> None:
    """Partitions that wait for a decision, oldest first."""
    found = [each for each in holds(Lake.open(Settings())) if decided or each.status == HELD]
    if not found:
        _console().print("Nothing is held.")
        return
    shown = _table("asset", "partition", "status", "held at (UTC)", "failed checks", "decided")
    for each in found:
        shown.add_row(
            *(each.asset, each.period.isoformat(), each.status, _stamp(each.held_at)),
            *(", ".join(check.name for check in _failed(each)), _decision(each)),
        )
    _console().print(shown)


@app.command()
def show(asset: Asset, partition: Partition) -> None:
    """Why a partition is held: failed checks, figures, samples, and what a release would change."""
    lake, console = Lake.open(Settings()), _console()
    found = find_hold(lake, asset, period_of(partition))
    console.print(f"{asset} {found.period}: {found.status} since {_stamp(found.held_at)} UTC, run {found.run}")
    if found.decided_by:
        console.print(_decision(found))
    console.print(_checks(found))
    if found.status == HELD:
        console.print(_tables(lake, found))
        why = obstacles(lake, found)
        console.print("\n".join(f"Cannot be released: {each}." for each in why) or "It can be released or discarded.")


@app.command()
def release(asset: Asset, partition: Partition, by: By, reason: Reason) -> None:
    """Publish exactly the files that were audited; who and why is kept, and shown in Dagster."""
    from telebill_assets.operate import release_held  # noqa: PLC0415  # Dagster takes seconds to import

    report = release_held(Settings(), asset, period_of(partition), by=by, reason=reason)
    snapshots = ", ".join(f"{table.table} snapshot {table.snapshot_id}" for table in report.tables)
    _console().print(f"{asset} {report.partition} is released by {by.strip()}: {snapshots}")
    _console().print("What depends on it has not run; materialise it in Dagster.")


@app.command()
def discard(asset: Asset, partition: Partition, by: By, reason: Reason) -> None:
    """Delete the held files; what was published before stays, and the decision is kept."""
    from telebill_assets.operate import discard_held  # noqa: PLC0415

    found = discard_held(Settings(), asset, period_of(partition), by=by, reason=reason)
    files = sum(len(table.files) for table in found.evidence.tables)
    _console().print(f"{asset} {found.period} is discarded by {by.strip()}: {files:,} files deleted")


def period_of(text: str) -> date:
    """The day, or the first day of the month, that a partition is named by.

    Raises:
        InvalidInputError: the text is neither.
    """
    try:
        return date.fromisoformat(text if text.count("-") == 2 else f"{text}-01")
    except ValueError:
        raise InvalidInputError(f"{text!r} is no partition, expected a day such as 2020-04-03 or a month") from None


def _checks(found: Hold) -> Table:
    shown = _table("failed check", "what it proves", "figure", "threshold", "failures", "samples (masked)")
    for check in _failed(found):
        failures = "\n".join(f"{rule}: {count:,}" for rule, count in sorted(check.failures.items()))
        shown.add_row(
            *(check.name, check.description, check.figure, check.threshold or "no difference"),
            *(failures, "\n".join(check.samples)),
        )
    return shown


def _tables(lake: Lake, found: Hold) -> Table:
    shown = _table("table", "partition", "measure", "held", "published", "difference")
    for table in found.evidence.tables:
        for line in differences(lake, table):
            shown.add_row(table.table, table.partition, line.measure, line.held, line.published, line.difference)
    return shown


def _failed(found: Hold) -> list[CheckResult]:
    return [check for check in found.evidence.report.checks if check.blocking and not check.passed]


def _decision(found: Hold) -> str:
    if not (found.decided_by and found.decided_at):
        return ""
    return f"{found.status} by {found.decided_by} at {_stamp(found.decided_at)} UTC: {found.decision_reason}"


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def _table(*columns: str) -> Table:
    table = Table()
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _console() -> Console:
    return Console(width=None if Console().is_terminal else WIDTH_OF_FILES)
