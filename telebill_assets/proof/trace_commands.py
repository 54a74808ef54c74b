"""`telebill trace`."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from telebill_assets.database.migrate import migrate
from telebill_assets.database.server import database_url
from telebill_assets.errors import InvalidInputError, OperatorError
from telebill_assets.lake.lake import Lake
from telebill_assets.proof.trace_back import trace_invoice, trace_line
from telebill_assets.proof.trace_forward import trace_record
from telebill_assets.proof.trace_models import Foot, InvoiceTrace, LineTrace, Occurrence, RecordTrace
from telebill_assets.settings import Settings

WIDTH = 200
Shown = InvoiceTrace | LineTrace | RecordTrace


class DoesNotFootError(OperatorError):
    """Figures of an invoice or line are not the sums of what they stand for."""


def trace(
    invoice: Annotated[str | None, typer.Argument(help="Invoice number, such as NLT-2020-04-000001")] = None,
    line: Annotated[int | None, typer.Argument(min=1, help="Line of the invoice")] = None,
    record: Annotated[str | None, typer.Option(help="A record key, or FILE:LINE: go forward to its invoice")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Most aggregates and calls to list; all are summed")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON")] = False,  # noqa: FBT002
) -> None:
    """Go from an invoice line back to calls, files and lines; or from a record forward to its invoice."""
    if (invoice is None) == (record is None):
        raise InvalidInputError("trace needs an invoice number, or --record with a record key")
    settings = Settings()
    url = database_url(settings)
    migrate(url)
    found = _found(settings, url, invoice, line, record, limit=limit)
    if as_json:
        typer.echo(found.model_dump_json(indent=2))
    else:
        _show(Console(width=None if Console().is_terminal else WIDTH, highlight=False, markup=False), found)
    wrong = [] if isinstance(found, RecordTrace) else [foot for foot in found.feet if not foot.holds]
    if wrong:
        raise DoesNotFootError(
            "\n".join(f"{each.measure} is {each.line}, {each.of} are {each.summed}" for each in wrong)
        )


def _found(
    settings: Settings, url: str, invoice: str | None, line: int | None, record: str | None, *, limit: int
) -> Shown:
    if invoice and line is None:
        return trace_invoice(url, invoice)
    lake = Lake.open(settings)
    if invoice and line:
        return trace_line(lake, url, invoice, line, limit=limit)
    return trace_record(lake, url, str(record))


def _show(console: Console, found: Shown) -> None:
    if isinstance(found, RecordTrace):
        for occurrence in found.occurrences:
            _record(console, occurrence)
        return
    console.print(f"{found.invoice_number}, account {found.account_id}, {found.billing_month:%B %Y}, {found.currency}")
    if isinstance(found, InvoiceTrace):
        console.print(_table("Lines", [line.model_dump() for line in found.lines]))
    else:
        console.print(_facts("Invoice line", found.invoice_line.model_dump()))
        console.print(_facts("Charge line", found.charge_line))
        if found.correction:
            console.print(_facts("Corrects", found.correction))
        for title, rows in (("Taxes", found.taxes), ("Aggregates", found.aggregates)):
            if rows:
                console.print(_table(title, rows))
        if found.calls:
            console.print(_table("Calls", [call.model_dump() for call in found.calls]))
    console.print(_feet(found.feet))


def _record(console: Console, occurrence: Occurrence) -> None:
    facts = {name: value for name, value in occurrence.model_dump(exclude={"price"}).items() if value is not None}
    if occurrence.price:
        facts |= {f"price: {name}": value for name, value in occurrence.price.model_dump().items()}
    if occurrence.outcome == "validated" and occurrence.invoice_number is None:
        facts["invoice_number"] = "none yet"
    console.print(_facts(f"{occurrence.path}:{occurrence.line}", facts))


def _feet(feet: Iterable[Foot]) -> Table:
    rows = [
        {
            "figure": foot.measure,
            "here": foot.line,
            "below": foot.summed,
            "of": foot.of,
            "verdict": "foots" if foot.holds else "DIFFERS",
        }
        for foot in feet
    ]
    return _table("Footing", rows)


def _facts(title: str, facts: Mapping[str, Any]) -> Table:
    table = Table(title=title, title_justify="left", show_header=False)
    table.add_column()
    table.add_column(overflow="fold")
    for name, value in facts.items():
        table.add_row(name, _cell(value))
    return table


def _table(title: str, rows: list[dict[str, Any]]) -> Table:
    table = Table(title=title, title_justify="left")
    for name in rows[0] if rows else ():
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*(_cell(value) for value in row.values()))
    return table


def _cell(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return "" if value is None else str(value)
