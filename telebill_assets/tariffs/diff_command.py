"""`telebill tariff diff`."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from telebill_assets.errors import InvalidInputError
from telebill_assets.rating.tariff import Tariff
from telebill_assets.settings import Settings
from telebill_assets.tariffs.diff import KINDS, Change, Differences, differences
from telebill_assets.tariffs.json_output import print_json
from telebill_assets.tariffs.layout import layout_of
from telebill_assets.tariffs.tariff_source import TariffSource

if TYPE_CHECKING:
    from telebill_assets.tariffs.traffic import RevenueEffect

PREFIXES_SHOWN = 3
EVERYTHING = 2**31 - 1
WHERE = (
    "Reference folder, one deck of it (folder:deck), what is published in the lake (published, published:deck), or the "
    "file of a carrier's deck with --mapping"
)


def diff(
    old: Annotated[str, typer.Argument(help=WHERE)],
    new: Annotated[str, typer.Argument(help="The same")],
    *,
    on: Annotated[str | None, typer.Option(help="Prices of this day; default: the last price of each")] = None,
    traffic: Annotated[str | None, typer.Option(help="Month, such as 2020-04: effect on its published usage")] = None,
    mapping: Annotated[
        Path | None, typer.Option(help="Layout of the files of decks, as of telebill tariff import")
    ] = None,
    columns: Annotated[list[str] | None, typer.Option("--map", help="Columns of these files")] = None,
    limit: Annotated[int, typer.Option(min=0, help="Most rows of each table; 0: all")] = 30,
    as_json: Annotated[bool, typer.Option("--json", help="JSON on standard output")] = False,
) -> None:
    """What a new tariff changes: new, changed, closed and uncovered prefixes, and what that is worth."""
    settings, most = Settings(), limit or EVERYTHING
    day = _day(on, "%Y-%m-%d", "--on", "a day such as 2020-05-01")
    month = _day(traffic, "%Y-%m", "--traffic", "a month such as 2020-04")
    layout = layout_of({}, columns or (), mapping) if mapping or columns else None
    before, after = (TariffSource.of(text, settings, layout) for text in (old, new))
    found = _compare(before, after, day)
    effect = _effect(settings, month, before.tariff, after.tariff, most) if month is not None else None
    if as_json:
        print_json(_as_json(found, effect))
        return
    show = Console(highlight=False) if Console().is_terminal else Console(highlight=False, width=180)
    _show_changes(show, found, most)
    if effect is not None:
        _show_effect(show, effect)


def _effect(settings: Settings, month: date, old: Tariff, new: Tariff, most: int) -> "RevenueEffect":
    from telebill_assets.lake.lake import Lake  # noqa: PLC0415  # prices are compared without a lake
    from telebill_assets.tariffs.traffic import revenue_effect  # noqa: PLC0415

    return revenue_effect(Lake.open(settings), month, old, new, most=most)


def _compare(before: TariffSource, after: TariffSource, day: date | None) -> Differences:
    """All decks, or one of each side, whatever their names."""
    old, new = before.prices(day), after.prices(day)
    if before.deck or after.deck:
        old_deck = before.deck or str(after.deck)
        new_deck = after.deck or str(before.deck)
        name = new_deck if old_deck == new_deck else f"{old_deck} -> {new_deck}"
        old, new = old.renamed(old_deck, name), new.renamed(new_deck, name)
    return differences(old, new)


def _day(text: str | None, pattern: str, option: str, expected: str) -> date | None:
    if text is None:
        return None
    try:
        return datetime.strptime(text, pattern).date()  # noqa: DTZ007  a day has no zone
    except ValueError as error:
        raise InvalidInputError(f"{option} is '{text}', expected {expected}") from error


def _as_json(found: Differences, effect: "RevenueEffect | None") -> dict[str, Any]:
    decks = {deck: dict(counts) for deck, counts in found.counts.items()}
    result = {"summary": dict(found.summary), "decks": decks, "changes": [asdict(change) for change in found.changes]}
    return result | ({"traffic": asdict(effect)} if effect else {})


def _show_changes(show: Console, found: Differences, most: int) -> None:
    counted = Table(title="Prices of prefixes")
    counted.add_column("deck")
    for kind in (*KINDS, "unchanged"):
        counted.add_column(kind, justify="right")
    for deck, counts in found.counts.items():
        counted.add_row(deck, *(f"{counts[kind]:,}" for kind in (*KINDS, "unchanged")))
    if len(found.counts) > 1:
        counted.add_section()
        counted.add_row("all", *(f"{found.summary[kind]:,}" for kind in (*KINDS, "unchanged")))
    show.print(counted)
    changes = [change for change in found.changes if change.kind != "uncovered"]
    uncovered = [change for change in found.changes if change.kind == "uncovered"]
    if changes:
        _show_table(show, changes, most)
    else:
        show.print("no price changes")
    if uncovered:
        table = Table("deck", "destination", "prefixes", title="Uncovered: prefixes without a rate before and after")
        for change in uncovered[:most]:
            table.add_row(change.deck, change.destination, _prefixes(change))
        show.print(table)
        _show_rest(show, len(uncovered) - most)


def _show_table(show: Console, changes: Sequence[Change], most: int) -> None:
    table = Table(title="Changes; prices per minute, with increments and connect fee")
    for name in ("deck", "change", "destination", "calls", "prefixes", "old", "new", "%", "from"):
        table.add_column(name, justify="right" if name == "%" else "left")
    for change in changes[:most]:
        table.add_row(
            change.deck,
            change.kind,
            change.destination,
            _calls(change),
            _prefixes(change),
            change.old,
            change.new,
            f"{change.percent:+}" if change.percent else "",
            str(change.effective or ""),
        )
    show.print(table)
    _show_rest(show, len(changes) - most)


def _show_effect(show: Console, effect: "RevenueEffect") -> None:
    show.print(f"Usage of {effect.days} landing days of {effect.month:%Y-%m}, priced with both tariffs")
    _show_money(show, "Total", ("currency",), effect.totals)
    _show_money(show, "By account", ("currency", "account_id"), effect.by_account)
    _show_money(show, "By destination", ("currency", "destination", "destination_name"), effect.by_destination)
    if effect.unpriced:
        table = Table(title="Calls without a price, which would be suspended")
        for name in ("reason", "destination", "calls before", "calls after", "seconds after"):
            table.add_column(name, justify="left" if name in {"reason", "destination"} else "right")
        for row in effect.unpriced:
            first, second, *numbers = row.values()
            table.add_row(str(first), str(second or ""), *(f"{number:,}" for number in numbers))
        show.print(table)


def _show_money(show: Console, title: str, keys: Sequence[str], rows: Sequence[dict[str, Any]]) -> None:
    table = Table(title=title)
    for name in (*keys, "calls", "before", "after", "difference", "%"):
        table.add_column(name, justify="left" if name in keys else "right")
    for row in rows:
        before, after, difference = (row[name] for name in ("charge_before", "charge_after", "difference"))
        percent = f"{(difference * 100 / before).quantize(Decimal('0.1')):+}" if before else ""
        named = (str(row[key] or "") for key in keys)
        table.add_row(
            *named, f"{row['calls_after']:,}", f"{before:,.4f}", f"{after:,.4f}", f"{difference:+,.4f}", percent
        )
    show.print(table)


def _show_rest(show: Console, more: int) -> None:
    if more > 0:
        show.print(f"{more:,} more; --limit 0 shows all, --json too")


def _calls(change: Change) -> str:
    """What the price is for; nothing if for all calls."""
    named = (change.jurisdiction, change.direction, change.band, change.usage_type)
    return " ".join(part for part in named if part != "*")


def _prefixes(change: Change) -> str:
    shown = " ".join(change.prefixes[:PREFIXES_SHOWN])
    more = len(change.prefixes) - PREFIXES_SHOWN
    return f"{shown} +{more:,}" if more > 0 else shown
