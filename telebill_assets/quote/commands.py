"""`telebill quote`."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from telebill_assets.spark.session import spark_session
from telebill_assets.errors import InvalidInputError
from telebill_assets.mediation.layouts import LAYOUTS
from telebill_assets.quote.calls import AskedCall, checked_calls, read_calls
from telebill_assets.quote.cases import Kind, answers
from telebill_assets.quote.quote_calls import Quote, quote_calls
from telebill_assets.reference.load import load
from telebill_assets.settings import Settings


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
    settings = Settings()
    if cases is not None:
        for line in answers(spark_session(settings), cases, kind):
            sys.stdout.write(line + "\n")
        return
    one = {"account": account, "from": caller, "to": callee, "start": start, "seconds": seconds}
    one |= {"direction": direction, "usage_type": usage_type, "units": units}
    if calls is None and not any((account, callee, start, seconds)):
        raise InvalidInputError(
            "Name a CSV file of calls, or a call by --account, --from, --to, --start and --seconds."
        )
    folder = reference or settings.reference_dir
    tables = load(folder, LAYOUTS).arrow
    accounts = tables["accounts"]
    zones = dict(zip(accounts["account_id"].to_pylist(), accounts["time_zone"].to_pylist(), strict=True))
    asked = read_calls(calls, zones) if calls else checked_calls([("command line", one)], zones)
    quotes = quote_calls(spark_session(settings), asked, tables, folder / "rates.csv")
    for call, found in zip(asked, quotes, strict=True):
        if as_json:
            sys.stdout.write(json.dumps({"call": call.place, **found.as_dict()}, ensure_ascii=False) + "\n")
        else:
            _show(call, found)


def _show(call: AskedCall, quote: Quote) -> None:
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
