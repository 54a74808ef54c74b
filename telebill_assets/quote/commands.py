"""`telebill quote`."""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from telebill_assets.errors import InvalidInputError
from telebill_assets.quote.cases import Kind, answers
from telebill_assets.settings import Settings

if TYPE_CHECKING:
    from telebill_assets.quote.calls import QuotedCall
    from telebill_assets.quote.quote_calls import Quote


def quote(  # noqa: PLR0917
    calls: Annotated[
        Path | None,
        typer.Argument(help="CSV file of calls: account, from, to, start, seconds; and direction, usage_type, units"),
    ] = None,
    caller: Annotated[str, typer.Option("--from", help="Calling number; none: withheld")] = "",
    callee: Annotated[str, typer.Option("--to", help="Called number")] = "",
    start: Annotated[str, typer.Option(help="Start in the account's time zone, or with Z or an offset")] = "",
    seconds: Annotated[str, typer.Option(help="Talk seconds")] = "",
    account: Annotated[str, typer.Option(help="Account that is billed")] = "",
    direction: Annotated[str, typer.Option(help="outbound or inbound")] = "outbound",
    usage_type: Annotated[str, typer.Option(help="voice, sms or conference")] = "voice",
    units: Annotated[str, typer.Option(help="Messages of an SMS, participants of a conference")] = "1",
    reference: Annotated[
        Path | None, typer.Option(help="Folder of the reference files; default: the configured one")
    ] = None,
    cases: Annotated[Path | None, typer.Option(help="JSON Lines of cases with tariffs of their own")] = None,
    kind: Annotated[Kind, typer.Option(help="What the cases ask")] = Kind.CALL,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object per call")] = False,  # noqa: FBT002
) -> None:
    """Price calls and show how: prefix, rate row, bands, groups, the charge before and after rounding."""
    if cases is not None:
        for line in answers(cases, kind):
            sys.stdout.write(line + "\n")
        return
    one = {"account": account, "from": caller, "to": callee, "start": start, "seconds": seconds}
    one |= {"direction": direction, "usage_type": usage_type, "units": units}
    if calls is None and not any((account, callee, start, seconds)):
        raise InvalidInputError(
            "Name a CSV file of calls, or a call by --account, --from, --to, --start and --seconds."
        )
    for call, found in _quoted(calls, one, reference or Settings().reference_dir):
        if as_json:
            sys.stdout.write(json.dumps({"call": call.place, **found.as_dict()}, ensure_ascii=False) + "\n")
        else:
            _show(call, found)


def _quoted(calls: Path | None, one: Mapping[str, str], folder: Path) -> Iterator[tuple["QuotedCall", "Quote"]]:
    """The calls of a file, or the one call, with their quotes by the reference files of a folder."""
    from telebill_assets.mediation.layouts import LAYOUTS  # noqa: PLC0415  # frames take a second to import
    from telebill_assets.quote.calls import checked_calls, read_calls  # noqa: PLC0415
    from telebill_assets.quote.quote_calls import quote_calls  # noqa: PLC0415
    from telebill_assets.reference.load import load  # noqa: PLC0415

    tables = load(folder, LAYOUTS).tables
    zones = dict(tables["accounts"].select("account_id", "time_zone").iter_rows())
    asked = read_calls(calls, zones) if calls else checked_calls([("command line", one)], zones)
    yield from zip(asked, quote_calls(asked, tables, folder / "rates.csv"), strict=True)


def _show(call: "QuotedCall", quote: "Quote") -> None:
    """A few lines for a person."""
    console = Console(highlight=False, markup=False, soft_wrap=True)
    console.print(f"{call.place}: {call.seconds} s, account {call.account}")
    for name, value in quote.as_dict().items():
        if name == "pieces":
            for piece in quote.pieces:
                console.print("    " + _piece(piece))
        elif value is not None:
            console.print(f"  {name:<14} {value}")


def _piece(piece: dict[str, Any]) -> str:
    span = f"second {piece['from_s']} to {piece['until_s']}: {piece['billed']} billed"
    return f"{span} in band {piece['band']}, group from {piece['from_group_s']} s, {piece['rate_row']}"
