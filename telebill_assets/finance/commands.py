"""`telebill export`."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from telebill_assets.compute.days import month_of
from telebill_assets.database.migrate import migrate
from telebill_assets.database.server import database_url
from telebill_assets.finance.export import Manifest
from telebill_assets.finance.export import export as export_month
from telebill_assets.finance.gl_accounts import read_account_map
from telebill_assets.settings import Settings


class Format(StrEnum):
    """Formats of an export."""

    PARQUET = "parquet"
    CSV = "csv"


def export(
    month: Annotated[str, typer.Argument(help="Billing month, such as 2020-04")],
    kind: Annotated[Format, typer.Option("--format", help="Format of the files")] = Format.PARQUET,
    into: Annotated[Path | None, typer.Option(help="Folder; default: <home>/export/<month>/<format>")] = None,
) -> None:
    """Write a month's final invoices, charges, taxes and journal for finance systems."""
    first, settings = month_of(month), Settings()
    accounts = read_account_map(settings.reference_dir)
    url = database_url(settings)
    migrate(url)
    folder = into or settings.export_dir / f"{first:%Y-%m}" / kind.value
    manifest = export_month(url, first, kind.value, folder, accounts)
    _show(manifest, folder)


def _show(manifest: Manifest, folder: Path) -> None:
    table = Table(title=f"{manifest.billing_month:%Y-%m}", title_justify="left")
    for column in ("file", "rows", "sums"):
        table.add_column(column, justify="right" if column == "rows" else "left")
    for file in manifest.files:
        sums = [
            f"{currency} " + ", ".join(f"{name} {amount}" for name, amount in amounts.items())
            for currency, amounts in file.sums.items()
        ]
        table.add_row(file.name, f"{file.rows:,}", "\n".join(sums))
    console = Console()
    console.print(table)
    console.print(f"{folder.absolute()}", soft_wrap=True)
