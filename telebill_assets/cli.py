"""The `telebill` command."""

import typer

from telebill_assets.demo.commands import demo, generate
from telebill_assets.lake.commands import app as tables
from telebill_assets.taxation.commands import sandbox

app = typer.Typer(
    help="Turn telecom call records into correct, taxed, final invoices.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.add_typer(tables, name="tables")
app.command()(generate)
app.command()(demo)
app.command()(sandbox)
