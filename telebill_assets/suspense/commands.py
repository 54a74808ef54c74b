"""`telebill suspense`: what could not be billed, for how long, and trying it again."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.console import Console

from telebill_assets.compute.billed_months import billed_months
from telebill_assets.lake.lake import Lake
from telebill_assets.settings import Settings
from telebill_assets.suspense import output
from telebill_assets.suspense.export import export as write_export
from telebill_assets.suspense.query import Kind, grouped, open_suspense, rows, totals
from telebill_assets.suspense.retry import Retry, days_to_retry
from telebill_assets.suspense.selection import Selection, day_of, select

app = typer.Typer(help="Look at what could not be billed, and try it again.", no_args_is_help=True)

Reasons = Annotated[list[str] | None, typer.Option("--reason", help="Reason code; may be repeated")]
SourceNames = Annotated[list[str] | None, typer.Option("--source", help="Source; may be repeated")]
Days = Annotated[str | None, typer.Option(help="Landing days: 2020-04-03 or 2020-04-03..2020-04-09")]
Age = Annotated[str | None, typer.Option(help="Days since landing: 8..30, or 31.. for all older ones")]
AsOf = Annotated[str | None, typer.Option(help="Day from which ages count; default: today in the billing zone")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object")]


class By(StrEnum):
    """What suspense can be grouped by; the values are columns."""

    REASON = "reason"
    SOURCE = "source"
    DAY = "day"

    @property
    def column(self) -> str:
        return "landing_day" if self is By.DAY else self.value


@app.command(name="list")
def list_suspense(  # noqa: PLR0917
    by: Annotated[list[By] | None, typer.Option(help="Group by; may be repeated; default: reason")] = None,
    reason: Reasons = None,
    source: SourceNames = None,
    days: Days = None,
    age: Age = None,
    as_of: AsOf = None,
    as_json: Json = False,  # noqa: FBT002
) -> None:
    """Counts, talk seconds and ageing of suspended records and whole files."""
    settings = Settings()
    chosen = _selection(settings, as_of, reason, source, days, age)
    found = open_suspense(Lake.open(settings), chosen)
    columns = list(dict.fromkeys(name.column for name in by or [By.REASON]))
    groups = grouped(found, ["kind", *columns], chosen.today)
    sums = {f"{kind}s": totals([one for one in found if one.kind == kind], chosen.today) for kind in ("record", "file")}
    if as_json:
        output.as_json({"as_of": chosen.today, "by": columns, "rows": groups, **sums})
    else:
        output.counts_table(Console(), columns, groups, sums)


@app.command()
def show(  # noqa: PLR0917
    reason: Reasons = None,
    source: SourceNames = None,
    days: Days = None,
    age: Age = None,
    limit: Annotated[int, typer.Option(min=1, help="Most records, and most files, to show")] = 20,
    as_of: AsOf = None,
    as_json: Json = False,  # noqa: FBT002
) -> None:
    """Suspended records and files with reason, rule, field, what was expected, file and line; numbers are masked."""
    settings = Settings()
    lake, chosen = Lake.open(settings), _selection(settings, as_of, reason, source, days, age)
    records = _first(lake, chosen, "record", output.RECORD, limit)
    files = _first(lake, chosen, "file", output.FILE, limit)
    if as_json:
        output.as_json({"records": output.masked(records), "files": files})
    else:
        output.records_table(Console(), output.masked(records))
        output.files_table(Console(), files)


@app.command()
def export(  # noqa: PLR0917
    file: Annotated[Path, typer.Argument(help="File to write, .csv or .jsonl")],
    reason: Reasons = None,
    source: SourceNames = None,
    days: Days = None,
    age: Age = None,
    as_of: AsOf = None,
) -> None:
    """Write suspense to a file to work on. It holds original texts: only you may read it."""
    settings = Settings()
    count = write_export(Lake.open(settings), _selection(settings, as_of, reason, source, days, age), file)
    output.plain(Console(), f"{count:,} rows in {file}. It holds personal data, so only you may read it (mode 0600)")


@app.command()
def retry(  # noqa: PLR0917
    reason: Reasons = None,
    source: SourceNames = None,
    days: Days = None,
    age: Age = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say which days would be run, and stop")] = False,  # noqa: FBT002
    reference: Annotated[bool, typer.Option(help="Check and publish the reference files first")] = True,  # noqa: FBT002
    as_json: Json = False,  # noqa: FBT002
) -> None:
    """Run the open landing days of the suspense again, oldest first, and say what that cleared.

    Exit codes: 0 every day was run, 1 a run failed, 2 nothing was run.
    """
    settings, console = Settings(), Console()
    lake, chosen = Lake.open(settings), _selection(settings, None, reason, source, days, age)
    closed = billed_months(lake)
    again, waiting = days_to_retry(open_suspense(lake, chosen), closed)
    plan = {"days": again, "closed": {str(day): reasons for day, reasons in waiting.items()}, "dry_run": dry_run}
    if not as_json:
        output.days_to_run(console, again, waiting)
    if dry_run or not again:
        if as_json:
            output.as_json(plan | {"retried": []})
        return
    work = Retry(lake, _runner(settings, publish_reference=reference), closed)
    retried = []
    for done in work.days(again):
        retried.append(done)
        if not as_json:
            output.day_retried(console, done, follows=done.day in work.followers and done.day not in again)
    if as_json:
        output.as_json(plan | {"retried": retried})
    else:
        output.retry_table(console, retried)
    if any(done.failure for done in retried):
        raise typer.Exit(1)


def _selection(  # noqa: PLR0917
    settings: Settings,
    as_of: str | None,
    reasons: list[str] | None,
    sources: list[str] | None,
    days: str | None,
    age: str | None,
) -> Selection:
    today = day_of(as_of, "--as-of") if as_of else datetime.now(ZoneInfo(settings.billing_zone)).date()
    return select(today, reasons, sources, days, age)


def _first(lake: Lake, chosen: Selection, kind: Kind, columns: tuple[str, ...], limit: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for landed in rows(lake, chosen, kind, columns):
        found += landed.head(limit - len(found)).collect().to_dicts()
        if len(found) == limit:
            break
    return found


def _runner(settings: Settings, *, publish_reference: bool) -> Callable[[str], None]:
    """What runs a day; the reference files are checked before anything is run."""
    publish_reference = publish_reference and settings.reference_dir.is_dir()
    from telebill_assets.mediation.layouts import LAYOUTS  # noqa: PLC0415  # looking at suspense needs none of these
    from telebill_assets.operate import Operator  # noqa: PLC0415
    from telebill_assets.reference.load import load  # noqa: PLC0415

    if publish_reference:
        load(settings.reference_dir, LAYOUTS)
    operator = Operator(settings)
    if publish_reference:
        operator.publish_reference()
    return operator.run_day
