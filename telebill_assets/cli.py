"""The `telebill` command."""

import sys

import typer
from pydantic import ValidationError
from rich.console import Console

from telebill_assets.errors import InvalidInputError, OperatorError
from telebill_assets.lazy_commands import lazy_commands
from telebill_assets.settings import Settings

COMMANDS = {
    "demo": "demo.commands:demo",
    "export": "finance.commands:export",
    "generate": "demo.commands:generate",
    "held": "compute.held_commands:app",
    "ingest": "ingestion.commands:ingest",
    "quote": "quote.commands:quote",
    "reconcile": "proof.commands:reconcile",
    "reference": "reference.commands:reference",
    "rerate": "rerating.commands:app",
    "sandbox": "taxation.commands:sandbox",
    "source": "mediation.commands:app",
    "suspense": "suspense.commands:app",
    "tables": "lake.commands:app",
    "tariff": "tariffs.commands:app",
    "trace": "proof.trace_commands:trace",
}
"""Where each command, or group of commands, is: a module of telebill_assets, and its name there."""


app = typer.Typer(
    cls=lazy_commands(COMMANDS),
    help="Turn telecom call records into correct, taxed, final invoices.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


@app.callback()
def _telebill() -> None:
    """All commands are looked up by name."""


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
    console = Console(stderr=True, soft_wrap=True, highlight=False, markup=False, emoji=False)
    for line in lines:
        console.print(line)
    sys.exit(code)
