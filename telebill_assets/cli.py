"""The `telebill` command."""

import sys

import typer
from pydantic import ValidationError
from rich.console import Console

from telebill_assets.compute.held_commands import app as held
from telebill_assets.demo.commands import demo, generate
from telebill_assets.errors import InvalidInputError, OperatorError
from telebill_assets.finance.commands import export
from telebill_assets.ingestion.commands import ingest
from telebill_assets.lake.commands import app as tables
from telebill_assets.mediation.commands import app as source
from telebill_assets.proof.commands import reconcile
from telebill_assets.proof.trace_commands import trace
from telebill_assets.quote.commands import quote
from telebill_assets.reference.commands import reference
from telebill_assets.rerating.commands import app as rerating
from telebill_assets.settings import Settings
from telebill_assets.suspense.commands import app as suspense
from telebill_assets.tariffs.commands import app as tariff
from telebill_assets.taxation.commands import sandbox

app = typer.Typer(
    help="Turn telecom call records into correct, taxed, final invoices.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(held, name="held")
app.add_typer(tables, name="tables")
app.add_typer(source, name="source")
app.add_typer(rerating, name="rerate")
app.add_typer(tariff, name="tariff")
app.add_typer(suspense, name="suspense")
app.command()(demo)
app.command()(export)
app.command()(generate)
app.command()(ingest)
app.command()(quote)
app.command()(reconcile)
app.command()(reference)
app.command()(sandbox)
app.command()(trace)


def main() -> None:
    """Run a command. What a person can mend is said in one line each, without a traceback.

    Exit codes: 0 done; 1 failed; 2 configuration or reference files are not valid, and nothing was run.
    """
    try:
        Settings()
        app()
    except ValidationError as error:
        _stop(
            InvalidInputError.exit_code,
            *(_setting(found["loc"], found["input"], found["msg"]) for found in error.errors()),
        )
    except OperatorError as error:
        _stop(error.exit_code, *str(error).splitlines())


def _setting(location: tuple[int | str, ...], value: object, expected: str) -> str:
    name = "TELEBILL_" + "_".join(map(str, location)).upper()
    secret = any(word in name for word in ("KEY", "URL"))
    return f"{name} is {'set' if secret else repr(value)}: {expected}"


def _stop(code: int, *lines: str) -> None:
    console = Console(stderr=True, soft_wrap=True, highlight=False, markup=False)
    for line in lines:
        console.print(line)
    sys.exit(code)
