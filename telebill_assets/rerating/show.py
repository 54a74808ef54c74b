"""What a proposal changes, as tables for people."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from rich.console import Console
from rich.table import Table

from telebill_assets.audit.figures import figure
from telebill_assets.lake.lake import Lake
from telebill_assets.rerating.proposal import Proposal
from telebill_assets.tables.adjustment_lines import AdjustmentLines
from telebill_assets.tables.rerate_differences import RerateDifferences
from telebill_assets.tables.table import table_name

MEASURES = ("calls", "billed_s", "charge", "lines")
HEADS = ("month", "account", "destination", "calls", "billed s", "charge before", "after", "difference", "on lines", "")
Row = dict[str, Any]


def show(console: Console, lake: Lake, found: Proposal, limit: int) -> None:
    """The proposal's head, its largest differences by account and destination, and the totals per currency."""
    rows = lake.frame(RerateDifferences, proposal=found.proposal).to_dicts()
    _head(console, found)
    if not rows:
        console.print("Nothing changes.")
        return
    largest = sorted(rows, key=lambda row: (-abs(_change(row, "charge")), row["account_id"], str(row["destination"])))
    shown = Table(*HEADS, show_footer=False)
    for row in largest[:limit]:
        shown.add_row(f"{row['month']:%Y-%m}", row["account_id"], row["destination"] or "(none)", *_figures(row))
    for currency, total in sorted(_totals(rows).items()):
        shown.add_section()
        shown.add_row("total", f"{len(rows):,} rows", currency, *_figures(total))
    console.print(shown)
    if len(rows) > limit:
        everything = f"--partition proposal={found.proposal} --limit {len(rows)}"
        console.print(f"{limit} of {len(rows):,} rows; all: telebill tables rows rerate_differences {everything}")
    _adjustments(console, found)


def _head(console: Console, found: Proposal) -> None:
    only = [
        f"{name} {wanted}"
        for name, wanted in (("account", found.account_id), ("destination", found.destination))
        if wanted
    ]
    days = f"{found.first_day}..{found.last_day}"
    console.print(" · ".join([f"re-rating {found.proposal}", days, *only, found.status]))
    if found.approved_at:
        console.print(f"approved by {found.approved_by} on {found.approved_at:%Y-%m-%d %H:%M} UTC: {found.reason}")


def _figures(row: Row) -> list[str]:
    counts = [_arrow(f"{row[f'{name}_before']:,}", f"{row[f'{name}_after']:,}") for name in ("calls", "billed_s")]
    amounts = [row["charge_before"], row["charge_after"], _change(row, "charge"), _change(row, "lines")]
    return [*counts, *(figure(amount) for amount in amounts), row["currency"]]


def _arrow(before: str, after: str) -> str:
    return before if before == after else f"{before} → {after}"


def _change(row: Row, measure: str) -> Decimal:
    change: Decimal = row[f"{measure}_after"] - row[f"{measure}_before"]
    return change


def _totals(rows: Iterable[Row]) -> dict[str, Row]:
    names = [f"{name}_{side}" for name in MEASURES for side in ("before", "after")]
    totals: dict[str, Row] = defaultdict(lambda: dict.fromkeys(names, Decimal(0)))
    for row in rows:
        total = totals[row["currency"]]
        for name in names:
            total[name] += row[name]
        total["currency"] = row["currency"]
    return totals


def _adjustments(console: Console, found: Proposal) -> None:
    """How closed months are corrected."""
    if not found.billing_month:
        return
    closed = ", ".join(f"{month:%Y-%m}" for month in found.details.closed_months)
    lines = sum(
        files.rows
        for part in found.details.parts
        for files in part.staged
        if files.table == table_name(AdjustmentLines)
    )
    console.print(f"{closed} is closed: the difference is {lines:,} adjustment lines with {found.billing_month:%Y-%m}.")
