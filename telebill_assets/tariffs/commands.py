"""`telebill tariff`: check the tariff's files, import carriers' rate decks, and compare before a price goes live."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from telebill_assets.errors import InvalidInputError
from telebill_assets.lazy_commands import lazy_commands
from telebill_assets.mediation.layouts import LAYOUTS
from telebill_assets.reference.findings import Finding, InvalidReferenceError
from telebill_assets.reference.load import examine, usable
from telebill_assets.settings import Settings
from telebill_assets.tables.registry import REFERENCE_TABLES
from telebill_assets.tables.table import table_name
from telebill_assets.tariffs.json_output import print_json
from telebill_assets.tariffs.json_schema import json_schema

COMMANDS = {
    "check": "tariffs.commands:check",
    "diff": "tariffs.diff_command:diff",
    "import": "tariffs.import_command:import_",
    "schema": "tariffs.commands:schema",
}

app = typer.Typer(
    cls=lazy_commands(COMMANDS),
    help="Check tariffs, import rate decks, and compare before a price goes live.",
    no_args_is_help=True,
)


@app.callback()
def _tariff() -> None:
    """All commands are looked up by name."""


AsJson = Annotated[bool, typer.Option("--json", help="JSON on standard output")]


def check(
    folder: Annotated[Path | None, typer.Argument(help="Folder of the files; default: the configured one")] = None,
    *,
    strict: Annotated[bool, typer.Option(help="Warnings are errors")] = False,
    as_json: AsJson = False,
) -> None:
    """Check the tariff's files as a whole: every error and warning with file, line and field."""
    examined_folder = folder or Settings().reference_dir
    found = examine(examined_folder, LAYOUTS)
    if as_json:
        errors, warnings = _as_json(found.errors), _as_json(found.warnings)
        valid = not (errors or (strict and warnings))
        print_json({"valid": valid, "errors": errors, "warnings": warnings} | _sizes(found.tables))
        sys.exit(0 if valid else InvalidInputError.exit_code)
    plain = Console(stderr=True, soft_wrap=True, highlight=False, markup=False, emoji=False)
    for warning in found.warnings:
        plain.print(f"warning: {warning}")
    if found.errors:
        raise InvalidReferenceError(found.errors)
    if strict and found.warnings:
        raise InvalidInputError(f"{len(found.warnings):,} warnings, and --strict")
    show = Console(highlight=False)
    for name, rows in _sizes(found.tables)["rows"].items():
        show.print(f"{name:<16} {rows:>9,} rows")
    show.print(f"version {usable(found, examined_folder).version}, {len(found.warnings):,} warnings")


def schema(
    table: Annotated[str | None, typer.Argument(help="Reference table, such as rates; default: all of them")] = None,
) -> None:
    """Print the rules of the reference tables as JSON Schema."""
    models = {table_name(model): model for model in REFERENCE_TABLES}
    if table is not None and table not in models:
        raise InvalidInputError(f"there is no reference table {table}; expected one of {', '.join(models)}")
    if table is not None:
        print_json(json_schema(models[table]))
    else:
        print_json({name: json_schema(model) for name, model in models.items()})


def _sizes(tables: Any) -> dict[str, Any]:
    return {"rows": {name: len(rows) for name, rows in tables.items()}}


def _as_json(findings: list[Finding]) -> list[dict[str, Any]]:
    return [asdict(finding) | {"value": finding.shown_value, "message": str(finding)} for finding in findings]
