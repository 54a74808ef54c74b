"""`telebill reference`."""

from pathlib import Path
from typing import Annotated

import typer
from rich import print as show

from telebill_assets.mediation.layouts import LAYOUTS
from telebill_assets.reference.load import load
from telebill_assets.settings import Settings


def reference(
    folder: Annotated[Path | None, typer.Argument(help="Folder of the files; default: the configured one")] = None,
) -> None:
    """Check the reference files and say everything that is wrong with them."""
    found = load(folder or Settings().reference_dir, LAYOUTS)
    for name, table in found.tables.items():
        show(f"{name:<16} {table.height:>8,} rows")
    show(f"version {found.version}")
