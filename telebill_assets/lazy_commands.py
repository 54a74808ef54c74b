"""Groups of commands whose modules are imported when one is asked for, so that none waits for another's imports."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup


def lazy_commands(places: Mapping[str, str]) -> type[TyperGroup]:
    """The class of a Typer application with these commands.

    Args:
        places: where each command, or group of commands, is by its name: a module of telebill_assets and the name of
            a function or Typer application there, as in `{"quote": "quote.commands:quote"}`.
    """

    class Commands(TyperGroup):
        def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002  Typer's signature
            return list(places)

        def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
            return _command(cmd_name, places[cmd_name]) if cmd_name in places else None

    return Commands


def _command(name: str, place: str) -> Any:
    module, _, attribute = place.partition(":")
    found = getattr(import_module(f"telebill_assets.{module}"), attribute)
    group = typer.Typer()
    if isinstance(found, typer.Typer):
        group.add_typer(found, name=name)
    else:
        group.command(name)(found)
    return typer.main.get_group(group).commands[name]
