"""`telebill rerate`: price days again, see what changes, and publish it with a name and a reason."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from telebill_assets.errors import InvalidInputError
from telebill_assets.lake.lake import Lake
from telebill_assets.rerating.approve import approve as approve_proposal
from telebill_assets.rerating.approve import require_reason, stale_months
from telebill_assets.rerating.proposal import all_proposals, find
from telebill_assets.rerating.scope import Scope
from telebill_assets.rerating.show import show as show_proposal
from telebill_assets.settings import Settings
from telebill_assets.spark.distribute import Cluster

app = typer.Typer(invoke_without_command=True, help="Price days again, see what changes, and publish it on approval.")
Limit = Annotated[int, typer.Option(min=1, help="Most rows to show, the largest differences first")]
Id = Annotated[str, typer.Argument(metavar="ID", help="Id of the re-rating")]
Reason = Annotated[str | None, typer.Option(help="Why; printed on adjustment lines of closed months")]


@app.callback()
def rerate(  # noqa: PLR0917
    context: typer.Context,
    days: Annotated[str | None, typer.Option(help="Landing days: 2020-04-01..2020-04-30, or one day")] = None,
    account: Annotated[str | None, typer.Option(help="Only this account")] = None,
    destination: Annotated[str | None, typer.Option(help="Only this destination")] = None,
    approve: Annotated[str | None, typer.Option(metavar="NAME", help="Publish at once; who approves it")] = None,
    reason: Reason = None,
    limit: Limit = 40,
) -> None:
    """Price days again with the published tariff and show what changes; publish it with --approve and --reason."""
    if context.invoked_subcommand:
        return
    if not days:
        raise InvalidInputError("--days is missing: expected 2020-04-01..2020-04-30, or one day")
    scope = Scope.parse(days, account, destination)
    if approve is not None or reason is not None:
        require_reason(approve, reason)
    from telebill_assets.rerating.propose import propose  # noqa: PLC0415  # pricing takes a second to import

    settings, console = Settings(), _console()
    with console.status("Pricing ...") as status:
        found = propose(settings, Cluster(settings), scope, lambda what: status.update(f"Pricing {what} ..."))
    show_proposal(console, Lake.open(settings), found, limit)
    if not found.details.parts:
        return
    if approve is None:
        console.print(f"Nothing is published yet: telebill rerate approve {found.proposal} --name NAME --reason TEXT")
    else:
        _publish(settings, console, found.proposal, approve, reason)


@app.command(name="list")
def list_all() -> None:
    """Every re-rating: its days, what became of it, who approved it and why."""
    shown = Table("id", "days", "account", "destination", "status", "approved by", "at (UTC)", "reason")
    for found in all_proposals(Lake.open(Settings())):
        stamp = f"{found.approved_at:%Y-%m-%d %H:%M}" if found.approved_at else ""
        shown.add_row(
            found.proposal,
            f"{found.first_day}..{found.last_day}",
            found.account_id or "all",
            found.destination or "all",
            found.status,
            found.approved_by or "",
            stamp,
            found.reason or "",
        )
    _console().print(shown)


@app.command()
def show(proposal: Id, limit: Limit = 40) -> None:
    """What a re-rating changes, before and after, by account and destination."""
    lake = Lake.open(Settings())
    show_proposal(_console(), lake, find(lake, proposal), limit)


@app.command()
def approve(
    proposal: Id,
    name: Annotated[str | None, typer.Option(help="Who approves it")] = None,
    reason: Reason = None,
) -> None:
    """Publish a re-rating exactly as it was shown; refused if what it was computed from has changed."""
    require_reason(name, reason)
    _publish(Settings(), _console(), proposal, name, reason)


def _publish(settings: Settings, console: Console, proposal: str, name: str | None, reason: str | None) -> None:
    from telebill_assets.operate import report_rerated  # noqa: PLC0415  # Dagster takes seconds to import

    found, reports = approve_proposal(settings, proposal, *require_reason(name, reason))
    report_rerated(settings, reports)
    console.print(f"Published {proposal}, approved by {found.approved_by}: {found.reason}")
    for month in stale_months(settings, found):
        console.print(
            f"{month:%Y-%m} was rated before: run rated_usage, taxed_charges and invoices of {month:%Y-%m} again."
        )


def _console() -> Console:
    return Console(width=None if Console().is_terminal else 200, highlight=False)
