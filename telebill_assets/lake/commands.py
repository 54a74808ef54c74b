"""`telebill tables`: what is in the lake, who changed it when, and the way back."""

from datetime import timedelta
from typing import Annotated, Any
from uuid import uuid4

import typer
from rich.console import Console
from rich.table import Table

from telebill_assets.audit.masking import conceal, mask
from telebill_assets.lake.error import LakeError
from telebill_assets.lake.lake import Lake
from telebill_assets.lake.partition import Partition, as_text, from_text
from telebill_assets.settings import Settings
from telebill_assets.tables.registry import TABLES
from telebill_assets.tables.table import TableModel

NUMBERS = frozenset({"caller", "callee", "raw"})
NAMES = frozenset({"name", "attention", "street", "phone", "email", "iban", "vat_id", "tax_number", "clerk"})
PEOPLE_TABLES = frozenset({"accounts", "sellers"})

app = typer.Typer(help="Look at the lake's tables, and roll them back.", no_args_is_help=True)
TableName = Annotated[str, typer.Argument(help="Name of the table")]
PartitionOption = Annotated[
    list[str] | None, typer.Option("--partition", help="Such as landing_day=2020-04-01; may be repeated")
]


@app.command(name="list")
def list_tables() -> None:
    """All tables with their size."""
    shown = _table("table", "rows", "partitions", "files", "MB", "snapshots", "what")
    for info in Lake.open(Settings()).tables():
        sizes = (info.rows, info.partitions, info.files)
        megabytes = f"{info.bytes / 1e6:,.1f}"
        shown.add_row(info.name, *(f"{size:,}" for size in sizes), megabytes, f"{info.snapshots:,}", info.description)
    Console().print(shown)


@app.command()
def rows(
    table: TableName,
    partition: PartitionOption = None,
    limit: Annotated[int, typer.Option(min=1, help="Most rows to show")] = 20,
    as_of: Annotated[int | None, typer.Option(help="A snapshot: the rows as they were then")] = None,
    show_personal: Annotated[bool, typer.Option(help="Show numbers and names in full")] = False,  # noqa: FBT002
) -> None:
    """Rows of a table; numbers and names are masked."""
    model = _model(table)
    found = Lake.open(Settings()).scan_as_of(model, as_of, **_partition(model, partition)).head(limit).collect()
    shown = _table(*found.columns)
    for row in found.iter_rows(named=True):
        shown.add_row(*(_cell(table, name, value, personal=show_personal) for name, value in row.items()))
    Console(width=None if Console().is_terminal else 400).print(shown)


@app.command()
def snapshots(table: TableName) -> None:
    """All changes of a table, oldest first."""
    shown = _table("snapshot", "at (UTC)", "operation", "partition", "rows", "run", "code version", "released by")
    for change in Lake.open(Settings()).snapshots(_model(table)):
        partition = as_text(change.partition) or "whole table"
        stamp = f"{change.committed_at:%Y-%m-%d %H:%M:%S}"
        shown.add_row(
            *(str(change.id), stamp, change.operation, partition),
            *(f"{change.rows:,}", change.run_id, change.code_version, change.released),
        )
    Console(width=None if Console().is_terminal else 200).print(shown)


@app.command()
def rollback(
    table: TableName,
    snapshot: Annotated[int, typer.Argument(help="The snapshot to go back to")],
    partition: PartitionOption = None,
) -> None:
    """Make a partition what it was in an earlier snapshot, by a new one."""
    model, settings = _model(table), Settings()
    run_id = f"rollback-{uuid4()}"
    whole = _partition(model, partition)
    made = Lake.open(settings).rollback(model, snapshot, run_id, settings.code_version, **whole)
    Console().print(f"{table} {as_text(whole)} is what it was in {snapshot}; the new snapshot is {made}")


@app.command()
def vacuum(
    older_than_hours: Annotated[int, typer.Option(min=1, help="Younger files may belong to a running job")] = 24,
) -> None:
    """Delete files that no snapshot refers to."""
    deleted = Lake.open(Settings()).vacuum(older_than=timedelta(hours=older_than_hours))
    Console().print(f"{len(deleted):,} files deleted")


def _model(table: str) -> TableModel:
    if table not in TABLES:
        raise LakeError(f"there is no table {table}; expected one of {', '.join(TABLES)}")
    return TABLES[table]


def _partition(model: TableModel, texts: list[str] | None) -> Partition:
    try:
        return from_text(model, "&".join(texts or []))
    except (KeyError, ValueError):
        raise LakeError(f"{' '.join(texts or [])} names no partition, expected landing_day=2020-04-01") from None


def _table(*columns: str) -> Table:
    table = Table()
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _cell(table: str, column: str, value: Any, *, personal: bool) -> str:
    if value is None:
        return ""
    text = str(value)
    if personal:
        return text
    if table in PEOPLE_TABLES and column in NAMES:
        return conceal(text)
    return mask(text) if column in NUMBERS else text
