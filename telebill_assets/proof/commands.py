"""`telebill reconcile`."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from telebill_assets.compute.days import month_of
from telebill_assets.database.migrate import migrate
from telebill_assets.database.server import database_url
from telebill_assets.errors import OperatorError
from telebill_assets.lake.lake import Lake
from telebill_assets.proof.reconcile import Proof, Reconciliation
from telebill_assets.proof.reconcile import reconcile as reconcile_month
from telebill_assets.proof.waterfall import Step
from telebill_assets.settings import Settings

WIDTH = 160


class DifferenceFoundError(OperatorError):
    """The month does not reconcile; the message names every difference that is shown."""


def reconcile(
    month: Annotated[str, typer.Argument(help="Billing month, such as 2020-04")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON")] = False,  # noqa: FBT002
) -> None:
    """Prove a month from files to payable: the waterfall, and every identity with its difference."""
    first, settings = month_of(month), Settings()
    url = database_url(settings)
    migrate(url)
    found = reconcile_month(Lake.open(settings), url, first)
    if as_json:
        typer.echo(found.model_dump_json(indent=2))
    else:
        _show(found)
    if not found.balanced:
        raise DifferenceFoundError("\n".join(found.failures))


def _show(found: Reconciliation) -> None:
    console = Console(width=None if Console().is_terminal else WIDTH, highlight=False)
    console.print(_steps(f"{found.month:%B %Y}: files", found.waterfall.files, "files"))
    console.print(_steps("Records", found.waterfall.records, "records", "talk_s", "billed_s"))
    for currency, steps in found.waterfall.money.items():
        console.print(_steps(f"Money, {currency}", steps, "lines", "amount"))
    console.print(_proofs(found.proofs))
    verdict = "Everything balances." if found.balanced else "The month does not balance."
    console.print(verdict)


def _steps(title: str, steps: list[Step], *columns: str) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column("step")
    for column in columns:
        table.add_column({"talk_s": "talk s", "billed_s": "billed s"}.get(column, column), justify="right")
    for step in steps:
        figures = step.model_dump()
        figures |= {"files": step.records, "lines": step.records}
        cells = [step.name if step.total else f"  {step.name}", *(_figure(figures[column]) for column in columns)]
        table.add_row(*cells, style="bold" if step.total else None)
    return table


def _figure(value: object) -> str:
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int) else f"{value:,.4f}"


def _proofs(proofs: list[Proof]) -> Table:
    table = Table(title="Identities", title_justify="left")
    for column in ("stage", "identity", "what must hold", "differences"):
        table.add_column(column, overflow="fold")
    for proof in proofs:
        shown = "[green]0[/]" if proof.holds else f"[red]{proof.differing:,}[/]"
        table.add_row(proof.stage, proof.name, proof.figure or proof.meaning, shown)
    return table
