"""`telebill tariff import`."""

import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from telebill_assets.mediation.layouts import LAYOUTS
from telebill_assets.settings import Settings
from telebill_assets.tariffs.deck_import import Choices, Imported, import_deck, propose, write
from telebill_assets.tariffs.json_output import print_json
from telebill_assets.tariffs.layout import FIELDS, layout_of

MAPPED = "Which column is what, such as prefix=Code or rate='Rate/min'; may be repeated. Fields: " + ", ".join(FIELDS)


def import_(
    deck_file: Annotated[Path, typer.Argument(help="The carrier's rate deck, a CSV file")],
    *,
    deck: Annotated[str | None, typer.Option(help="Name of the rate deck in rates.csv; default: of the file")] = None,
    into: Annotated[Path | None, typer.Option(help="Reference folder; default: the configured one")] = None,
    columns: Annotated[list[str] | None, typer.Option("--map", help=MAPPED)] = None,
    mapping: Annotated[Path | None, typer.Option(help="YAML file with these options; the command line wins")] = None,
    effective: Annotated[str | None, typer.Option(help="First day, where the deck has none: 2020-05-01")] = None,
    interval: Annotated[str | None, typer.Option(help="Increments, where the deck has none: 60/6")] = None,
    per: Annotated[str | None, typer.Option(help="Unit of the prices: minute (default), second, or seconds")] = None,
    decimal: Annotated[str | None, typer.Option(help="Decimal mark, . or ,")] = None,
    thousands: Annotated[str | None, typer.Option(help="Separator of thousands; default: none is taken")] = None,
    dates: Annotated[str | None, typer.Option(help="How dates are written, such as DD.MM.YYYY")] = None,
    country_code: Annotated[str | None, typer.Option(help="Before every dial code, such as 1 for NPANXX")] = None,
    country: Annotated[str | None, typer.Option(help="ISO country of new destinations; default: by prefix")] = None,
    group: Annotated[str | None, typer.Option(help="Destination group of new destinations")] = None,
    direction: Annotated[str | None, typer.Option(help="Direction of the calls; default: *")] = None,
    ranges: Annotated[bool | None, typer.Option(help="Whether 4420-4425 is a range; default: yes")] = None,
    header_line: Annotated[int | None, typer.Option(help="Line of the header; default: found by the columns")] = None,
    delimiter: Annotated[str | None, typer.Option(help="Default: found by the columns")] = None,
    encoding: Annotated[str | None, typer.Option(help="Character encoding; default: UTF-8")] = None,
    complete: Annotated[bool, typer.Option(help="Close rates of destinations that the deck no longer has")] = False,
    replace: Annotated[bool, typer.Option(help="Replace prices that begin on the same day")] = False,
    split: Annotated[bool, typer.Option(help="Split destinations whose prefixes differ in price")] = False,
    carry_over: Annotated[
        bool | None,
        typer.Option(help="New destinations keep the prices that their calls have today; default: yes, if few"),
    ] = None,
    proposal: Annotated[Path | None, typer.Option(help="New folder for the result; default: proposal-<deck>")] = None,
    write_: Annotated[bool, typer.Option("--write", help="Change the reference folder itself")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="JSON on standard output")] = False,
) -> None:
    """Turn a carrier's rate deck into rows of destinations.csv and rates.csv.

    Without --write the result is a copy of the reference folder, to be checked and compared.
    """
    options = {
        "effective": effective,
        "interval": interval,
        "per": per,
        "decimal": decimal,
        "thousands": thousands,
        "dates": dates,
        "country_code": country_code,
        "country": country,
        "group": group,
        "direction": direction,
        "ranges": ranges,
        "header_line": header_line,
        "delimiter": {"\\t": "\t", "tab": "\t"}.get(delimiter or "", delimiter),
        "encoding": encoding,
    }
    layout = layout_of(options, columns or (), mapping)
    folder = into or Settings().reference_dir
    deck = deck or deck_file.stem
    choices = Choices(deck, complete=complete, replace=replace, split=split, carry_over=carry_over)
    imported = import_deck(deck_file, layout, folder, choices)
    if write_:
        with tempfile.TemporaryDirectory() as scratch:
            write(imported, folder, LAYOUTS, Path(scratch))
        where = folder
    else:
        where = proposal or Path(f"proposal-{deck}")
        propose(imported, folder, where)
    if as_json:
        print_json({"folder": str(where), "written": write_, "counts": imported.counts, "notes": imported.notes})
    else:
        _show(imported, folder, where, written=write_)


def _show(imported: Imported, folder: Path, where: Path, *, written: bool) -> None:
    show = Console(highlight=False, soft_wrap=True)
    for name, count in imported.counts.items():
        show.print(f"{count:>9,} {name}")
    for note in imported.notes:
        show.print(f"note: {note}")
    if written:
        show.print(f"{where} is changed; publish it with the assets of group reference")
    else:
        show.print(f"proposed in {where}; see `telebill tariff diff {folder} {where}`, then repeat with --write")
